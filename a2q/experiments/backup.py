"""A copy of the run store as it is at one moment, also while runs write, with the user's own graphs."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from a2q.datasets.importers.import_store import folder, is_own
from a2q.experiments.store.database import (
    database_url,
    file_is_read_only,
    read_only_connection,
    sqlite_file,
    without_password,
)
from a2q.experiments.store.errors import RunError
from a2q.faults import fault_in_words
from a2q.home import home

_DRAFT = ".a2q-backup-"


@dataclass(frozen=True)
class Backup:
    """What was copied.

    Attributes:
        runs: how many runs.
        graphs: how many imported graphs.
        kib: size of all files, KiB.
    """

    runs: int
    graphs: int
    kib: float


def back_up(target: Path) -> Backup:
    """Copy the run store and the imported graphs to a new folder, whole or not at all.

    ``runs.sqlite`` alone would lack what lies in the log beside it (``-wal``); SQLite's own backup takes that in. The
    folder is laid out as $A2Q_HOME.

    Args:
        target: a folder that is not there yet, or empty.

    Raises:
        RunError: the store is on a database server, or there is none; the target is not empty or cannot be written.
    """
    url = database_url()
    file = sqlite_file(url)
    if file is None:
        raise RunError(
            f"The run store is at {without_password(url)}, and only a SQLite file can be copied here: use the tool of "
            f"the database, for PostgreSQL pg_dump. Your own graphs are in {folder()}."
        )
    if not file.is_file():
        raise RunError(f"There is no run store at {file}, so there is nothing to back up; check $A2Q_HOME.")
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise RunError(f"{target} is there already; name a folder that is new or empty.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent, prefix=_DRAFT) as place:
            draft = Path(place) / "home"
            draft.mkdir()
            runs = _copy_store(file, draft / "runs.sqlite")
            graphs = _copy_graphs(draft / folder().relative_to(home()))
            kib = sum(one.stat().st_size for one in draft.rglob("*") if one.is_file()) / 1024
            if target.exists():
                target.rmdir()
            draft.rename(target)
    except OSError as error:
        raise RunError(f"The backup cannot be written to {target} ({error.strerror}); choose another place.") from error
    return Backup(runs, graphs, kib)


def _copy_store(file: Path, copy: Path) -> int:
    try:
        with (
            closing(_source(file)) as source,
            closing(sqlite3.connect(copy)) as made,
        ):
            source.backup(made)
            damage = made.execute("PRAGMA quick_check").fetchone()[0]
            if damage != "ok":
                raise RunError(f"The run store {file} is damaged ({damage}); restore an earlier backup.")
            return int(made.execute("SELECT count(*) FROM runs").fetchone()[0])
    except sqlite3.Error as error:
        told = fault_in_words(str(error)) if "full" not in str(error) else "The disk of the backup is full."
        raise RunError(f"The run store {file} cannot be copied. {told or f'({error})'}") from error


def _source(file: Path) -> sqlite3.Connection:
    if file_is_read_only(database_url()):
        return read_only_connection(file)
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=30)


def _copy_graphs(place: Path) -> int:
    graphs = [one for one in folder().glob("own-*") if is_own(one.name)]
    for one in graphs:
        shutil.copytree(one, place / one.name)
    return len(graphs)
