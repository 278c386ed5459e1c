"""The shape of a graph: directions, components, clustering."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from a2q.datasets.statistics.flat import Flat
from a2q.datasets.statistics.record import Topology

_SAMPLE = 5_000
_MOST_NEIGHBOURS = 200


def topology(flat: Flat) -> Topology:
    """Return the shape of the graph. Through SciPy and igraph."""
    adjacency = flat.messages
    distinct = adjacency.nnz
    number, part = connected_components(adjacency, directed=False)
    both = adjacency.copy()
    both.data[:] = 1
    mutual = int(both.multiply(both.T).sum()) if distinct else 0
    clustering, nodes = _clustering(flat, both)
    return Topology(
        undirected=mutual / distinct if distinct else 1.0,
        self_loops=int(flat.edges - flat.proper.sum()),
        repeated=int(flat.proper.sum()) - distinct,
        isolated=int(((flat.in_degree == 0) & (np.asarray(both.sum(0)).ravel() == 0)).sum()),
        components=int(number),
        largest=float(np.bincount(part).max() / flat.nodes),
        clustering=clustering,
        clustering_nodes=nodes,
    )


def _clustering(flat: Flat, adjacency: csr_matrix) -> tuple[float, int | None]:
    if flat.large:
        neighbours = (adjacency + adjacency.T).tocsr()
        neighbours.data[:] = 1
        rng = np.random.default_rng(0)
        nodes = rng.choice(flat.nodes, _SAMPLE, replace=False)
        return float(np.mean([local_clustering(neighbours, int(node), rng) for node in nodes])), _SAMPLE
    import igraph

    graph = igraph.Graph(flat.nodes, np.stack(adjacency.nonzero(), axis=1), directed=False)
    return float(graph.simplify().transitivity_avglocal_undirected(mode="zero")), None


def local_clustering(neighbours: csr_matrix, node: int, rng: np.random.Generator) -> float:
    """Return the share of pairs of a node's neighbours that are neighbours; of a hub's pairs a sample.

    Args:
        neighbours: symmetric, 0/1, no diagonal, [nodes, nodes].
        node: its number.
        rng: draws the neighbours looked at where there are more than 200.
    """
    around = neighbours.indices[neighbours.indptr[node] : neighbours.indptr[node + 1]]
    if around.size < 2:
        return 0.0
    if around.size > _MOST_NEIGHBOURS:
        around = rng.choice(around, _MOST_NEIGHBOURS, replace=False)
    return float(neighbours[around][:, around].nnz / (around.size * (around.size - 1)))
