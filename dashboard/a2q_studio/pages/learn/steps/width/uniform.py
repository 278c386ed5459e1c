"""One width for all: the error of each node, and the bits each would need for the same alone."""

from collections.abc import Sequence

import numpy as np

from a2q.units import MOST_BITS
from a2q_studio.pages.learn.lesson.groups import group_of, groups
from a2q_studio.pages.learn.lesson.quantizer import best_step, quantized
from a2q_studio.pages.learn.lesson.step import State
from a2q_studio.pages.learn.lesson.teaching import Teaching


def uniform_error(teaching: Teaching, bits: int) -> np.ndarray:
    """Mean |x_q - x| of each node when all have the same bits and the same, best, step size."""
    values = teaching.main.values
    step = best_step(values.ravel(), bits)
    return np.asarray(np.abs(quantized(values, step, bits) - values).mean(1))


def needed(table: np.ndarray, tolerance: float) -> np.ndarray:
    """The fewest bits with which each node's error is at most ``tolerance``, [num_nodes]; 8 where none suffice."""
    enough = table <= tolerance
    return np.where(enough.any(1), 1 + np.argmax(enough, axis=1), MOST_BITS)


def needed_alone(teaching: Teaching, bits: int) -> np.ndarray:
    """The fewest bits, with a step size of its own, that keep each node's error to the mean one of ``bits`` for all."""
    return needed(teaching.main.table, float(uniform_error(teaching, bits).mean()))


def worst_group(teaching: Teaching) -> int:
    """Leaves, middle or hubs: whose mean error is largest at 2 bits for all."""
    error, member = uniform_error(teaching, 2), group_of(teaching.main.in_degree)
    return int(np.argmax([error[member == position].mean() for position in (0, 2, 4)]))


def who_errs(teaching: Teaching) -> str:
    """Errors of leaves and hubs at 2 bits for all."""
    error, member = uniform_error(teaching, 2), group_of(teaching.main.in_degree)
    hubs = groups(teaching.main.in_degree)[4]
    return (
        f"At 2 bits the mean error is {error[member == 0].mean():.2f} for leaves and {error[member == 4].mean():.2f} "
        f"for hubs: {hubs.share:.0%} of the nodes carry {error[member == 4].sum() / error.sum():.0%} of it."
    )


def demo(_: Teaching) -> Sequence[State]:
    """All widths from 8 down to 2."""
    return [{"uniform": bits} for bits in (8, 6, 4, 3, 2)]
