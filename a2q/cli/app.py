"""The command line: the same functions the pages call."""

import contextlib
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TaskID
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from a2q.cli import annotations, backups, bundles, simulation, uploads, worth
from a2q.cli.narrow_output import allow_narrow_output
from a2q.config import ConfigError
from a2q.datasets import DatasetConfig, DatasetError, card, is_ready, listing
from a2q.experiments import launch
from a2q.experiments.launch import dispatch
from a2q.experiments.launch.reconcile import settle
from a2q.experiments.presets import PRESETS, chosen_for, preset
from a2q.experiments.results import SCORES, Score, result, result_notices
from a2q.experiments.run_config import RunConfig
from a2q.experiments.seeds import parse_seeds
from a2q.experiments.settings import change
from a2q.experiments.store import DamagedRunError, Run, RunError, RunStore, State
from a2q.faults import machine_fault
from a2q.layers import LAYERS
from a2q.methods import METHODS
from a2q.version import VERSION

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__, add_completion=False)
out = Console()
progress_out = Console(stderr=True)

POLL_SECONDS = 0.3
# A worker elsewhere that is silent is given up after thirty seconds, one on this machine is killed after ten.
MOST_CANCEL_SECONDS = 45.0
RunId = Annotated[str, typer.Argument(help="A run's id, or its first characters.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"a2q {VERSION}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None: ...


@app.command()
def train(
    dataset: Annotated[str, typer.Argument(help="A name from `a2q datasets`.")],
    model: Annotated[str | None, typer.Option(help=f"The network: {', '.join(LAYERS)}.")] = None,
    method: Annotated[str | None, typer.Option(help=f"{', '.join(METHODS)}; a2q by default.")] = None,
    preset_name: Annotated[
        str | None, typer.Option("--preset", help=f"Settings to start from: {', '.join(PRESETS)}.")
    ] = None,
    seeds: Annotated[str, typer.Option(help="One seed, a list 0,3,5 or a range 0..9, ends included.")] = "0",
    folds: Annotated[
        str | None,
        typer.Option(help="Of a cross-validated set: one fold, a list or a range 0..9; each with all seeds."),
    ] = None,
    target_average_bits: Annotated[
        float | None, typer.Option(help="Hold a2q to this average of bits, such as 1.7.")
    ] = None,
    target_kib: Annotated[float | None, typer.Option(help="Hold a2q to this memory of node features, in KiB.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a setting, as in training.penalty=2; may be given again."),
    ] = None,
    bits: Annotated[
        Path | None,
        typer.Option(help="CSV of bits for method fixed-bits: a row for each node, columns like layer2."),
    ] = None,
    auto: Annotated[
        bool,
        typer.Option(
            help="Search weight decay, dropout, width and learning rate on validation first; its cost is told. "
            "What --set says stays."
        ),
    ] = False,
    again: Annotated[bool, typer.Option(help="Train even if the same run exists.")] = False,
    detach: Annotated[bool, typer.Option(help="Queue the runs and return at once.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train one run per seed (and fold) in background processes and wait for them."""
    base = _start(dataset, model, method, preset_name)
    by_graph = chosen_for(preset_name or method or "a2q", base.dataset.name)
    if by_graph is not None and not auto:
        _note(by_graph.why)
    targets = {"target_average_bits": target_average_bits, "target_kib": target_kib}
    of_file, payloads = _bits_of_file(base, bits)
    given = [*_aims(base, targets), *of_file, *(settings or [])]
    base = change(base, given)
    numbers = [""] if folds is None else [f"dataset.fold={fold}" for fold in parse_seeds(folds)]
    if auto:
        base = change(_searched(change(base, list(filter(None, numbers[:1]))), base), given)
    configs = [change(base, [*filter(None, [fold]), f"seed={seed}"]) for fold in numbers for seed in parse_seeds(seeds)]
    with RunStore() as store, _ctrl_c() as pressed:
        runs: list[Run] = []
        ours: list[Run] = []
        for config in configs:
            found = None if again else store.find(config)
            runs.append(found or store.submit(config, payloads))
            ours += [] if found else runs[-1:]
            if pressed.is_set():
                break
        dispatch(store)
        if not detach:
            runs = _wait(store, runs, pressed)
        if pressed.is_set():
            _give_up(store, ours)
        told = {run.id: _notices(store, run) for run in runs}
    _print_runs(runs, as_json)
    for run in runs:
        for sentence in told[run.id]:
            _say(f"{run.title}: {sentence}")
    if not detach and any(run.state != State.FINISHED for run in runs):
        for run in runs:
            if run.reason:
                _say(f"{run.title}: {run.reason}")
        raise typer.Exit(1)


@app.command()
def runs(as_json: AsJson = False, limit: Annotated[int, typer.Option(min=1, help="Newest so many.")] = 20) -> None:
    """List runs, newest first."""
    with RunStore() as store:
        _try_dispatch(store)
        settle(store)
        readable, unreadable = store.newest(limit)
        _print_runs(readable, as_json)
        for run in unreadable:
            _say(run.why)


@app.command()
def show(run: RunId, as_json: AsJson = False) -> None:
    """Show one run: settings, state, result and both bit accounts."""
    with RunStore() as store:
        _try_dispatch(store)
        settle(store)
        found = store.get(run)
        told = _notices(store, found)
    details = result(found) | {
        "notices": told,
        "reason": found.reason,
        "stage": found.stage,
        "progress": found.progress,
        "source": found.source,
        "versions": found.versions,
        "config": found.config.model_dump(mode="json"),
        "summary": found.summary,
    }
    if as_json:
        _print_json(details)
        return
    for name, value in details.items():
        out.print(f"[bold]{name}[/bold]:", end="\n" if isinstance(value, dict) else " ")
        if isinstance(value, dict):
            out.print_json(json.dumps(value))
        else:
            out.print(_cell(" ".join(value) if isinstance(value, list) else value), markup=False, soft_wrap=True)
    if found.log:
        out.print(found.log, markup=False, soft_wrap=True)


@app.command()
def cancel(run: RunId) -> None:
    """End a queued or running run; it keeps its last checkpoint. A worker that does not answer is killed."""
    with RunStore() as store:
        asked = launch.cancel(store, store.resolve(run))
        found = _wait(store, [asked], threading.Event(), MOST_CANCEL_SECONDS)[0]
    if found.is_active:
        raise RunError(
            f"Run {found.id} is {found.state} still: its worker does not answer and cannot be ended from here. "
            f"`a2q release {found.id}` takes the run from it."
        )
    out.print(f"Run {found.id} is {found.state}.")


@app.command()
def release(run: RunId) -> None:
    """Take a run from a worker that does not answer: it is interrupted, can be resumed, and its place is free."""
    with RunStore() as store:
        run_id = store.resolve(run)
        told = launch.release(store, run_id)
        _try_dispatch(store)
    out.print(f"Run {run_id} is released. {told}", markup=False, soft_wrap=True)


@app.command()
def resume(
    run: RunId,
    detach: Annotated[bool, typer.Option(help="Return at once.")] = False,
    start_over: Annotated[
        bool, typer.Option("--start-over", help="Begin anew, as where the checkpoint is damaged.")
    ] = False,
) -> None:
    """Go on with an interrupted, cancelled or failed run from its last checkpoint."""
    with RunStore() as store:
        found = store.requeue(store.get(run).id, start_over)
        with _ctrl_c() as pressed:
            dispatch(store)
            found = store.get(found.id) if detach else _wait(store, [found], pressed)[0]
            if pressed.is_set():
                _give_up(store, [found])
    out.print(f"Run {found.id} is {found.state}. {found.reason}".rstrip(), markup=False, soft_wrap=True)
    if not detach and found.state != State.FINISHED:
        raise typer.Exit(1)


@app.command()
def delete(run: RunId) -> None:
    """Remove an ended run with everything it stored."""
    with RunStore() as store:
        run_id = store.resolve(run)
        store.delete(run_id)
    out.print(f"Run {run_id} is deleted.")


@app.command()
def datasets(as_json: AsJson = False) -> None:
    """List the datasets and whether they can be used offline now."""
    rows = [card.model_dump(mode="json") | {"ready": is_ready(name)} for name, card in listing().items()]
    if as_json:
        _print_json(rows)
    else:
        _print_table(rows, ("name", "graphs", "nodes", "edges", "needs", "ready"))


app.command()(annotations.tag)
app.command()(annotations.note)
app.command()(backups.backup)
app.command()(bundles.export)
app.command()(bundles.import_run)
app.command()(uploads.import_graph)
app.command()(uploads.delete_dataset)
app.command("simulate")(simulation.simulate_run)
app.command("worth")(worth.worth)


def main() -> int:
    """Run the command line; user errors become one sentence and exit code 2."""
    allow_narrow_output()
    try:
        app()
    except (ConfigError, DatasetError, RunError) as error:
        _say(str(error))
        return 2
    except (SQLAlchemyError, OSError) as error:
        told = machine_fault(error)
        if told is None and isinstance(error, OSError):
            raise
        _say(told or f"The run store did not answer ({str(error).splitlines()[0]}); try again.")
        return 1
    return 0


def _start(dataset: str, model: str | None, method: str | None, preset_name: str | None) -> RunConfig:
    """The preset that the options name."""
    if model not in (None, *LAYERS):
        raise ConfigError(f"There is no model {model!r}; choose one of {', '.join(LAYERS)}.")
    if method not in (None, *METHODS):
        raise ConfigError(f"There is no method {method!r}; choose one of {', '.join(METHODS)}.")
    # Checked above; what is left is one of the names.
    start = preset(preset_name or method or "a2q", DatasetConfig(name=card(dataset).name), model)
    if method not in (None, start.method):
        raise ConfigError(f"Preset {preset_name} trains {start.method}, not {method}; leave one of the two out.")
    return start


def _searched(first: RunConfig, base: RunConfig) -> RunConfig:
    """A run with the settings that a search finds; of several folds on the first."""
    # Imports torch; whoever does not search need not wait for it.
    from a2q.experiments.auto import find_settings
    from a2q.experiments.search import with_settings

    with Progress(console=progress_out, transient=True) as progress:
        bar = progress.add_task("Searching settings", total=1.0)

        def show(share: float, stage: str) -> None:
            progress.update(bar, completed=share, description=escape(stage))

        found = find_settings(first, show)
    _note(found.told)
    return with_settings(base, found.settings)


def _aims(base: RunConfig, targets: dict[str, float | None]) -> list[str]:
    """Settings for the target that is given; a preset's own target gives way to it."""
    given = {name: value for name, value in targets.items() if value is not None}
    if given and not base.quantization.learns_bits:
        raise ConfigError(f"{base.method} learns no bits, so no target can be reached; leave the target out.")
    if not given:
        return []
    return [f"quantization.{name}={given.get(name, '')}" for name in targets]


def _bits_of_file(base: RunConfig, bits: Path | None) -> tuple[list[str], dict[str, bytes]]:
    """Settings for the bits of a file, and its content as each run keeps it."""
    if bits is None:
        return [], {}
    from a2q.experiments.given_bits import read_bits

    if base.method != "fixed-bits":
        raise ConfigError(f"Bits of a file are for the method fixed-bits, not {base.method}; add --method fixed-bits.")
    name, payloads = read_bits(bits)
    return ["quantization.assignment=given", f"quantization.bits_of={name}"], payloads


def _wait(store: RunStore, waited: list[Run], pressed: threading.Event, most_seconds: float = math.inf) -> list[Run]:
    """Show progress until all runs have ended, Ctrl-C was pressed, or the time is over."""
    said = ""
    end = time.monotonic() + most_seconds
    with Progress(console=progress_out, transient=True) as progress:
        bars: dict[str, TaskID] = {run.id: progress.add_task(escape(run.title), total=1.0) for run in waited}
        while True:
            # A cluster that does not answer now may do so later; the runs may go on without us.
            said = _try_dispatch(store, said)
            waited = [store.get(run.id) for run in waited]
            for run in waited:
                stage = escape(f"{run.title}: {run.stage}")
                progress.update(bars[run.id], completed=run.progress, description=stage)
            if not any(run.is_active for run in waited) or pressed.wait(POLL_SECONDS) or time.monotonic() > end:
                return waited


@contextlib.contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    """Ctrl-C as something to look at between steps: as an exception it could come, and be lost, in the middle of
    a call to the database. Pressed twice, it ends the command at once."""
    pressed = threading.Event()

    def note(*_: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    previous = signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, previous)


def _give_up(store: RunStore, runs: list[Run]) -> NoReturn:
    """After Ctrl-C: cancel those runs that are still active."""
    for run in runs:
        # It may have ended by now.
        with contextlib.suppress(RunError):
            launch.cancel(store, run.id)
    _say("Cancelled the runs that were still active.")
    raise typer.Exit(130) from None


def _notices(store: RunStore, run: Run) -> list[str]:
    """What must be said beside a result; of a run whose arrays are damaged, what its summary alone tells."""
    try:
        return result_notices(run, lambda name: store.array(run.id, name))
    except DamagedRunError:
        return result_notices(run)


def _try_dispatch(store: RunStore, said: str = "") -> str:
    """Dispatch, telling a fault unless it was ``said`` already; returns what has been said."""
    try:
        dispatch(store)
    except RunError as error:
        if str(error) != said:
            _say(str(error))
        return str(error)
    return ""


def _note(sentence: str) -> None:
    progress_out.print(sentence, markup=False, highlight=False, soft_wrap=True)


def _say(sentence: str) -> None:
    progress_out.print(sentence, markup=False, highlight=False, style="red", soft_wrap=True)


def _print_runs(shown: Sequence[Run], as_json: bool) -> None:
    rows = [result(run) for run in shown]
    if as_json:
        _print_json(rows)
    elif rows:
        # Folds, metrics and bits that have not moved get a column only where a run has them: lists are wide enough.
        folds = ["fold"] if any(row["fold"] is not None for row in rows) else []
        scores = {f"test_{metric}": SCORES[metric] for metric in {row["metric"] for row in rows}}
        unmoved = ["bits_unmoved"] if any(row["bits_unmoved"] for row in rows) else []
        columns = (
            *("run", "dataset", *folds, "model", "method", "seed", "state", *sorted(scores), "average_bits"),
            *unmoved,
        )
        _print_table([row | _as_text(row, scores) for row in rows], columns)
        for run in shown:
            if run.missed_target:
                out.print(f"{run.title} ({run.id}): {run.missed_target}", markup=False, highlight=False, soft_wrap=True)
    else:
        out.print("No runs yet; `python -m a2q train torch-imports` starts a first one.")


def _as_text(row: dict[str, Any], scores: Mapping[str, Score]) -> dict[str, str | None]:
    """The scores of a row as people read them; None where the run has another metric or no result yet."""
    values = {name: row.get(name) for name in scores}
    return {name: None if value is None else scores[name].text(value) for name, value in values.items()}


def _print_table(rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    table = Table()
    for position, column in enumerate(columns):
        table.add_column(column.replace("_", " "), no_wrap=position == 0, overflow="fold")
    for row in rows:
        table.add_row(*(escape(_cell(row[column])) for column in columns))
    out.print(table)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
