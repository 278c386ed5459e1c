"""A finished run on an accelerator: ``python -m a2q simulate``."""

import json
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from a2q.accelerator import Conventions, Hardware
from a2q.accelerator.hardware import unit_of
from a2q.accelerator.presets import MARKS, PRESETS, hardware_preset, marks
from a2q.experiments.settings import change
from a2q.experiments.store import RunStore

if TYPE_CHECKING:
    from a2q.accelerator import SimulationReport

out = Console()


def simulate_run(
    run: Annotated[str, typer.Argument(help="A finished run's id, or its first characters.")],
    hardware: Annotated[str, typer.Option(help=f"{', '.join(PRESETS)}.")] = "a2q-like",
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Change the hardware, as in lanes=32; may be given again.")
    ] = None,
    conventions: Annotated[
        list[str] | None,
        typer.Option("--convention", help="Change how it is counted, as in lane_sync=queue; may be given again."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Count cycles, bytes and energy of a finished run on an accelerator, and its speedup over 4 bits everywhere."""
    from a2q.accelerator import simulate, uniform
    from a2q.accelerator.comparison import speedup
    from a2q.accelerator.layers import BASELINES
    from a2q.experiments.workload import workload

    machine = change(hardware_preset(hardware).hardware, settings or [])
    counting = change(Conventions(), conventions or [])
    with RunStore() as store:
        found = store.get(run)
        work = workload(found, partial(store.array, found.id))
    report = simulate(work.graph, work.layers, machine, counting)
    times = {
        name: speedup(report, simulate(work.graph, uniform(work.layers, *baseline), machine, counting))
        for name, baseline in BASELINES.items()
    }
    if as_json:
        about = {
            "run": found.id,
            "title": work.title,
            "left_out": work.left_out,
            "note": work.note,
            "speedup_over": times,
        }
        marked = {"hardware_preset": hardware, "hardware_sources": marks(machine, hardware)}
        typer.echo(json.dumps(about | report.to_dict() | marked, indent=2))
        return
    _print(report, times, hardware, work.title, work.left_out)
    if work.note:
        out.print(work.note)


def _print(
    report: "SimulationReport", times: dict[str, float], preset: str, title: str, left_out: Sequence[str]
) -> None:
    from a2q.accelerator import CAUSES

    out.print(f"{title} on {PRESETS[preset].title}, hardware {report.hardware.digest}", markup=False)
    table = Table("", *(layer.layer.name for layer in report.layers))
    rows = {
        "mean bits": [f"{layer.layer.mean_bits:.2f}" for layer in report.layers],
        "cycles": [f"{layer.cycles:,}" for layer in report.layers],
        **{
            f"  {words}": [f"{layer.causes[cause]:,.0f}" for layer in report.layers]
            for cause, words in CAUSES.items()
            if report.causes[cause] > 0
        },
        "KiB moved": [f"{layer.transferred_bytes / 1024:,.1f}" for layer in report.layers],
        "bound by": [layer.bound for layer in report.layers],
    }
    for name, cells in rows.items():
        table.add_row(name, *cells)
    out.print(table)
    picojoules = sum(report.energy.values())
    out.print(
        f"{report.cycles:,} cycles, {report.seconds * 1e6:,.1f} µs, {picojoules / 1e6:,.2f} µJ (within a factor of 2)"
    )
    for name, value in times.items():
        out.print(f"{value:.2f} times as fast as {name} on the same hardware, counted alike")
    if left_out:
        out.print(f"Left out: {', '.join(left_out)}.")
    _print_settings(report.hardware, report.conventions, preset)


def _print_settings(hardware: Hardware, conventions: Conventions, preset: str) -> None:
    table = Table("hardware", "value", "source")
    sources = marks(hardware, preset)
    for name, value in hardware.model_dump().items():
        number = f"{value:g}" if isinstance(value, float) else str(value)
        table.add_row(name, f"{number} {unit_of(name)}".rstrip(), MARKS[sources[name]])
    out.print(table)
    counted = Table("convention", "value")
    for name, value in conventions.model_dump().items():
        counted.add_row(name, str(value))
    out.print(counted)
