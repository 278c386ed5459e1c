"""What one process has seen of runs, by a clock that nobody sets."""

import time
from collections.abc import Collection, Hashable


class Watch:
    """How long facts about runs have been as they are now, as far as this process has looked.

    The time of day may be set while runs train, and differs between machines; the change of what a worker writes does
    not depend on it.
    """

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], tuple[Hashable, float]] = {}

    def unchanged(self, run_id: str, fact: str, value: Hashable) -> float:
        """Seconds since ``fact`` was first seen to have this value; 0 at the first look and after each change."""
        now = time.monotonic()
        known, since = self._since.get((run_id, fact), (None, now))
        if known != value:
            since = now
        self._since[run_id, fact] = (value, since)
        return now - since

    def forget_all_but(self, run_ids: Collection[str]) -> None:
        """Drop what was seen of other runs."""
        for run_id, fact in list(self._since):
            if run_id not in run_ids:
                self._since.pop((run_id, fact), None)
