"""Everything about a graph that stays the same from epoch to epoch, prepared once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from a2q.sparse import SparseMatrix

if TYPE_CHECKING:
    from torch_geometric.data import Data

# Above this share of non-zero features a dense product is as fast as a sparse one.
_SPARSE_BELOW = 0.25


@dataclass(frozen=True)
class Graph:
    """A node-level task, ready for training.

    Attributes:
        features: layer-1 input, [num_nodes, num_features]; sparse where most entries are 0.
        adjacency: GCN's operator ``D^-1/2 (A + I) D^-1/2``, [num_nodes, num_nodes]; row i gathers the
            messages that arrive at node i.
        labels: class of each node, [num_nodes], int64.
        train, validation, test: boolean masks, [num_nodes].
        in_degree: incoming edges of each node, self-loops not counted, [num_nodes], int64.
        num_classes: number of classes.
        input_bits: bits of one layer-1 input value as the dataset gives it: 1 for 0/1 features, else 32.
    """

    features: SparseMatrix | Tensor
    adjacency: SparseMatrix
    labels: Tensor
    train: Tensor
    validation: Tensor
    test: Tensor
    in_degree: Tensor
    num_classes: int
    input_bits: int

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
        ValueError: a mask is missing or empty, or an edge names a node that does not exist.

    Source: normalisation from Kipf and Welling (ICLR 2017) as PyG computes it.
    """
    num_nodes = int(data.num_nodes or 0)
    for name in ("train_mask", "val_mask", "test_mask"):
        mask = data.get(name)
        if mask is None or mask.shape != (num_nodes,) or not bool(mask.any()):
            raise ValueError(f"{name} selects no node; give a boolean mask of {num_nodes} entries, some of them true.")
    edges = data.edge_index
    unknown = edges[(edges < 0) | (edges >= num_nodes)]
    if unknown.numel():
        raise ValueError(f"edge_index names node {int(unknown[0])}; the graph has nodes 0 to {num_nodes - 1}.")
    features = data.x
    values = features if features.layout == torch.strided else features.to_sparse_coo().coalesce().values()
    binary = bool(((values == 0) | (values == 1)).all())
    sparse = features.layout != torch.strided or float((features != 0).float().mean()) < _SPARSE_BELOW
    return Graph(
        features=SparseMatrix(features) if sparse else features.float(),
        adjacency=_normalised_adjacency(edges, num_nodes),
        labels=data.y,
        train=data.train_mask,
        validation=data.val_mask,
        test=data.test_mask,
        in_degree=torch.bincount(edges[1][edges[0] != edges[1]], minlength=num_nodes),
        num_classes=int(data.y.max()) + 1,
        input_bits=1 if binary else 32,
    )


def _normalised_adjacency(edges: Tensor, num_nodes: int) -> SparseMatrix:
    # PyTorch Geometric takes seconds to import: only who prepares a graph waits for it.
    from torch_geometric.nn.conv.gcn_conv import gcn_norm

    index, weight = gcn_norm(edges, None, num_nodes, add_self_loops=True, dtype=torch.float)
    source, target = index
    shape = (num_nodes, num_nodes)
    indices = torch.stack([target, source])
    return SparseMatrix(torch.sparse_coo_tensor(indices, weight, shape, check_invariants=True))
