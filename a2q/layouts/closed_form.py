"""Layouts in rings: hubs in the middle, or one node with its neighbours around it."""

import numpy as np
from scipy.sparse.csgraph import breadth_first_order

from a2q.layouts.force import undirected


def principal_axes(values: np.ndarray) -> np.ndarray:
    """Coordinates on the first two principal components, float32 [num_nodes, 2].

    Signs are such that the largest loading is positive, which makes the picture repeatable.

    Args:
        values: features, [num_nodes, dim]; one column gives a line.

    Source: principal component analysis.
    """
    centred = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    leading = axes[:, ::-1][:, :2]
    leading = leading * np.sign(leading[np.abs(leading).argmax(axis=0), range(leading.shape[1])])
    projected: np.ndarray = centred @ leading
    if projected.shape[1] < 2:
        projected = np.column_stack([projected, np.zeros(len(projected))])
    return np.asarray(projected, dtype=np.float32)


# Successive angles of the golden section never line up, however many nodes a ring has.
_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def degree_rings(in_degree: np.ndarray) -> np.ndarray:
    """Nodes on rings by in-degree, hubs in the middle, float32 [num_nodes, 2], radius at most 1.

    The radius is ``1 - log(1 + d) / log(1 + d_max)``: halfway in, degrees have grown by the same factor everywhere.

    Args:
        in_degree: incoming edges of each node, [num_nodes].
    """
    largest = int(in_degree.max()) if len(in_degree) else 0
    radius = 1 - np.log1p(in_degree) / np.log1p(max(largest, 1)) * 0.97
    angle = np.empty(len(in_degree))
    angle[np.argsort(-in_degree.astype(np.int64), kind="stable")] = np.arange(len(in_degree)) * _GOLDEN_ANGLE
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]).astype(np.float32)


def hops_from(edges: np.ndarray, num_nodes: int, node: int) -> np.ndarray:
    """How many edges away each node is, whichever way they point, int64 [num_nodes]; -1 where there is no path."""
    return _tree(edges, num_nodes, node)[0]


def hop_rings(edges: np.ndarray, num_nodes: int, node: int) -> np.ndarray:
    """``node`` in the middle and each ring one hop further out, float32 [num_nodes, 2]; NaN where there is no path.

    A node's angle lies near that of the neighbour it was reached through, so that branches stay together.

    Args:
        edges: source and target, [2, num_edges].
        num_nodes: number of nodes.
        node: the one in the middle.

    Source: the K-hop layout of CorGIE (Liu et al., TVCG 2022), with angles of our own.
    """
    hops, parent, order = _tree(edges, num_nodes, node)
    angle = np.zeros(num_nodes)
    for hop in range(1, int(hops.max()) + 1):
        ring = order[hops[order] == hop]
        ring = ring[np.argsort(angle[parent[ring]], kind="stable")]
        angle[ring] = 2 * np.pi * np.arange(len(ring)) / len(ring)
    radius = np.where(hops < 0, np.nan, hops)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]).astype(np.float32)


def _tree(edges: np.ndarray, num_nodes: int, node: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hops and parent of each node, and the nodes that can be reached in the order they were found."""
    order, parent = breadth_first_order(undirected(edges, num_nodes), node, directed=False)
    hops = np.full(num_nodes, -1, dtype=np.int64)
    hops[node] = 0
    for reached in order[1:]:
        hops[reached] = hops[parent[reached]] + 1
    return hops, parent, order
