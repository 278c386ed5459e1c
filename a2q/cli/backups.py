"""Copies of everything: ``python -m a2q backup``."""

from pathlib import Path
from typing import Annotated

import typer


def backup(target: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    """Copy all runs and your own graphs to a new folder, also while runs train."""
    from a2q.experiments.backup import back_up

    made = back_up(target)
    graphs = "1 own graph" if made.graphs == 1 else f"{made.graphs:,} own graphs"
    runs = "1 run" if made.runs == 1 else f"{made.runs:,} runs"
    typer.echo(f"Copied {runs} and {graphs} to {target} ({made.kib:,.0f} KiB).")
    typer.echo(
        f"To look at them there, set A2Q_HOME={target}; to restore them, copy the folder to where $A2Q_HOME was."
    )
