"""How a graph is drawn depends on its size; a picture never shows nothing."""

from dataclasses import dataclass

import numpy as np

FEW, MANY = 6_000, 50_000
SAMPLE = 20_000
"""Of a graph with more than 50,000 nodes so many are drawn one by one."""
_HUBS = 0.01
_SEED = 0


@dataclass(frozen=True)
class Tier:
    """How graphs of one size are drawn.

    Attributes:
        sampled: whether only some nodes are drawn, over a raster of all.
        edges: whether edges are drawn beneath the nodes.
        size: diameter of a node without edges and how much wider the one with the most is, pixels.
    """

    sampled: bool
    edges: bool
    size: tuple[float, float]


def tier(num_nodes: int) -> Tier:
    """Up to 6,000 nodes, up to 50,000, or more."""
    if num_nodes <= FEW:
        return Tier(sampled=False, edges=True, size=(5, 16))
    if num_nodes <= MANY:
        return Tier(sampled=False, edges=True, size=(3, 11))
    return Tier(sampled=True, edges=False, size=(3, 10))


def drawn_nodes(in_degree: np.ndarray, most: int = SAMPLE) -> np.ndarray:
    """Numbers of the nodes to draw, ascending: all where there are few, else ``most``, stratified by in-degree.

    The hundredth with the largest in-degrees is drawn whole; of the rest every k-th in order of in-degree, ties in an
    order that has nothing to do with node numbers. So each in-degree keeps its share.

    Args:
        in_degree: of every node, [num_nodes].
        most: how many to draw.
    """
    count = len(in_degree)
    if count <= most:
        return np.arange(count)
    shuffled = np.random.default_rng(_SEED).permutation(count)
    ranked = shuffled[np.argsort(-in_degree[shuffled].astype(np.int64), kind="stable")]
    hubs = min(int(np.ceil(count * _HUBS)), most)
    others = np.linspace(hubs, count - 1, most - hubs).round().astype(np.int64)
    return np.sort(np.concatenate([ranked[:hubs], ranked[others]]))


def drawn_in_words(drawn: int, num_nodes: int, edges: int) -> str:
    """The sentence under the picture that says what of the graph it shows."""
    if drawn < num_nodes:
        return (
            f"Drawing {drawn:,} of {num_nodes:,} nodes, the hundredth with the largest in-degrees whole, over a raster "
            f"coloured by the mean over all; {edges:,} edges are not drawn. A box or lasso selects every node in it."
        )
    return f"Drawing all {num_nodes:,} nodes; {edges:,} edges as a picture beneath them."
