"""Everything about a graph that stays the same from epoch to epoch, prepared once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from a2q.sparse.edges import Edges
from a2q.sparse.matrix import SPARSE_BELOW, SparseMatrix

if TYPE_CHECKING:
    from torch_geometric.data import Data


@dataclass(frozen=True)
class Graph:
    """A node-level task, ready for training.

    Attributes:
        features: layer-1 input, [num_nodes, num_features]; sparse where most entries are 0.
        edges: who sends messages to whom.
        labels: class of each node, [num_nodes], int64, -1 where it has none; for a regression its value, float32.
        train, validation, test: boolean masks, [num_nodes].
        num_classes: number of classes; 1 for a regression.
        input_bits: bits of one layer-1 input value as the dataset gives it: 1 for 0/1 features, else 32.
    """

    features: SparseMatrix | Tensor
    edges: Edges
    labels: Tensor
    train: Tensor
    validation: Tensor
    test: Tensor
    num_classes: int
    input_bits: int

    @property
    def in_degree(self) -> Tensor:
        """Incoming edges of each node, self-loops not counted, [num_nodes], int64."""
        return self.edges.in_degree

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""
        return int(self.labels.shape[0])

    @property
    def num_features(self) -> int:
        """Width of the layer-1 input."""
        return int(self.features.shape[1])


def prepare(data: "Data") -> Graph:
    """Turn PyG ``Data`` with train, validation and test masks into a :class:`Graph`.

    Raises:
        ValueError: features, classes or a mask are missing, a mask is empty, or an edge names a node that does
            not exist.
    """
    for name, what in (("x", "features"), ("y", "labels")):
        if data.get(name) is None:
            raise ValueError(f"The nodes have no {what}; give them as {name}.")
    num_nodes = int(data.num_nodes or 0)
    for name in ("train_mask", "val_mask", "test_mask"):
        mask = data.get(name)
        if mask is None or mask.shape != (num_nodes,) or not bool(mask.any()):
            raise ValueError(f"{name} selects no node; give a boolean mask of {num_nodes} entries, some of them true.")
    features = data.x
    values = features if features.layout == torch.strided else features.to_sparse_coo().coalesce().values()
    binary = bool(((values == 0) | (values == 1)).all())
    sparse = features.layout != torch.strided or float((features != 0).float().mean()) < SPARSE_BELOW
    return Graph(
        features=SparseMatrix(features) if sparse else features.float(),
        edges=Edges(data.edge_index[0], data.edge_index[1], num_nodes, data.edge_weight),
        labels=data.y,
        train=data.train_mask,
        validation=data.val_mask,
        test=data.test_mask,
        num_classes=1 if data.y.is_floating_point() else int(data.y.max()) + 1,
        input_bits=1 if binary else 32,
    )
