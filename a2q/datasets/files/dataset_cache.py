"""Making a set of its raw files once, and keeping it: whole or not at all, by one process at a time."""

import pickle
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from a2q.datasets.errors import DatasetError
from a2q.datasets.files.downloads import fetch
from a2q.datasets.files.made_set import MadeSet, read_set, write_set
from a2q.datasets.files.raw_files import RawFiles
from a2q.datasets.progress import Progress
from a2q.faults import machine_fault

_ORIGIN = "origin.txt"
_PATIENCE_SECONDS = 1.0
_Made = TypeVar("_Made", bound=MadeSet)
# What PyTorch Geometric makes of raw files, and would unpickle.
_PICKLED = "processed"
# What reading a file of another content raises, in the readers used here (text, gzip, pickle, torch).
_UNREADABLE = (OSError, EOFError, ValueError, LookupError, TypeError, RuntimeError, pickle.UnpicklingError, zlib.error)


def keep(files: RawFiles, build: Callable[[Path], _Made], progress: Progress) -> tuple[_Made, str]:
    """Return what `build` makes of a set's files, and the phrase that says where these came from.

    Raw files in the cache are used first, then those in the folder `$A2Q_DATA`, which is only read; else they are
    downloaded. Two processes that ask at once make the set once; the second waits and says so. Nothing that was kept
    is unpickled: PyTorch Geometric makes the set in a folder with raw files alone, and what it leaves there is replaced
    by arrays and their digest (:mod:`a2q.datasets.files.made_set`). A set that was kept otherwise, or is damaged, is
    made again of the raw files beside it.

    Args:
        files: the raw files.
        build: is given a folder with the raw files and returns the set that it makes of them.
        progress: told what is read or downloaded; not called when the cache has the set.

    Raises:
        OfflineError: the files are not on this machine and the network does not answer.
        DatasetError: the files do not hold what they should, or the disk is full.
    """
    kept = files.kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with _alone(files, progress):
        made: _Made | None = _read(files)
        if made is None:
            try:
                _make(files, build, progress)
            except (DatasetError, OSError) as error:
                told = machine_fault(error)
                if told is None:
                    raise
                raise DatasetError(told) from error
            made = read_set(kept)
        return made, (kept / _ORIGIN).read_text(encoding="utf-8")


@contextmanager
def _alone(files: RawFiles, progress: Progress) -> Iterator[None]:
    """Hold the set's lock; who waits for it can be told so, and stopped."""
    lock = FileLock(files.kept.parent / f"{files.kept.name}.lock")
    while True:
        try:
            lock.acquire(timeout=_PATIENCE_SECONDS)
            break
        except Timeout:
            progress(0.0, f"Waiting for another process that is making {files.title}")
    try:
        yield
    finally:
        lock.release()


def _read(files: RawFiles) -> Any:
    """Return the set in the cache, or None where it is not there or damaged."""
    # The origin is written last, so that without it nothing was finished.
    if not ((files.kept / _ORIGIN).is_file() and files.all_in(files.kept)):
        return None
    try:
        return read_set(files.kept)
    except Exception:
        # Whatever reading a damaged file raises, the raw files can mend it.
        return None


def _make(files: RawFiles, build: Callable[[Path], MadeSet], progress: Progress) -> None:
    kept = files.kept
    # The dot after the name keeps the drafts of "ZINC" and "ZINC-rebuilt" apart, which have a lock each.
    prefix = f".{kept.name}."
    for left in kept.parent.glob(f"{prefix}*"):
        shutil.rmtree(left)
    with TemporaryDirectory(dir=kept.parent, prefix=prefix) as draft:
        made = Path(draft) / kept.name
        place, origin = _gather(files, made, progress)
        try:
            write_set(build(made), made)
        except _UNREADABLE as error:
            raise DatasetError(
                f"The raw files of {files.title} ({place}) do not hold what they should ({error}): "
                "put the published files in their place and load again."
            ) from error
        shutil.rmtree(made / _PICKLED, ignore_errors=True)
        (made / _ORIGIN).write_text(origin, encoding="utf-8")
        if kept.exists():
            kept.replace(Path(draft) / "replaced")
        made.replace(kept)


def _gather(files: RawFiles, made: Path, progress: Progress) -> tuple[str, str]:
    """Copy the raw files to the folder `made` where there are any; return where from, and as a phrase."""
    made.mkdir()
    folder, origin = files.given_folder(), "read from the folder in $A2Q_DATA"
    if files.rebuilt:
        origin = f"{files.rebuilt}, {origin}"
    elif files.all_in(files.kept):
        folder, known = files.kept, files.kept / _ORIGIN
        origin = known.read_text(encoding="utf-8") if known.is_file() else "read from the folder in $A2Q_HOME"
    if folder is None:
        fetch(files, made, progress)
        return "downloaded", "downloaded"
    progress(0.0, f"Reading {files.title} from {folder}")
    for name in files.names:
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        # Not copy or copy2: the source's file modes may forbid writing.
        shutil.copyfile(folder / name, made / name)
    return str(folder), origin
