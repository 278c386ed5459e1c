"""Where a worker's output goes."""

from pathlib import Path

from a2q.home import home

LOG_CHARACTERS = 4_000
ANEW = "--- taken up again ---\n"
"""Stands in a log between what workers of one run printed, the later below."""


def log_path(run_id: str) -> Path:
    """The file a worker's output goes to on its machine."""
    return home() / "logs" / f"{run_id}.log"


def log_tail(run_id: str) -> str:
    """The end of a worker's output; empty where there is none on this machine."""
    try:
        return log_path(run_id).read_text(encoding="utf-8", errors="replace")[-LOG_CHARACTERS:]
    except OSError:
        return ""
