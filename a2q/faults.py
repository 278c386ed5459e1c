"""Faults of the machine that look like others: a full disk, memory that ran out, a run store that is locked or away."""

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from a2q.home import home

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_WORDS = ("database or disk is full", "No space left on device", "Disk quota exceeded")
_LOCKED_WORDS = ("database is locked", "database table is locked")
_AWAY_WORDS = (
    # PostgreSQL's
    "server closed the connection unexpectedly",
    "terminating connection due to administrator command",
    "the database system is shutting down",
    "the database system is starting up",
    "the connection is closed",
    "connection to server at",
    "SSL connection has been closed unexpectedly",
    # MySQL's and MariaDB's
    "Lost connection to MySQL server",
    "MySQL server has gone away",
    "Can't connect to MySQL server",
)
# Of torch on CPU and GPU, NumPy, C++ and the operating system.
_MEMORY_WORDS = (
    "can't allocate memory",
    "not enough memory",
    "CUDA out of memory",
    "std::bad_alloc",
    "Unable to allocate",
    "Cannot allocate memory",
)
LEAST_BYTES = 2**20
"""A disk with less is full: nothing of use fits on it."""
MEMORY = "The machine ran out of memory; choose a smaller graph, hidden width or batch size."
"""What memory that ran out is told as."""


def machine_fault(error: BaseException) -> str | None:
    """A sentence where an error, or one that led to it, is the machine's: a full or read-only disk, no memory, a run
    store that is locked or away; else None."""
    for one in _chain(error):
        if isinstance(one, OSError):
            told = _system_fault(one)
        elif isinstance(one, MemoryError) or (isinstance(one, RuntimeError) and _has(str(one), _MEMORY_WORDS)):
            # torch raises a RuntimeError.
            told = MEMORY
        else:
            # Databases tell it in words alone.
            told = fault_in_words(str(getattr(one, "orig", "")))
        if told is not None:
            return told
    return None


def fault_in_words(text: str) -> str | None:
    """The same sentence where a text, such as the end of a worker's log, tells of such a fault; else None."""
    # SQLite's words where it cannot make the index of its log.
    if _has(text, _FULL_WORDS) or ("disk I/O error" in text and _is_full(home())):
        return f"The disk of $A2Q_HOME ({home()}) is full; free space there, then try again."
    if _has(text, _LOCKED_WORDS):
        return "The run store was locked by another program for too long; end that program's use of it, then try again."
    if _has(text, _AWAY_WORDS):
        return (
            "The database server of the run store does not answer, or closed the connection; see that it runs, then "
            "try again."
        )
    if _has(text, (*_MEMORY_WORDS, "MemoryError")):
        return MEMORY
    return None


def is_locked(error: BaseException) -> bool:
    """Whether a database error says that another process holds the run store locked."""
    return _has(str(getattr(error, "orig", "")), _LOCKED_WORDS)


def is_passing(error: BaseException) -> bool:
    """Whether a database error may be over soon: the run store is locked, or its server restarts."""
    lost = bool(getattr(error, "connection_invalidated", False))
    return lost or is_locked(error) or _has(str(getattr(error, "orig", "")), _AWAY_WORDS)


def _system_fault(error: OSError) -> str | None:
    if error.errno in _FULL:
        return fault_in_words(_FULL_WORDS[0])
    if error.errno == errno.ENOMEM:
        return MEMORY
    of_home = str(error.filename or "").startswith(str(home()))
    if error.errno == errno.EROFS or (error.errno in (errno.EACCES, errno.EPERM) and of_home):
        return (
            f"$A2Q_HOME ({home()}) cannot be written ({error.strerror}); set A2Q_HOME to a folder that can, and try "
            "again."
        )
    return None


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < LEAST_BYTES
    except OSError:
        return False


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(some in text for some in words)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
