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

    Args:
        data: ``x`` [num_nodes, features] (dense or sparse), ``edge_index`` [2, num_edges], ``y`` [num_nodes] (classes
            from 0 on, -1 where a node has none; or values), ``train_mask``, ``val_mask`` and ``test_mask`` [num_nodes],
            and where edges have weights ``edge_weight`` [num_edges].

    Raises:
        ValueError: one of these is missing or of another shape, a mask is empty or selects a node without a class, or
            an edge names a node that does not exist.
    """
    for name, what in (("x", "features"), ("y", "labels")):
        if data.get(name) is None:
            raise ValueError(f"The nodes have no {what}; give them as {name}.")
    features, edges = data.x, data.get("edge_index")
    if features.dim() != 2:
        raise ValueError(f"x has shape {list(features.shape)}; give a row for each node, [nodes, features].")
    num_nodes = int(features.shape[0])
    if not isinstance(edges, Tensor) or edges.dim() != 2 or edges.shape[0] != 2 or edges.is_floating_point():
        given = "missing" if not isinstance(edges, Tensor) else f"{edges.dtype} of shape {list(edges.shape)}"
        raise ValueError(f"edge_index is {given}; give node numbers as whole numbers of shape [2, edges].")
    labels = _labels(data.y, num_nodes)
    masks = [_mask(data, name, labels) for name in ("train_mask", "val_mask", "test_mask")]
    values = features if features.layout == torch.strided else features.to_sparse_coo().coalesce().values()
    binary = bool(((values == 0) | (values == 1)).all())
    sparse = features.layout != torch.strided or float((features != 0).float().mean()) < SPARSE_BELOW
    return Graph(
        features=SparseMatrix(features) if sparse else features.float(),
        edges=Edges(edges[0].long(), edges[1].long(), num_nodes, data.edge_weight),
        labels=labels,
        train=masks[0],
        validation=masks[1],
        test=masks[2],
        num_classes=1 if labels.is_floating_point() else int(labels.max()) + 1,
        input_bits=1 if binary else 32,
    )


def _labels(given: Tensor, num_nodes: int) -> Tensor:
    """Classes as int64, or values as float32, [num_nodes]."""
    labels = given.squeeze(1) if given.dim() == 2 and given.shape[1] == 1 else given
    if labels.shape != (num_nodes,):
        raise ValueError(f"y has shape {list(given.shape)}; give one class or value for each of {num_nodes:,} nodes.")
    return labels.float() if labels.is_floating_point() else labels.long()


def _mask(data: "Data", name: str, labels: Tensor) -> Tensor:
    """Which nodes are in one part of the split, bool [num_nodes]."""
    mask, nodes = data.get(name), len(labels)
    if isinstance(mask, Tensor) and mask.dim() == 2 and mask.shape[0] == nodes:
        raise ValueError(
            f"{name} has {mask.shape[1]} columns, one for each split; choose one of them: data.{name}[:, 0]."
        )
    if not isinstance(mask, Tensor) or mask.shape != (nodes,) or not bool(mask.any()):
        raise ValueError(f"{name} selects no node; give a boolean mask of {nodes} entries, some of them true.")
    if mask.dtype != torch.bool and not bool(((mask == 0) | (mask == 1)).all()):
        raise ValueError(f"{name} holds other numbers than 0 and 1; give a boolean mask of {nodes} entries.")
    mask = mask.bool()
    known = labels.isfinite() if labels.is_floating_point() else labels >= 0
    lacking = (mask & ~known).nonzero()
    if len(lacking):
        node = int(lacking[0])
        raise ValueError(f"{name} selects node {node}, whose label is {labels[node].item()}; take it out.")
    return mask
