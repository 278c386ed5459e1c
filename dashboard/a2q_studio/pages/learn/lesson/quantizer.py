"""The quantizer as a ruler: marks a step size apart, as many as the bits allow, and the two errors it makes."""

from typing import Any, NamedTuple

import numpy as np

from a2q.units import MOST_BITS

# Where the best step size is looked for: shares of the one that just reaches the largest value. With few bits much
# smaller ones are best, since clipping a few large values is cheaper than rounding all others coarsely.
_SHARES = np.concatenate([np.geomspace(0.02, 0.4, 20), np.linspace(0.41, 1.0, 60)])


class Errors(NamedTuple):
    """Mean |x_q - x| of some values in its two parts.

    Attributes:
        rounding: from values within the range, moved to the nearest mark.
        clipping: from values beyond the last mark, moved to it.
    """

    rounding: float
    clipping: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.rounding + self.clipping


def levels(bits: Any) -> Any:
    """Marks above zero for values that are never negative: ``2^bits - 1`` with effective bits, a number or an array."""
    return 2**bits - 1


def quantized(values: np.ndarray, step: np.ndarray | float, bits: np.ndarray | int) -> np.ndarray:
    """Quantize non-negative values, [rows, dim] or [dim]: ``step · min(⌊x / step + 1/2⌋, 2^bits - 1)``.

    As the library's quantizer does (tests hold them together), in NumPy, whose small products need no threads.

    Args:
        values: 0 or more.
        step, bits: step size and effective bits, one for all or one per row, [rows].
    """
    steps, most = (np.asarray(given)[..., None] for given in (step, levels(np.asarray(bits))))
    return np.asarray(np.minimum(np.floor(np.asarray(values) / steps + 0.5), most) * steps)


def errors(values: np.ndarray, step: float, bits: int) -> Errors:
    """Rounding and clipping error of non-negative values on one ruler."""
    wrong = np.abs(quantized(values, step, bits) - values)
    beyond = values > step * levels(bits)
    return Errors(float(np.where(beyond, 0, wrong).mean()), float(np.where(beyond, wrong, 0).mean()))


def best_step(values: np.ndarray, bits: int) -> float:
    """The step size, one for all values, with the least mean |x_q - x|, out of eighty shares of the largest needed.

    A search on a grid.
    """
    top = float(values.max()) or 1.0
    candidates = top / levels(bits) * _SHARES
    return float(min(candidates, key=lambda step: np.abs(quantized(values, step, bits) - values).mean()))


def error_table(values: np.ndarray) -> np.ndarray:
    """For each row the least mean |x_q - x| with 1, 2, … 8 bits, the best step size for each, [rows, 8].

    It never rises with the bits: the marks of a ruler are also marks of one with a bit more.

    Args:
        values: non-negative, [rows, dim].

    A search on a grid of eighty step sizes.
    """
    exact = values.astype(np.float32)
    top = np.maximum(exact.max(1), 1e-12)
    table = np.empty((len(values), MOST_BITS), dtype=np.float32)
    for bits in range(1, MOST_BITS + 1):
        best = exact.mean(1)
        for share in _SHARES:
            steps = (top / levels(bits) * share)[:, None]
            codes = np.minimum(np.floor(exact / steps + np.float32(0.5)), levels(bits))
            np.minimum(best, np.abs(codes * steps - exact).mean(1), out=best)
        table[:, bits - 1] = best
    return np.minimum.accumulate(table, axis=1)
