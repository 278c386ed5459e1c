"""What a reader must know of a result before it is believed: no better than a constant answer, or far below FP32."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Commands that look at no array do not wait for it.
    import numpy as np

ReadArray = Callable[[str], "np.ndarray | None"]
"""Gives the array that a run stored under a name; None where there is none."""

_FAR_BELOW = 0.03
# One-sided 95 % and two-sided 95 % of a normal distribution.
_BETTER, _APART = 1.645, 1.96


@dataclass(frozen=True)
class ResultFacts:
    """What a result is judged by.

    Attributes:
        metric: what the scores are.
        score: on the test part, at the epoch with the best validation score.
        constant: what one answer for all reaches there: the most frequent class, or the median of values.
        items: nodes or graphs of the test part; None where that is not known.
        fp32: of the FP32 network that training started from; None where there was none, or an earlier version
            recorded the run.
    """

    metric: str
    score: float
    constant: float | None
    items: int | None
    fp32: float | None


def result_facts(summary: Mapping[str, Any], array: ReadArray) -> ResultFacts:
    """The facts of a finished run; what an earlier version did not record is computed from the run's arrays.

    Args:
        summary: the run's stored :class:`a2q.reports.Summary`.
        array: reads the run's arrays.
    """
    constant, items = summary.get("constant_score"), summary.get("test_items")
    if constant is None:
        labels = _test_labels(array)
        if labels is not None:
            constant, items = constant_score(labels, summary["metric"]), len(labels)
    return ResultFacts(summary["metric"], summary["test_score"], constant, items, summary.get("fp32_test_score"))


def constant_score(labels: "np.ndarray", metric: str = "accuracy") -> float:
    """What the best answer that is the same for all reaches.

    With p the share of the most frequent of K classes: accuracy p, macro F1 2p / (1 + p) / K, ROC AUC ½. For values
    the mean absolute error of their median.

    Args:
        labels: classes (whole numbers) or values of the test part, at least one.
        metric: as in :class:`a2q.reports.Summary`.
    """
    import numpy as np

    if metric == "mae":
        return float(np.abs(labels - np.median(labels)).mean())
    counts = np.unique(labels, return_counts=True)[1]
    share = float(counts.max() / len(labels))
    return {"roc-auc": 0.5, "f1": 2 * share / (1 + share) / len(counts)}.get(metric, share)


def notices(facts: ResultFacts) -> list[str]:
    """Sentences about a result that is no better than a constant answer, or far below its FP32 network; none for
    most results.

    A share of n items is known to ±√(p (1 − p) / n), its standard error; differences within it are not told.
    """
    return [sentence for sentence in (_no_better(facts), _below_fp32(facts)) if sentence]


def _no_better(facts: ResultFacts) -> str:
    score, constant = facts.score, facts.constant
    if constant is None:
        return ""
    if facts.metric == "mae":
        return "" if score < constant else f"No better than always answering the median, {constant:.3f}."
    always = f"always answering the most frequent class, {constant:.1%}"
    if score <= constant:
        return f"No better than {always}."
    error = _standard_error(constant, facts.items) if facts.metric == "accuracy" else 0.0
    if score - constant > _BETTER * error:
        return ""
    return f"Hardly better than {always}: {facts.items:,} test answers tell scores to ±{error:.1%} only."


def _below_fp32(facts: ResultFacts) -> str:
    if facts.fp32 is None or facts.metric == "mae":
        return ""
    lost = facts.fp32 - facts.score
    error = math.hypot(_standard_error(facts.score, facts.items), _standard_error(facts.fp32, facts.items))
    if lost <= max(_FAR_BELOW, _APART * error):
        return ""
    return (
        f"{100 * lost:.1f} points below the FP32 network it started from, {facts.fp32:.1%}: "
        "give it more bits, or less weight decay and dropout."
    )


def _standard_error(share: float, items: int | None) -> float:
    return math.sqrt(share * (1 - share) / items) if items else 0.0


def _test_labels(array: ReadArray) -> "np.ndarray | None":
    """Labels of the test part: of the test nodes, or of the test graphs that were measured, each once."""
    import numpy as np

    from a2q.reports.node_table import SPLITS

    label, split, graph = array("label"), array("split"), array("graph")
    if label is None:
        return None
    if graph is not None:
        found = label[np.unique(graph, return_index=True)[1]]
    elif split is not None and len(split) == len(label):
        found = label[split == SPLITS.index("test")]
    else:
        return None
    return found if len(found) else None
