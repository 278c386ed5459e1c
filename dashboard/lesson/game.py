"""The score of the budget game: four ways to spend the same bits on the same values."""

from collections.abc import Sequence

import numpy as np

from dashboard.lesson.budget import GROUPS, best_possible, even, group_of, mean_error, shared_out
from dashboard.lesson.layer import LayerInput

YOU, SAME, LEARNED, BEST = "You", "Same bits for all", "A²Q's bits", "Best possible"


def contest(layer: LayerInput, given: Sequence[float]) -> dict[str, float]:
    """Mean |x_q - x| of each allocation, with the best step size for each node.

    Args:
        layer: the values, and the bits that A²Q learned; their average is the budget.
        given: the learner's mean bits of each group of in-degrees.
    """
    average, table = float(layer.bits.mean()), layer.table
    allocations: dict[str, np.ndarray] = {
        YOU: shared_out(given, layer.in_degree, layer.values.max(1)),
        SAME: even(average, len(layer.bits)),
        LEARNED: layer.bits,
        BEST: best_possible(table, average),
    }
    return {name: mean_error(table, bits) for name, bits in allocations.items()}


def learned_means(layer: LayerInput) -> list[float]:
    """Mean bits that A²Q learned for each group of in-degrees; 0 of an empty one."""
    member = group_of(layer.in_degree)
    return [
        float(layer.bits[member == position].mean()) if (member == position).any() else 0.0
        for position in range(len(GROUPS))
    ]


def verdict(errors: dict[str, float]) -> str:
    """Who won, by how much, in a sentence."""
    you, learned, same = errors[YOU], errors[LEARNED], errors[SAME]
    ratio = learned / you if you else 1.0
    if you <= learned:
        return f"**You beat A²Q**: its bits make {ratio - 1:.0%} more error than yours. Share the link."
    if you <= same:
        return f"**Better than the same for all**, and {1 / ratio - 1:.0%} more error than A²Q's bits. Try again?"
    return f"The same bits for all would have been better; yours make {1 / ratio - 1:.0%} more error than A²Q's."
