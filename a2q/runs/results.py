"""A run as one row of results, the same for tables, JSON and pages."""

from typing import Any

from a2q.runs.record import Run

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
    the paper's account, ``full_bits_per_value`` the full one.
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
    }
