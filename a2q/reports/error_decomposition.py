"""Quantization error taken apart: by cause (rounding, clipping), and by group of nodes and feature dimension."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from a2q.reports.quantized_input import QuantizedInput

Metric = Literal["absolute", "relative", "clipped"]

METRICS: dict[Metric, str] = {
    "absolute": "mean |x_q - x|, in the features' own unit",
    "relative": "sum of |x_q - x| over sum of |x|, a share",
    "clipped": "share of values beyond the clipping range",
}
"""What a cell of an error matrix can hold."""

# Ranges and values are float32: a value on the edge of its range is not beyond it.
_SLACK = 1e-5


@dataclass(frozen=True)
class ErrorMatrix:
    """Quantization error by rows of nodes and feature dimensions.

    Attributes:
        values: [rows, dims]; NaN for a row without nodes.
        rows: name of each row.
        dims: which feature dimension each column is.
        members: the nodes of each row.
        counted: of how many of them the layer's input is known, [rows].
    """

    values: np.ndarray
    rows: tuple[str, ...]
    dims: np.ndarray
    members: tuple[np.ndarray, ...]
    counted: tuple[int, ...]


def clipping_range(
    values: np.ndarray, quantized: np.ndarray, step: np.ndarray, bits: np.ndarray, signed: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value that each node's codes can stand for, two arrays [num_nodes, 1].

    Unsigned codes reach from 0 to ``s (2^b - 1)``, signed ones from ``-s (2^(b-1) - 1)`` to ``s (2^(b-1) - 1)``.

    Args:
        values, quantized: x and x_q, [num_nodes, dim].
        step: step size of each node, [num_nodes].
        bits: effective bits of each node, [num_nodes].
        signed: whether a node's codes carry a sign, [num_nodes]; None for quantizers with another formula, whose
            range is read off x_q: the smallest and largest that occur in the layer.

    Source: paper section 3.1.
    """
    if signed is None:
        whole = np.ones((len(values), 1), dtype=np.float32)
        return (whole * min(quantized.min(initial=0), 0), whole * max(quantized.max(initial=0), 0))
    width = bits.astype(np.int64) - signed.astype(np.int64)
    reach = (step * (2.0 ** np.maximum(width, 0) - 1)).astype(np.float32)[:, None]
    return np.where(signed[:, None] > 0, -reach, 0), reach


def rounding_and_clipping(
    values: np.ndarray, quantized: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What of ``|x_q - x|`` is due to rounding and what to clipping, two arrays of the shape of ``values``.

    With ``x'`` the value moved to the nearest end of the range, rounding is ``|x_q - x'|`` and clipping
    ``|x - x'|``; as ends of the range are codes themselves, the two add up to ``|x_q - x|``.

    Args:
        values, quantized: x and x_q, [num_nodes, dim].
        low, high: of :func:`clipping_range`.
    """
    inside = np.clip(values, low, high)
    return np.abs(quantized - inside), np.abs(values - inside)


def beyond(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Which values lie beyond their node's clipping range, bool of the shape of ``values``."""
    slack = _SLACK * np.maximum(np.abs(low), np.abs(high))
    outside: np.ndarray = (values < low - slack) | (values > high + slack)
    return outside


def error_matrix(
    taken: QuantizedInput, rows: Sequence[tuple[str, np.ndarray]], metric: Metric, most_dims: int = 64
) -> ErrorMatrix:
    """The error of each group of nodes in each feature dimension; dimensions with the largest error first.

    Args:
        taken: the layer's input; nodes that are not part of it count in no cell.
        rows: name and nodes of each row.
        metric: one of :data:`METRICS`.
        most_dims: of more dimensions only those with the largest error are kept; those without any are left out.
    """
    error = np.abs(taken.quantized - taken.values)
    places = [taken.rows(nodes) for _, nodes in rows]
    cells = np.full((len(rows), error.shape[1]), np.nan, dtype=np.float64)
    for number, place in enumerate(places):
        if not len(place):
            continue
        if metric == "clipped":
            cells[number] = taken.clipped[place].mean(axis=0)
        elif metric == "relative":
            total = np.abs(taken.values[place]).sum(axis=0, dtype=np.float64)
            lost = error[place].sum(axis=0, dtype=np.float64)
            cells[number] = np.divide(lost, total, out=np.zeros_like(lost), where=total > 0)
        else:
            cells[number] = error[place].mean(axis=0, dtype=np.float64)
    total_error = np.nan_to_num(cells).sum(axis=0)
    dims = np.argsort(-total_error, kind="stable")[:most_dims]
    if total_error.any():
        # A dimension that is 0 everywhere, as ReLU leaves many, has no error and nothing to show.
        dims = dims[total_error[dims] > 0]
    names, members = tuple(name for name, _ in rows), tuple(nodes for _, nodes in rows)
    return ErrorMatrix(cells[:, dims], names, dims, members, tuple(len(place) for place in places))


def degree_rows(groups: np.ndarray, names: Sequence[str], among: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Rows of an error matrix: each group of in-degrees that occurs among some nodes.

    Args:
        groups: position in ``names`` of each node's group, [num_nodes].
        names: of the groups, in order.
        among: numbers of the nodes to count.
    """
    found = [(name, among[groups[among] == number]) for number, name in enumerate(names)]
    return [(name, nodes) for name, nodes in found if len(nodes)]


def worst_rows(error: np.ndarray, among: np.ndarray, most: int = 50) -> list[tuple[str, np.ndarray]]:
    """Rows of an error matrix: the single nodes with the largest error, the largest first.

    Args:
        error: of each node, [num_nodes].
        among: numbers of the nodes to choose from.
        most: how many.
    """
    order = among[np.argsort(-error[among], kind="stable")[:most]]
    return [(str(node), np.array([node])) for node in order]
