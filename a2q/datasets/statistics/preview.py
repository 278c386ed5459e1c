"""A part of a graph that is small enough to be drawn, laid out."""

import numpy as np

from a2q.datasets.statistics.flat import Flat
from a2q.datasets.statistics.record import Preview
from a2q.datasets.statistics.seeding import seeded_igraph

_MOST_NODES = 300
_MOST_EDGES = 1_500
# Neighbours of a node to go on with: few give a picture of the surroundings, more are for stars.
_NEIGHBOURS = (12, 60, 300)
_ENOUGH = 150


def preview(flat: Flat) -> Preview:
    """Return the whole graph where it is small, else what lies around one of its hubs; of a set, its first graphs.

    Laid out by igraph (Fruchterman and Reingold, 1991), always from the same start.
    """
    import igraph

    nodes = _chosen(flat)
    position = np.full(flat.nodes, -1)
    position[nodes] = np.arange(nodes.size)
    ends = position[flat.edge_source], position[flat.edge_target]
    inside = (ends[0] >= 0) & (ends[1] >= 0) & (ends[0] != ends[1])
    pairs = np.unique(np.sort(np.stack([end[inside] for end in ends], axis=1), axis=1), axis=0)
    if len(pairs) > _MOST_EDGES:
        pairs = pairs[np.random.default_rng(0).choice(len(pairs), _MOST_EDGES, replace=False)]
    graph = igraph.Graph(nodes.size, pairs)
    start = np.random.default_rng(0).random((nodes.size, 2)).tolist()
    with seeded_igraph():
        placed = np.array(graph.layout_fruchterman_reingold(seed=start, niter=300).coords).reshape(-1, 2)
    spread = np.maximum(np.ptp(placed, axis=0), 1e-9) if nodes.size else 1.0
    placed = (placed - placed.min(axis=0, initial=np.inf)) / spread
    classes = np.full(nodes.size, -1) if flat.classes is None else flat.classes[nodes]
    return Preview(
        whole=nodes.size == flat.nodes,
        nodes=tuple(nodes.tolist()),
        x=tuple(placed[:, 0].round(4).tolist()),
        y=tuple(placed[:, 1].round(4).tolist()),
        labels=tuple(classes.tolist()),
        in_degrees=tuple(flat.in_degree[nodes].tolist()),
        edges=tuple((int(a), int(b)) for a, b in pairs),
    )


def _chosen(flat: Flat) -> np.ndarray:
    if flat.nodes <= _MOST_NODES:
        return np.arange(flat.nodes)
    if flat.sizes is not None:
        # As many whole graphs as fit, one at least in part.
        fit = int((flat.sizes.cumsum() <= _MOST_NODES).sum())
        return np.arange(min(_MOST_NODES, int(flat.sizes[: max(1, fit)].sum())))
    hub = int(flat.in_degree.argmax())
    for limit in _NEIGHBOURS:
        nodes = _around(flat, hub, limit)
        if nodes.size >= _ENOUGH:
            break
    return nodes


def _around(flat: Flat, hub: int, limit: int) -> np.ndarray:
    """Walk outwards from a node, at most so many neighbours of each, until there are enough nodes."""
    rng = np.random.default_rng(0)
    heard = flat.messages
    seen, ring = [hub], [hub]
    known = {hub}
    while ring and len(seen) < _MOST_NODES:
        outer: list[int] = []
        for node in ring:
            around = heard.indices[heard.indptr[node] : heard.indptr[node + 1]]
            drawn = around if around.size <= limit else rng.choice(around, limit, replace=False)
            outer += [other for other in drawn.tolist() if other not in known]
            known.update(outer)
        ring = list(dict.fromkeys(outer))
        seen += ring
    return np.sort(np.array(seen[:_MOST_NODES]))
