"""A generated graph of a chosen shape: power law, stochastic blocks, stars or a ring."""

from typing import Literal

import numpy as np
import torch
from torch_geometric.data import Data
from torch_geometric.utils import remove_self_loops, to_undirected

from a2q.datasets.config import DatasetConfig
from a2q.datasets.split import split_at_random
from a2q.datasets.synthetic.edges import Ends, classes_along, pairs_by_weight, power_law_weights, ring, stars
from a2q.datasets.synthetic.words import draw_words

Shape = Literal["power-law", "stochastic-blocks", "star", "ring"]
CLASSES = 7
# About that of the citation graphs, so that only the shape differs.
_MEAN_DEGREE = 4.0
_EVEN = 12.0


def generated_shape(shape: Shape, config: DatasetConfig) -> tuple[Data, str]:
    """Return the graph, the same for the same config and release of NumPy, and the phrase that says what it is.

    Shapes:
        `x` [nodes, 1433] 0/1 float32: dense up to 20,000 nodes, `torch.sparse_csr` above; `edge_index` [2, edges],
        both ways; `y` [nodes] in 0..6; masks [nodes]: the label rate of each class to train with, a fifth of the
        nodes (at most 500) to validate, at most 1,000 to test.

    Raises:
        DatasetError: when so many nodes with so many features do not fit a machine's memory.

    See `a2q.datasets.synthetic.edges`.
    """
    nodes, seed = int(config.option("nodes")), int(config.option("graph_seed"))
    rng = np.random.default_rng(seed)
    label, (source, target) = _drawn(shape, nodes, config, rng)
    edge_index, _ = remove_self_loops(torch.from_numpy(np.stack([source, target]).astype(np.int64)))
    data = Data(
        x=draw_words(label, rng, config.option("feature_sparsity")),
        edge_index=to_undirected(edge_index, num_nodes=nodes),
        y=torch.from_numpy(label),
    )
    validation = min(500, nodes // 5)
    data = split_at_random(data, rng, float(config.option("label_rate")), validation, test=1000)
    return data, f"generated {shape.replace('-', ' ')}, {nodes:,} nodes, {_chosen(config)}seed {seed}"


def _drawn(shape: Shape, nodes: int, config: DatasetConfig, rng: np.random.Generator) -> tuple[np.ndarray, Ends]:
    homophily = config.option("homophily")
    if shape == "ring":
        return classes_along(nodes, CLASSES, homophily, rng), ring(nodes)
    label = rng.choice(CLASSES, size=nodes, p=rng.dirichlet(np.full(CLASSES, _EVEN)))
    # Every class occurs, or the number of classes would depend on the draw.
    label[:CLASSES] = np.arange(CLASSES)
    match shape:
        case "star":
            return label, stars(label, homophily, rng)
        case "power-law":
            weight = power_law_weights(nodes, config.option("exponent"), rng)
        case "stochastic-blocks":
            weight = np.ones(nodes)
    return label, pairs_by_weight(label, weight, homophily, _MEAN_DEGREE, rng)


def _chosen(config: DatasetConfig) -> str:
    """What differs from the defaults, so that two figures of two graphs never have one source."""
    names = ("exponent", "homophily", "label_rate", "feature_sparsity")
    chosen = {name: value for name in names if (value := getattr(config, name)) is not None}
    return "".join(f"{name.replace('_', ' ')} {value:g}, " for name, value in chosen.items())
