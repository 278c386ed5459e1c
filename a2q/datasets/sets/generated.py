"""The graphs drawn at random from a seed."""

from functools import partial
from typing import TYPE_CHECKING

from a2q.datasets.card import DatasetCard
from a2q.datasets.progress import Progress
from a2q.datasets.spec import DatasetSpec, OneGraph

if TYPE_CHECKING:
    from torch_geometric.data import Data

    from a2q.datasets.config import DatasetConfig
    from a2q.datasets.synthetic.shapes import Shape

_SIZE = ("nodes", "graph_seed")
_SHAPE = ("homophily", "label_rate", "feature_sparsity")
_drawn = partial(
    DatasetCard,
    split="ours, stratified and drawn with the graph: the label rate of each class to train, a fifth of all nodes "
    "(at most 500) to validate, the rest (at most 1,000) to test",
    licence="none needed: nothing is taken from anyone",
    features=1433,
    classes=7,
    needs="nothing",
)


def _citations(card: DatasetCard, config: "DatasetConfig", progress: Progress) -> "tuple[Data, str]":
    from a2q.datasets.synthetic.citations import generated_citations

    nodes, seed = int(config.option("nodes")), int(config.option("graph_seed"))
    progress(0.0, f"Drawing a graph of {nodes:,} nodes")
    return generated_citations(nodes, seed), f"generated citations, {nodes:,} nodes, seed {seed}"


def _shape(shape: "Shape") -> OneGraph:
    def drawn(card: DatasetCard, config: "DatasetConfig", progress: Progress) -> "tuple[Data, str]":
        from a2q.datasets.synthetic.shapes import generated_shape

        progress(0.0, f"Drawing a graph of {int(config.option('nodes')):,} nodes")
        return generated_shape(shape, config)

    return drawn


GENERATED_SETS = (
    DatasetSpec(
        _drawn(
            name="generated-citations",
            title="Generated citations",
            source="drawn at random from a seed: growth by preferential attachment and copying",
            citation="this project's own; growth after Barabási and Albert, Emergence of Scaling in Random "
            "Networks, Science 286, 1999",
            why="As large as is asked for, and the same for the same seed: shows how time and memory grow, and "
            "what in-degree does when nothing else changes.",
            options=_SIZE,
            split="ours, drawn with the graph: 20 nodes a class to train, 500 to validate, 1,000 to test; fewer below "
            "3,000 nodes",
        ),
        one_graph=_citations,
    ),
    DatasetSpec(
        _drawn(
            name="power-law",
            title="Power law",
            source="drawn at random from a seed: expected degrees by a power law, neighbours by degree and class",
            citation="this project's own; after Chung and Lu, Connected Components in Random Graphs with Given "
            "Expected Degree Sequences, Annals of Combinatorics 6, 2002, with classes after Karrer and Newman, "
            "Stochastic blockmodels and community structure in networks, Physical Review E 83, 2011",
            why="Turn the exponent and see the intuition appear: heavy tails give hubs that sum up large values and "
            "keep their bits, light tails leave nothing to tell nodes apart.",
            options=(*_SIZE, "exponent", *_SHAPE),
        ),
        one_graph=_shape("power-law"),
    ),
    DatasetSpec(
        _drawn(
            name="stochastic-blocks",
            title="Stochastic blocks",
            source="drawn at random from a seed: every node expects the same degree, neighbours by class alone",
            citation="this project's own; after Holland et al., Stochastic Blockmodels: First Steps, Social Networks "
            "5(2), 1983",
            why="Communities without hubs: in-degrees are nearly alike, so bits have little reason to differ. Turn the "
            "homophily down and neighbours mislead.",
            options=(*_SIZE, *_SHAPE),
        ),
        one_graph=_shape("stochastic-blocks"),
    ),
    DatasetSpec(
        _drawn(
            name="star",
            title="Stars",
            source="drawn at random from a seed: one hub a class, every other node a leaf of one hub",
            citation="this project's own",
            why="The extreme of unequal in-degree: seven hubs sum up hundreds of leaves, every leaf hears one node.",
            options=(*_SIZE, *_SHAPE),
        ),
        one_graph=_shape("star"),
    ),
    DatasetSpec(
        _drawn(
            name="ring",
            title="Ring",
            source="drawn at random from a seed: a circle, the class changes along it at random",
            citation="this project's own",
            why="The extreme of equal in-degree: every node hears two, so nothing but its own features can set its "
            "bits apart. Where A²Q has least to gain.",
            options=(*_SIZE, *_SHAPE),
        ),
        one_graph=_shape("ring"),
    ),
)
"""In the order to offer them."""
