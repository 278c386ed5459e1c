"""A set as plain arrays: one graph as it is, many graphs side by side as one graph in pieces."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

from a2q.datasets.card import Task
from a2q.datasets.dataset import Dataset, GraphDataset

EXACT_NODES = 200_000
EXACT_EDGES = 2_000_000
"""Up to these sizes every statistic is exact; beyond, the dear ones are taken at a sample, which is then told."""
# Below this share of values that are not 0, products of rows are quicker without the zeros.
_SPARSE_BELOW = 0.5


@dataclass(frozen=True, eq=False)
class Flat:
    """What the statistics work on.

    Args:
        title, source, task: as the loaded set has them.
        nodes: number of nodes of all graphs.
        edge_source, edge_target: ends of the directed edges, [edges] int64.
        x: features, [nodes, dim], float32, as CSR where half of them and more are 0; node types as [nodes, 1].
        types: number of node types where `x` holds those.
        label: class (int64, -1 where there is none) or value (float32, NaN where there is none) of each item, [items];
            items are nodes or graphs.
        parts: name and item numbers of each part of the split.
        class_names: one per class, none for a regression.
        sizes: nodes of each graph, [graphs]; None for one graph.
    """

    title: str
    source: str
    task: Task
    nodes: int
    edge_source: np.ndarray
    edge_target: np.ndarray
    x: np.ndarray | csr_matrix
    types: int | None
    label: np.ndarray
    parts: dict[str, np.ndarray]
    class_names: tuple[str, ...]
    sizes: np.ndarray | None

    @property
    def edges(self) -> int:
        """Number of directed edges."""
        return int(self.edge_source.size)

    @property
    def large(self) -> bool:
        """Whether the graph is beyond what is measured exactly."""
        return self.nodes > EXACT_NODES or self.edges > EXACT_EDGES

    @cached_property
    def proper(self) -> np.ndarray:
        """Which edges join two nodes, [edges] bool."""
        return np.asarray(self.edge_source != self.edge_target)

    @cached_property
    def in_degree(self) -> np.ndarray:
        """Edges that end at each node, self-loops not counted, [nodes]."""
        return np.bincount(self.edge_target[self.proper], minlength=self.nodes)

    @cached_property
    def classes(self) -> np.ndarray | None:
        """Class of each node, [nodes]; None where nodes have none."""
        return self.label if self.sizes is None and self.label.dtype.kind == "i" else None

    @cached_property
    def messages(self) -> csr_matrix:
        """Row i holds 1 (or the number of repeats) for each node whose message reaches node i; no self-loops."""
        ends = self.edge_target[self.proper], self.edge_source[self.proper]
        return csr_matrix((np.ones(ends[0].size, dtype=np.float32), ends), shape=(self.nodes, self.nodes))


def flatten(dataset: Dataset | GraphDataset) -> Flat:
    """Return the arrays of a loaded set."""
    return _one_graph(dataset) if isinstance(dataset, Dataset) else _many_graphs(dataset)


def _one_graph(dataset: Dataset) -> Flat:
    data = dataset.data
    source, target = data.edge_index.numpy()
    masks = {"train": data.train_mask, "validation": data.val_mask, "test": data.test_mask}
    return Flat(
        dataset.card.title,
        dataset.source,
        dataset.card.task,
        dataset.num_nodes,
        source,
        target,
        _features(data.x),
        None,
        data.y.numpy(),
        {name: mask.nonzero().view(-1).numpy() for name, mask in masks.items()},
        tuple(dataset.class_names),
        None,
    )


def _many_graphs(dataset: GraphDataset) -> Flat:
    sizes = np.array([int(graph.num_nodes or 0) for graph in dataset.graphs])
    starts = np.concatenate([[0], sizes.cumsum()[:-1]])
    ends = [graph.edge_index + int(start) for graph, start in zip(dataset.graphs, starts, strict=True)]
    source, target = torch.cat(ends, dim=1).numpy()
    parts = {"train": dataset.train, "validation": dataset.validation, "test": dataset.test}
    return Flat(
        dataset.card.title,
        dataset.source,
        dataset.task,
        int(sizes.sum()),
        source,
        target,
        _features(torch.cat([graph.x for graph in dataset.graphs])),
        dataset.num_types,
        torch.cat([graph.y.view(-1) for graph in dataset.graphs]).numpy(),
        {name: numbers.numpy() for name, numbers in parts.items()},
        tuple(dataset.class_names),
        sizes,
    )


def _features(x: Tensor) -> np.ndarray | csr_matrix:
    if x.layout == torch.sparse_csr:
        arrays = (x.values().float().numpy(), x.col_indices().numpy(), x.crow_indices().numpy())
        return csr_matrix(arrays, shape=tuple(x.shape))
    dense = np.asarray(x.float().numpy())
    return csr_matrix(dense) if np.count_nonzero(dense) < _SPARSE_BELOW * dense.size else dense
