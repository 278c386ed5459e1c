"""Faults of the machine that look like others: a full disk, and a run store that another program holds locked."""

import errno
from collections.abc import Iterator

from a2q.home import home

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_WORDS = ("database or disk is full", "No space left on device", "Disk quota exceeded")
_LOCKED_WORDS = ("database is locked", "database table is locked")


def machine_fault(error: BaseException) -> str | None:
    """A sentence where an error, or one that led to it, says that a disk is full or the run store locked; else None."""
    for one in _chain(error):
        if isinstance(one, OSError) and one.errno in _FULL:
            return fault_in_words(_FULL_WORDS[0])
        # Databases tell it in words alone.
        told = fault_in_words(str(getattr(one, "orig", "")))
        if told is not None:
            return told
    return None


def fault_in_words(text: str) -> str | None:
    """The same sentence where a text, such as the end of a worker's log, tells of such a fault; else None."""
    if any(words in text for words in _FULL_WORDS):
        return f"The disk of $A2Q_HOME ({home()}) is full; free space there, then try again."
    if any(words in text for words in _LOCKED_WORDS):
        return "The run store was locked by another program for too long; end that program's use of it, then try again."
    return None


def is_locked(error: BaseException) -> bool:
    """Whether a database error says that another process holds the run store locked."""
    return any(words in str(getattr(error, "orig", "")) for words in _LOCKED_WORDS)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
