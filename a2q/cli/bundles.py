"""Runs as files: ``python -m a2q export`` and ``import-run``."""

from pathlib import Path
from typing import Annotated

import typer

from a2q.experiments.store import RunStore


def export(
    run: Annotated[str, typer.Argument(help="A run's id, or its first characters.")],
    file: Annotated[Path, typer.Argument(help="The .zip to write.")],
) -> None:
    """Write an ended run to one .zip: settings, history, report, node arrays, snapshots and tensors."""
    from a2q.experiments.bundle.bundle import bundle_of
    from a2q.experiments.bundle.file import write_bundle

    with RunStore() as store:
        bundle = bundle_of(store, store.get(run))
    write_bundle(bundle, file)
    typer.echo(f"Run {bundle.run.id} is in {file} ({file.stat().st_size / 1024:,.0f} KiB).")


def import_run(file: Annotated[Path, typer.Argument(help="A .zip that `export` wrote.")]) -> None:
    """Read a run from its .zip into this run store."""
    from a2q.experiments.bundle.confined import take_in

    with RunStore() as store:
        found = take_in(store, file, file.name)
    typer.echo(f"Run {found.id} is here: {found.title}.")
