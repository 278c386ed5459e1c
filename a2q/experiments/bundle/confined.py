"""Taking a run's file into the run store, by a process of its own with limits.

    python -m a2q.experiments.bundle.confined

reads one request from its input: whoever takes a file in asks :func:`take_in` here.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from sqlalchemy.exc import SQLAlchemyError

from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.bundle.file import read_bundle
from a2q.experiments.store import Run, RunError, RunStore
from a2q.faults import machine_fault
from a2q.jobs import ConfinedError, Limits, Say, confined, serve

LIMITS = Limits(memory=3 << 30, cpu=120.0, wall=600.0)
_CURE = "export the run again"


def take_in(store: RunStore, file: Path | BinaryIO, name: str, say: Say = lambda share, sentence: None) -> Run:
    """Read a run from its file into the run store of this process's environment, and return it as it is there.

    Args:
        store: this run store, opened.
        file: where it is, or the opened file.
        name: the file in a sentence.
        say: told how far it is; what it raises ends the process.

    Raises:
        RunError: the file is no run, or takes more than it may.
    """
    try:
        with TemporaryDirectory(prefix="a2q-run-") as folder:
            if isinstance(file, Path):
                path = file.absolute()
            else:
                path = Path(folder) / "run.zip"
                file.seek(0)
                with path.open("wb") as copy:
                    shutil.copyfileobj(file, copy, 1 << 20)
            return store.get(str(confined(__name__, {"file": str(path)}, LIMITS, name, _CURE, say)))
    except ConfinedError as error:
        raise RunError(str(error)) from error


def _work(request: Any, say: Say) -> str:
    """The process's part; returns the run's id."""
    say(0.0, "Reading the run")
    bundle = read_bundle(Path(request["file"]))
    say(0.7, "Storing the run")
    try:
        with RunStore() as store:
            return import_bundle(store, bundle).id
    except (SQLAlchemyError, OSError) as error:
        raise RunError(machine_fault(error) or "The run store did not take the run in; try again.") from error


if __name__ == "__main__":
    serve(_work, (RunError,))
