"""Rows with the means of their trials."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from results.rows import Row
from results.trials import Trial, Trials


@dataclass(frozen=True)
class Line:
    """One row and the trials it has.

    Attributes:
        row: what was trained.
        trials: of all its seeds or folds.
        relative_time: processor time of an epoch over that of the FP32 row of the same dataset and model, or None.
    """

    row: Row
    trials: Sequence[Trial]
    relative_time: float | None

    def mean(self, name: str) -> float:
        """Mean of one number over the trials."""
        return statistics.mean(trial[name] for trial in self.trials)

    def spread(self, name: str) -> float:
        """Standard deviation over the trials, 0 for a single one."""
        return statistics.stdev(trial[name] for trial in self.trials) if len(self.trials) > 1 else 0.0

    @property
    def unmoved(self) -> int:
        """How many of the trials have bits that equal their start."""
        return sum(trial["unmoved_bits"] is not None for trial in self.trials)

    def score(self, name: str) -> str:
        """A score as the page prints it, mean ± standard deviation."""
        percent = self.trials[0]["metric"] != "mae"
        factor, digits, unit = (100, 1, " %") if percent else (1, 3, "")
        return f"{factor * self.mean(name):.{digits}f} ± {factor * self.spread(name):.{digits}f}{unit}"


def lines(rows: Sequence[Row], trials: Trials, quick: bool = False) -> list[Line]:
    """All rows of which every run has been trained, with their means."""
    found = {row: [trials.get(config) for config in row.configs(quick)] for row in rows}
    done = {row: [trial for trial in some if trial] for row, some in found.items() if all(some)}
    fp32 = {
        (row.dataset, row.model): statistics.median(trial["cpu_seconds_per_epoch"] for trial in some)
        for row, some in done.items()
        if row.preset == "fp32" and not row.settings
    }
    made = []
    for row, some in done.items():
        base = fp32.get((row.dataset, row.model))
        own = statistics.median(trial["cpu_seconds_per_epoch"] for trial in some)
        made.append(Line(row, some, own / base if base else None))
    return made
