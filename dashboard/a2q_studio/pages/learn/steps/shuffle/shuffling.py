"""The learned bits on random other nodes, and the error that this makes before anything is trained."""

from collections.abc import Sequence

import numpy as np

from a2q_studio.pages.learn.lesson.layer import LayerInput
from a2q_studio.pages.learn.lesson.quantizer import quantized
from a2q_studio.pages.learn.lesson.step import State
from a2q_studio.pages.learn.lesson.teaching import Teaching

OWN, SHARED = "One for each node", "One for all"
"""Whose a step size is."""

# One step size for all is looked for between these shares of the largest value.
_SHARES = np.geomspace(0.003, 1.0, 60)


def shuffled(bits: np.ndarray) -> np.ndarray:
    """The same widths, equally often, on random other nodes, [num_nodes]; the same ones each time."""
    return np.asarray(np.random.default_rng(0).permutation(bits))


def error(layer: LayerInput, bits: np.ndarray, steps: str) -> np.ndarray:
    """Mean |x_q - x| of each node with the step size that is best for it, or best for all, [num_nodes].

    Args:
        layer: the values.
        bits: of each node; 0 is pruned.
        steps: :data:`OWN` or :data:`SHARED`.
    """
    values = layer.values
    if steps == OWN:
        table = np.column_stack([values.mean(1), layer.table])
        return np.asarray(table[np.arange(len(bits)), bits])
    tried = (np.abs(quantized(values, step, bits) - values).mean(1) for step in float(values.max()) * _SHARES)
    least: np.ndarray = min(tried, key=lambda found: float(found.mean()))
    return least


def relative(layer: LayerInput, absolute: np.ndarray) -> np.ndarray:
    """Errors over each node's own mean |x|, [num_nodes]; 0 of a node without any value."""
    magnitude = layer.values.mean(1)
    shares: np.ndarray = np.divide(absolute, magnitude, out=np.zeros(len(absolute)), where=magnitude > 0)
    return shares


def demo(_: Teaching) -> Sequence[State]:
    """As learned, shuffled with a step size for each node, then with one for all, and back."""
    states = ((False, OWN), (True, OWN), (False, SHARED), (True, SHARED))
    return [{"shuffled": shuffle, "steps": steps} for shuffle, steps in states]
