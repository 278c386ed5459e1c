"""Places, sizes and edges that all drawings of one graph share."""

import numpy as np

from a2q_studio.charts.graph.raster import edge_raster
from a2q_studio.charts.graph.tiers import drawn_nodes, tier
from a2q_studio.charts.palette import Palette
from a2q_studio.comparison.charts.panels import Ground

MOST_NODES = 20_000
"""Nodes of all drawings together that are drawn one by one."""
_PIXELS = 500


def ground_of(
    coordinates: np.ndarray,
    in_degree: np.ndarray,
    edges: np.ndarray,
    palette: Palette,
    drawings: int = 1,
    ring: int | None = None,
) -> Ground:
    """What the drawings share; large graphs are drawn by a sample that keeps every in-degree's share.

    Args:
        coordinates: [num_nodes, 2].
        in_degree: of every node, [num_nodes].
        edges: source and target, [2, num_edges]; drawn as one picture beneath the nodes, up to 50,000 nodes.
        palette: colours of the theme.
        drawings: how many there will be; each gets its share of 20,000 nodes.
        ring: a node to mark in every drawing.
    """
    count = len(in_degree)
    images = []
    if tier(count).edges and edges.shape[1]:
        images = [edge_raster(coordinates, edges, palette.muted, _PIXELS).image]
    # Hubs last, over the rest.
    drawn = drawn_nodes(in_degree, MOST_NODES // max(1, drawings))
    drawn = drawn[np.argsort(in_degree[drawn].astype(np.int64), kind="stable")]
    return Ground(coordinates, in_degree, drawn, images, ring)


def drawn_in_words(ground: Ground) -> str:
    """The sentence that says what of the graph is drawn."""
    drawn, count = len(ground.drawn), len(ground.in_degree)
    edges = "edges as a picture beneath" if ground.images else "edges are not drawn"
    if drawn < count:
        return f"Drawing {drawn:,} of {count:,} nodes in each, hubs kept, every in-degree with its share; {edges}."
    return f"Drawing all {count:,} nodes in each; {edges}."
