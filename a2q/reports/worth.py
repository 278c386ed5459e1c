"""What an assignment of bits is worth: learned bits against the same bits on other nodes, seed by seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from a2q.reports.node_table import DEGREE_GROUPS, degree_groups, quantized_layers

WARM_START_PREDICTION = "prediction_warm_start"
"""Array of what the FP32 network predicted that a run started from, [num_nodes]."""

FEWEST_PAIRS = 5
"""Of fewer pairs no interval is given: resampling a handful makes it too narrow."""

_LOSSES = ("validation_loss", "distillation_loss")
_RESAMPLES, _CONFIDENCE = 10_000, 0.95


@dataclass(frozen=True)
class Difference:
    """A paired difference, first minus second, over seeds.

    Attributes:
        mean: of the differences.
        low, high: 95 % interval of the mean; None of fewer than five pairs.
        p_value: of Wilcoxon's signed-rank test against no difference; None likewise.
        pairs: how many.
    """

    mean: float
    low: float | None
    high: float | None
    p_value: float | None
    pairs: int

    @property
    def sign(self) -> Literal[-1, 0, 1]:
        """1 or -1 where the whole interval lies above or below 0; else 0: nothing is shown."""
        if self.low is None or self.high is None:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def paired_difference(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Mean of ``first - second`` over pairs, with a 95 % interval by the paired bootstrap (percentiles).

    Args:
        first, second: one value for each seed, in the same order.

    Raises:
        ValueError: they are not pairs, or there are none.

    Source: Efron and Tibshirani 1993, by SciPy; Wilcoxon's test by SciPy.
    """
    if len(first) != len(second) or len(first) == 0:
        raise ValueError(f"{len(first)} and {len(second)} values make no pairs; give one of each for every seed.")
    gaps = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    mean = float(gaps.mean())
    if len(gaps) < FEWEST_PAIRS:
        return Difference(mean, None, None, None, len(gaps))
    if np.ptp(gaps) == 0:
        return Difference(mean, mean, mean, 1.0 if mean == 0 else None, len(gaps))
    from scipy.stats import bootstrap, wilcoxon

    found = bootstrap(
        (gaps,),
        np.mean,
        n_resamples=_RESAMPLES,
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    # Ties are usual among accuracies; the exact distribution knows none.
    p_value = float(wilcoxon(gaps, zero_method="zsplit", method="approx").pvalue)
    return Difference(mean, float(found.low), float(found.high), p_value, len(gaps))


@dataclass(frozen=True)
class Measure:
    """One thing that an assignment may improve.

    Attributes:
        title: as tables name it.
        better: which direction is better.
        points: whether it is a share, whose differences are told in points (of 100).
    """

    title: str
    better: Literal["higher", "lower"]
    points: bool = False


MEASURES = {
    "test_score": Measure("Test score", "higher", points=True),
    "test_error": Measure("Test error", "lower"),
    "validation_loss": Measure("Validation loss", "lower"),
    "distillation_loss": Measure("Distillation loss", "lower"),
    "relative_error": Measure("Quantization error / mean |x|", "lower"),
    "agreement": Measure("Agreement with FP32", "higher", points=True),
    **{
        f"agreement, in-degree {group}": Measure(f"Agreement with FP32, in-degree {group}", "higher", points=True)
        for group in DEGREE_GROUPS
    },
}
"""What is compared, in the order to show it. "Agreement" is the share of nodes that get the class which the FP32
network predicts that training started from."""


def measures(summary: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> dict[str, float]:
    """The :data:`MEASURES` of one finished run that its summary and node arrays hold."""
    # A regression's score is an error, in the unit of its labels.
    score = "test_error" if summary.get("metric") == "mae" else "test_score"
    told = {score: summary.get("test_score"), **{name: summary.get(name) for name in _LOSSES}}
    found = {name: float(value) for name, value in told.items() if value is not None}
    errors = [arrays[f"layer{layer}/relative_error"].mean() for layer in quantized_layers(arrays)]
    if errors:
        found["relative_error"] = float(np.mean(errors))
    started = arrays.get(WARM_START_PREDICTION)
    if started is None or started.dtype.kind == "f" or len(started) != len(arrays["prediction"]):
        return found
    agrees = arrays["prediction"] == started
    found["agreement"] = float(agrees.mean())
    groups = degree_groups(arrays["in_degree"])
    for group in DEGREE_GROUPS:
        members = np.asarray(groups == group)
        if members.any():
            found[f"agreement, in-degree {group}"] = float(agrees[members].mean())
    return found


def worth(first: Sequence[Mapping[str, float]], second: Sequence[Mapping[str, float]]) -> dict[str, Difference]:
    """First minus second for every measure that all runs have, in the order of :data:`MEASURES`.

    Args:
        first, second: :func:`measures` of one run for each seed, in the same order.
    """
    shared = [name for name in MEASURES if all(name in values for values in (*first, *second))]
    return {name: paired_difference([one[name] for one in first], [one[name] for one in second]) for name in shared}


def told(measure: Measure, difference: Difference) -> tuple[str, str]:
    """A difference in figures with its interval, and what it shows: never "better" without the interval.

    Returns:
        As in "+1.2 points (0.3 to 2.1)" and "better than on other nodes".
    """
    scale, unit = (100.0, " points") if measure.points else (1.0, "")
    mean = f"{scale * difference.mean:+.3g}{unit}"
    if difference.low is None or difference.high is None:
        return mean, f"too few seeds for an interval: {difference.pairs}, at least {FEWEST_PAIRS} are needed"
    figure = f"{mean} ({scale * difference.low:.3g} to {scale * difference.high:.3g})"
    if difference.sign == 0:
        return figure, "no difference shown"
    better = (difference.sign > 0) == (measure.better == "higher")
    return figure, "better, with the whole 95 % interval" if better else "worse, with the whole 95 % interval"
