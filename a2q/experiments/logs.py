"""Where a worker's output goes."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from a2q.home import home

LOG_CHARACTERS = 4_000
ANEW = "--- taken up again ---\n"
"""Stands in a log between what workers of one run printed, the later below."""
LAST_WORDS_BYTES = 64 << 10


def log_path(run_id: str) -> Path:
    """The file a worker's output goes to on its machine."""
    return home() / "logs" / f"{run_id}.log"


def log_tail(run_id: str) -> str:
    """The end of a worker's output; empty where there is none on this machine."""
    try:
        return log_path(run_id).read_text(encoding="utf-8", errors="replace")[-LOG_CHARACTERS:]
    except OSError:
        return ""


def remove_log(run_id: str) -> None:
    """Delete what a worker wrote, and what one that was killed held of the disk."""
    log_path(run_id).unlink(missing_ok=True)
    _room(run_id).unlink(missing_ok=True)


@contextlib.contextmanager
def room_for_last_words(run_id: str) -> Iterator[None]:
    """Hold some of the disk until a worker ends, so that its log can tell why, should the disk be full by then."""
    held = _room(run_id)
    with contextlib.suppress(OSError):
        held.parent.mkdir(parents=True, exist_ok=True)
        held.write_bytes(bytes(LAST_WORDS_BYTES))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            held.unlink(missing_ok=True)


def _room(run_id: str) -> Path:
    return log_path(run_id).with_suffix(".room")
