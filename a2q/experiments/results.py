"""Runs that differ in nothing but the seed: what they reach on average, and how far they spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from a2q.experiments.store.run import Run
from a2q.experiments.store.schema import State
from a2q.reports.notices import ReadArray, notices, result_facts
from a2q.reports.unmoved import bits_unmoved

if TYPE_CHECKING:
    import pandas as pd

_SCORES = ("test_{}", "test_{}_paper_protocol", "validation_{}")
_FROM_SUMMARY = (
    "average_bits",
    "compression",
    "full_bits_per_value",
    "seconds_per_epoch",
)


def result(run: Run) -> dict[str, Any]:
    """What identifies a run and what it reached; numbers are None before its end.

    ``fold`` is None for datasets without folds. ``test_accuracy`` (for a regression ``test_mae``) is read at the
    epoch with the best validation score; accuracies are shares from 0 to 1, ``average_bits`` and ``compression``
    the paper's account, ``full_bits_per_value`` the full one; ``bits_unmoved`` is a sentence where learned bits equal
    their start.
    """
    config, summary = run.config, run.summary or {}
    return {
        "run": run.id,
        "dataset": config.dataset.name,
        "fold": run.fold,
        "model": config.model.name,
        "method": config.method,
        "seed": config.seed,
        "state": str(run.state),
        "metric": run.metric,
        **{name.format(run.metric): summary.get(name.format("score")) for name in _SCORES},
        **{name: summary.get(name) for name in _FROM_SUMMARY},
        "bits_unmoved": bits_unmoved(summary),
    }


def result_notices(run: Run, array: ReadArray = lambda name: None) -> list[str]:
    """What must be said beside a run's result, a sentence each; see :func:`a2q.reports.notices.notices`.

    Args:
        run: in any state; only finished ones have a result.
        array: reads the run's arrays by name, for what an earlier version did not record.
    """
    return [] if run.summary is None else notices(result_facts(run.summary, array))


@dataclass(frozen=True)
class Repeats:
    """Finished runs with the same settings and different seeds.

    Attributes:
        digest: fingerprint of the settings they share.
        runs: one for each seed, the newest where a seed was trained more than once, in order of seeds.
        metric: what their scores are, as in :data:`SCORES`.
    """

    digest: str
    runs: tuple[Run, ...]
    metric: str

    @property
    def count(self) -> int:
        """How many seeds, n."""
        return len(self.runs)

    def mean(self, name: str) -> float:
        """Mean of one number of :func:`result` over the seeds; ``test_score`` is the metric's."""
        return float(self._values(name).mean())

    def deviation(self, name: str) -> float | None:
        """Sample standard deviation over the seeds (n - 1 below); None for a single one, which has no spread."""
        return float(self._values(name).std(ddof=1)) if self.count > 1 else None

    def _values(self, name: str) -> "pd.Series":
        import pandas as pd

        column = f"test_{self.metric}" if name == "test_score" else name
        return pd.Series([result(run)[column] for run in self.runs], dtype=float)


def settings_digest(run: Run) -> str:
    """Fingerprint of all settings of a run but its seed."""
    return run.config.model_copy(update={"seed": 0}).digest


def repeats(runs: Sequence[Run]) -> dict[str, Repeats]:
    """Finished runs by the settings they share, under :func:`settings_digest`, in the order of their first run.

    Args:
        runs: newest first, as the store lists them.
    """
    groups: dict[str, dict[int, Run]] = {}
    for run in runs:
        if run.state == State.FINISHED and run.summary is not None:
            groups.setdefault(settings_digest(run), {}).setdefault(run.config.seed, run)
    return {
        digest: Repeats(digest, tuple(seeds[seed] for seed in sorted(seeds)), next(iter(seeds.values())).metric)
        for digest, seeds in groups.items()
    }


class Score(NamedTuple):
    """One metric in words.

    Attributes:
        name: as in "Validation accuracy", after the part it was measured on.
        axis: tick format of charts.
        format: Python's.
        best: which of two values is the better one.
    """

    name: str
    axis: str
    format: str
    best: Literal["highest", "lowest"]

    def text(self, value: float) -> str:
        """The value as people read it."""
        return format(value, self.format)


SCORES = {
    "accuracy": Score("accuracy", ".0%", ".1%", "highest"),
    "roc-auc": Score("ROC AUC", ".0%", ".1%", "highest"),
    "f1": Score("macro F1", ".0%", ".1%", "highest"),
    "mae": Score("mean absolute error", ".2f", ".3f", "lowest"),
}
"""Each metric of :attr:`a2q.experiments.store.Run.metric`."""
