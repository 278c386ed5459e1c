"""Stars, tags and notes on runs: ``python -m a2q tag`` and ``note``."""

from typing import Annotated

import typer

from a2q.experiments.store import RunStore
from a2q.experiments.store.annotations import Annotation

RunId = Annotated[str, typer.Argument(help="A run's id, or its first characters.")]


def tag(
    run: RunId,
    tags: Annotated[list[str] | None, typer.Argument(help="Words to add, such as baseline.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A tag to take away; may be given again.")] = None,
    star: Annotated[bool | None, typer.Option("--star/--no-star", help="Give the run a star, or take it.")] = None,
) -> None:
    """Add tags or a star to a run, or take them away; without either, print what it has."""
    with RunStore() as store:
        run_id = store.resolve(run)
        kept = (set(store.annotations.of(run_id).tags) - set(remove or ())) | set(tags or ())
        _tell(run_id, store.annotations.change(run_id, tags=kept, starred=star))


def note(
    run: RunId,
    text: Annotated[str | None, typer.Argument(help="Replaces the note before; empty takes it away.")] = None,
) -> None:
    """Write a note on a run; without a text, print the one it has."""
    with RunStore() as store:
        run_id = store.resolve(run)
        _tell(run_id, store.annotations.change(run_id, note=text))


def _tell(run_id: str, annotation: Annotation) -> None:
    star = "starred" if annotation.starred else "no star"
    tags = ", ".join(annotation.tags) or "none"
    typer.echo(f"Run {run_id}: {star}; tags: {tags}; note: {annotation.note or 'none'}")
