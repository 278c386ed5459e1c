"""One node and the neighbours it hears: how its value grows with them, by kind of aggregation."""

import numpy as np

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
    return {
        "sum": ones,
        "gcn": ones / np.sqrt(max(edges, 1)),
        "mean": ones / max(edges, 1),
        "attention": scores / max(scores.sum(), 1e-12),
    }[aggregation]
