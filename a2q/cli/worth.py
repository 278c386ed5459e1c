"""What a run's assignment of bits is worth: ``python -m a2q worth``."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from a2q.config import ConfigError
from a2q.experiments.launch import dispatch
from a2q.experiments.store import RunStore

if TYPE_CHECKING:
    from a2q.experiments.controls import Worth

out = Console()

_NAMES = "permuted, in-degree, reversed, value"


def worth(
    run: Annotated[str, typer.Argument(help="A finished run's id, or its first characters.")],
    start: Annotated[bool, typer.Option("--start", help="Queue the controls that were not trained yet.")] = False,
    against: Annotated[str, typer.Option(help=f"Assignments to start, of {_NAMES}.")] = "permuted",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Compare a run's bits with the same bits on other nodes, trained alike, over all seeds that both have."""
    from a2q.experiments.controls import CONTROLS, controls, worth_of
    from a2q.methods.fixed_bits import control_of

    chosen = [name.strip() for name in against.split(",")]
    known = {str(name): name for name in CONTROLS}
    if not all(name in known for name in chosen):
        raise ConfigError(f"The assignments are {against!r}; give some of {_NAMES}, with commas between.")
    with RunStore() as store:
        found = store.get(run)
        # Of a run that has no bits to assign otherwise that is said, whether or not controls are asked for.
        control_of(found.config.quantization, found.id, "permuted")
        queued = []
        if start:
            queued = [store.submit(config) for config in controls(store, found, [known[name] for name in chosen])]
            dispatch(store)
        compared = worth_of(store, found)
    if as_json:
        told = {"run": found.id, "queued": [one.id for one in queued], "worth": list(map(_plain, compared))}
        typer.echo(json.dumps(told, indent=2))
        return
    for one in compared:
        out.print(_table(one))
    if queued:
        out.print(f"{len(queued)} controls are queued; ask again when they are done.")
    elif not compared:
        out.print("No control of this run was trained yet; start them with --start.")


def _plain(worth: "Worth") -> dict[str, Any]:
    return {
        "against": worth.assignment,
        "seeds": [one.config.seed for one in worth.learned],
        "controls": [one.id for one in worth.control],
        "differences": {name: asdict(difference) for name, difference in worth.differences.items()},
    }


def _table(worth: "Worth") -> Table:
    from a2q.reports.worth import MEASURES, told

    table = Table(title=f"This run's bits minus the same bits, {worth.assignment}; {len(worth.learned)} seeds")
    for heading in ("measure", "difference", "what it shows"):
        table.add_column(heading)
    for name, difference in worth.differences.items():
        figure, verdict = told(MEASURES[name], difference)
        table.add_row(MEASURES[name].title, figure, verdict)
    return table
