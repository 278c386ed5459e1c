"""How much memory training on a set takes, before anything is loaded."""

from a2q.datasets.card import DatasetCard
from a2q.datasets.config import DatasetConfig
from a2q.datasets.synthetic.words import LARGEST_DENSE

# Bytes, by benchmarks/memory.py: what comes out is within a factor of two of every peak measured there once a set is
# loaded.
_ONE_GRAPH = 30 * 2**20
_MANY_GRAPHS, _PER_GRAPH, _PER_NODE_OF_GRAPHS = 150 * 2**20, 12 * 2**10, 2_200
_PER_EDGE, _PER_EDGE_OF_ATTENTION = 110, 1_450
_PER_VALUE, _PER_VALUE_OF_BAGS = 8.0, 0.72
# PyTorch Geometric unpacks bags of words densely, once; measured on Coauthor CS.
_PER_VALUE_AT_FIRST = 4.8
# An entry and its place in the rows, in the columns, and as they are given.
_PER_ENTRY = 60
_PER_HIDDEN_VALUE = 22
_HIDDEN = 3 * 16
# As wide as this, published features are bags of words that are kept sparse here.
_BAGS_FROM = 5_000
_MEAN_DEGREE = 4
_BATCH = 128


def training_memory(card: DatasetCard, config: DatasetConfig, attention: bool = False) -> float | None:
    """Return about how many bytes training a small network takes besides the libraries, or None.

    For one graph, with 0.72 in place of 8 for bags of words, 60 entries in place of 8 nodes · features where entries
    alone are kept, and 1,450 in place of 110 for attention:

        30 MiB + 110 edges + 8 nodes · features + 22 nodes · (48 + classes)

    For a set of graphs, trained and evaluated in batches:

        150 MiB + 12 KiB · graphs + 2,200 nodes of all graphs + 110 edges of a batch

    Args:
        card: what is known of the set; None is returned where that does not tell its size.
        config: what is chosen of a generated graph.
        attention: whether it is a GAT of 8 heads of 8 rather than a GCN of two layers of 16.

    Fitted to measured peaks.
    """
    per_edge = _PER_EDGE_OF_ATTENTION if attention else _PER_EDGE
    if card.graphs is not None and card.mean_nodes is not None and card.mean_edges is not None:
        held = _PER_GRAPH * card.graphs + _PER_NODE_OF_GRAPHS * card.graphs * card.mean_nodes
        return _MANY_GRAPHS + held + per_edge * _BATCH * card.mean_edges
    nodes, edges = card.nodes, card.edges
    if "nodes" in card.options:
        nodes = int(config.option("nodes"))
        edges = nodes * _MEAN_DEGREE
    if nodes is None or edges is None or card.features is None:
        return None
    bags = nodes > LARGEST_DENSE if "nodes" in card.options else card.features >= _BAGS_FROM
    values = (_PER_VALUE_OF_BAGS if bags else _PER_VALUE) * nodes * card.features
    if card.entries is not None:
        values = _PER_ENTRY * card.entries
    return _ONE_GRAPH + per_edge * edges + values + _PER_HIDDEN_VALUE * nodes * (_HIDDEN + (card.classes or 1))


def first_load_memory(card: DatasetCard) -> float | None:
    """Return about how many bytes the first load of a published set takes besides the libraries, where that is more
    than training on it: 30 MiB + 4.8 nodes · features for bags of words that are kept sparse, else None.

    Args:
        card: what is known of the set.

    Fitted to a measured peak.
    """
    published_bags = card.needs == "download" and card.graphs is None and (card.features or 0) >= _BAGS_FROM
    if not published_bags or card.nodes is None or card.features is None:
        return None
    return _ONE_GRAPH + _PER_VALUE_AT_FIRST * card.nodes * card.features
