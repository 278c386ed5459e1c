"""A graph with its card and the phrase that says where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from a2q.datasets.card import DatasetCard, Task

if TYPE_CHECKING:
    from torch_geometric.data import Data


@dataclass(frozen=True, eq=False)
class Dataset:
    """One graph whose nodes are classified or given a value.

    Args:
        data: `x` [nodes, features] (dense float32, or sparse CSR float32), `edge_index` [2, edges] int64, `y` [nodes]
            (int64 class, -1 where a node has none, or float32 value), `train_mask`, `val_mask` and `test_mask`
            [nodes] bool, and where the set has them `node_names` and `class_names` (lists of str).
        card: what the set is.
        source: the phrase to print beside every figure, e.g. "Cora (downloaded)".
    """

    data: "Data"
    card: DatasetCard
    source: str

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""
        return int(self.data.y.size(0))

    @property
    def num_edges(self) -> int:
        """Number of directed edges: an undirected edge counts twice, as PyTorch Geometric counts."""
        return int(self.data.edge_index.size(1))

    @property
    def num_features(self) -> int:
        """Number of values per node in `x`."""
        return int(self.data.x.size(1))

    @property
    def num_classes(self) -> int:
        """Number of outputs: the classes in `y`, or 1 for a regression."""
        return 1 if self.data.y.is_floating_point() else int(self.data.y.max()) + 1

    @cached_property
    def in_degree(self) -> Tensor:
        """Edges that end at each node, [nodes] int64; self-loops are not counted."""
        source, target = self.data.edge_index
        return torch.bincount(target[source != target], minlength=self.num_nodes)

    @property
    def node_names(self) -> list[str]:
        """One name per node; "0" to "n-1" where the set has none."""
        return self._names("node_names") or [str(node) for node in range(self.num_nodes)]

    @property
    def class_names(self) -> list[str]:
        """One name per class; "class 0" to "class k-1" where the set has none, and no name for a regression."""
        if self.data.y.is_floating_point():
            return []
        return self._names("class_names") or [f"class {label}" for label in range(self.num_classes)]

    def _names(self, key: str) -> list[str]:
        return list(self.data[key]) if key in self.data else []


if TYPE_CHECKING:
    from torch_geometric.data import Data


@dataclass(frozen=True, eq=False)
class GraphDataset:
    """Many graphs, each with a class or a value.

    Args:
        graphs: of each, `x` [nodes, features] (float32; int64 node types in [nodes, 1] where the set has
            `num_types`), `edge_index` [2, edges] int64 and `y` [1] (int64 class, or float32 value).
        train, validation, test: which graphs each part has, int64 indices, disjoint.
        card: what the set is; of a rebuilt set its own card, whose title says so.
        source: the phrase to print beside every figure, e.g. "MUTAG, fold 0 (downloaded)".
        fold: which fold the test part is, or None where the set has none.
        rebuilt: whether these are not the published graphs: no figure is then the benchmark's.
    """

    graphs: "Sequence[Data]"
    train: Tensor
    validation: Tensor
    test: Tensor
    card: DatasetCard
    source: str
    fold: int | None = None
    rebuilt: bool = False

    @property
    def task(self) -> Task:
        """What is predicted: "graph classification" or "graph regression"."""
        return self.card.task

    @property
    def num_graphs(self) -> int:
        """Number of graphs in all parts together."""
        return len(self.graphs)

    @property
    def num_features(self) -> int:
        """Number of values per node in `x`; 1 where those are types to embed."""
        return int(self.graphs[0].x.size(1))

    @property
    def num_types(self) -> int | None:
        """Number of node types to embed, or None where `x` holds values."""
        return self.card.types

    @property
    def num_classes(self) -> int:
        """Number of outputs: the classes, or 1 for a regression."""
        return self.card.classes or 1

    @property
    def class_names(self) -> list[str]:
        """One name per class; "class 0" to "class k-1" where the set has none, and no name for a regression."""
        return list(self.card.class_names) or [f"class {label}" for label in range(self.card.classes or 0)]
