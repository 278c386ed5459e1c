"""Many small graphs as one: what they hold joined, and which graph each node is of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.readers.npz import Arrays, parts_of
from a2q.datasets.importers.tables import Table, listed, table_of
from a2q.datasets.importers.uploads import Upload


@dataclass(frozen=True)
class OneGraph:
    """What one graph of a set holds.

    Args:
        edges: ends by the graph's own numbers of nodes, from 0, [2, edges].
        x: features, [nodes, features].
        y: one class or value.
        nodes: their number, where it is said.
        others: names of what else it holds.
    """

    edges: np.ndarray | None
    x: np.ndarray | None
    y: np.ndarray | None
    nodes: int | None
    others: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        """Number of nodes."""
        if self.x is not None and self.x.ndim:
            return len(self.x)
        most = int(self.edges.max(initial=0)) + 1 if self.edges is not None else 1
        return most if self.nodes is None else self.nodes


def set_of(upload: Upload, graphs: Sequence[OneGraph]) -> Parts:
    """A set of graphs.

    Args:
        upload: the file they are of.
        graphs: at least two.

    Raises:
        DatasetError: naming the first graph, from 0, that has no edges of its own or another shape than the others.
    """
    sizes = np.array([graph.size for graph in graphs])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    nodes = int(starts[-1])
    if nodes > limits.NODES:
        raise DatasetError(
            f"{upload.name} has {nodes:,} nodes in {len(graphs):,} graphs, and at most {limits.NODES:,} are read; give "
            "fewer graphs."
        )
    joined = Arrays(
        {"edge_index": _edges(upload, graphs, sizes, starts), "graph": np.repeat(np.arange(len(graphs)), sizes)}
    )
    features = [graph.x for graph in graphs if graph.x is not None]
    if features:
        widths = {graph.x.shape[1:] if graph.x is not None else None for graph in graphs}
        if len(widths) > 1 or features[0].ndim != 2:
            raise DatasetError(
                f"The graphs of {upload.name} have features of different widths, or some have none; give each node "
                "of all graphs as many."
            )
        joined["x"] = np.concatenate(features)
    parts = parts_of(upload, joined, not symmetric(joined["edge_index"], nodes), nodes)
    others = sorted(frozenset().union(*(graph.others for graph in graphs)))
    unread = (f"Tensors {listed(others)} of {upload.name} are not used.",) if others else ()
    table = _labels(upload, graphs)
    return Parts(parts.edges, parts.nodes, table, parts.features, parts.directed, (*parts.warnings, *unread))


def symmetric(edges: np.ndarray, nodes: int) -> bool:
    """Whether each edge, [2, edges], goes the other way too."""
    source, target = edges.astype(np.int64)
    return np.array_equal(np.unique(source * nodes + target), np.unique(target * nodes + source))


def _edges(upload: Upload, graphs: Sequence[OneGraph], sizes: np.ndarray, starts: np.ndarray) -> np.ndarray:
    found = []
    for number, graph in enumerate(graphs):
        edges, size = graph.edges, int(sizes[number])
        if edges is None or edges.ndim != 2 or edges.shape[0] != 2 or edges.dtype.kind not in "iu":
            raise DatasetError(
                f"Graph {number:,} of {upload.name} has no 'edge_index' of whole numbers of shape [2, edges]; add it."
            )
        if edges.size and not 0 <= edges.min() <= edges.max() < size:
            wrong = edges[(edges < 0) | (edges >= size)][0]
            raise DatasetError(
                f"Graph {number:,} of {upload.name} has an edge of node {wrong}, and nodes 0 to {size - 1:,}; number "
                "the nodes of each graph from 0."
            )
        found.append(edges + starts[number])
    return np.concatenate(found, axis=1)


def _labels(upload: Upload, graphs: Sequence[OneGraph]) -> Table | None:
    given = [graph.y for graph in graphs if graph.y is not None]
    if not given:
        return None
    wrong = next((number for number, graph in enumerate(graphs) if graph.y is None or graph.y.size != 1), None)
    if wrong is not None:
        found = graphs[wrong].y
        what = "no label" if found is None else f"a label of shape {list(found.shape)}"
        raise DatasetError(f"Graph {wrong:,} of {upload.name} has {what}; give each graph one class or value.")
    labels = pa.array(np.concatenate([label.ravel() for label in given]), from_pandas=True)
    return table_of(upload.name, {"graph": pa.array(np.arange(len(graphs))), "label": labels}, "graph")
