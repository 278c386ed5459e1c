"""One node and the neighbours it hears: how its value grows with them, by kind of aggregation."""

from collections.abc import Sequence

import numpy as np

from a2q_studio.pages.learn.lesson.step import State, nearest
from a2q_studio.pages.learn.lesson.teaching import Teaching

NEIGHBOURS = (1.0, 0.7, 1.3, 0.9, 1.1, 0.8, 1.2, 1.0, 0.6, 1.4, 1.0)
"""Values of the eleven nodes around the one that listens; any even number of them, in order, has mean 1."""

AGGREGATIONS = {
    "sum": "Sum (GIN)",
    "gcn": "GCN-norm",
    "mean": "Mean (GraphSAGE)",
    "attention": "Attention (GAT)",
}


def heard(edges: int, aggregation: str) -> float:
    """The listening node's aggregated value when the first ``edges`` neighbours point to it; 0 of none.

    ``sum``: Σ x_j. ``gcn``: Σ x_j / √(d_i d_j) with d_i = ``edges`` and d_j = 1, self-loops left out.
    ``mean``: Σ x_j / d_i. ``attention``: Σ α_j x_j, α the softmax of the values themselves.

    Raises:
        KeyError: no such aggregation.
    """
    values = np.array(NEIGHBOURS[:edges])
    return float(values @ weights(edges, aggregation)) if edges else 0.0


def weights(edges: int, aggregation: str) -> np.ndarray:
    """What each neighbour's value is multiplied with, [edges].

    Raises:
        KeyError: no such aggregation.
    """
    ones = np.ones(edges)
    scores = np.exp(np.array(NEIGHBOURS[:edges]))
    found: dict[str, np.ndarray] = {
        "sum": ones,
        "gcn": ones / np.sqrt(max(edges, 1)),
        "mean": ones / max(edges, 1),
        "attention": scores / max(scores.sum(), 1e-12),
    }
    return found[aggregation]


def growth(aggregation: str) -> float:
    """How many-fold the toy's value grows from 4 to 8 neighbours."""
    return heard(8, aggregation) / heard(4, aggregation)


def sum_doubles(_: Teaching) -> int:
    """Among staying, growing 1.4-fold and doubling."""
    return nearest(growth("sum"), (1.0, 1.4, 2.0))


def growths(_: Teaching) -> str:
    """Of all four aggregations."""
    return (
        f"From 4 to 8 neighbours the sum grows {growth('sum'):.2f}-fold, with GCN's norm {growth('gcn'):.2f}-fold, "
        f"the mean {growth('mean'):.2f}-fold and attention {growth('attention'):.2f}-fold."
    )


def demo(_: Teaching) -> Sequence[State]:
    """More and more neighbours, then other aggregations."""
    more = [{"edges": edges, "aggregation": "sum"} for edges in (1, 2, 4, 8, 11)]
    return [*more, *({"edges": 11, "aggregation": other} for other in ("gcn", "mean", "attention"))]
