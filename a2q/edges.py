"""The edges of one graph or batch, with the constant operators made from them, each made once."""

from functools import cached_property

import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

from a2q.entries import Pattern
from a2q.neighbour_sums import neighbour_sums
from a2q.sparse import SPARSE_BELOW, SparseMatrix


class Edges:
    """Who sends a message to whom.

    Args:
        source, target: node numbers of each edge, [num_edges], int64; messages go from source to target.
        num_nodes: number of nodes.
        weight: one factor per edge, [num_edges], or None for 1.

    Raises:
        ValueError: an edge names a node that does not exist.

    Source: ours.
    """

    def __init__(self, source: Tensor, target: Tensor, num_nodes: int, weight: Tensor | None = None) -> None:
        for end in (source, target):
            if end.numel() and not 0 <= int(end.min()) <= int(end.max()) < num_nodes:
                wrong = end[(end < 0) | (end >= num_nodes)]
                raise ValueError(f"edge_index names node {int(wrong[0])}; the graph has nodes 0 to {num_nodes - 1}.")
        self.source, self.target, self.num_nodes, self.weight = source, target, num_nodes, weight
        self._normalised: dict[tuple[bool, bool, bool], tuple[Tensor, Tensor, Tensor]] = {}
        self._convolutions: dict[tuple[bool, bool, bool], SparseMatrix] = {}
        self._constant_sums: dict[int, tuple[object, Tensor]] = {}
        self._sparse_sums: dict[int, tuple[object, tuple[Pattern, Tensor, Tensor] | None]] = {}

    @cached_property
    def in_degree(self) -> Tensor:
        """Incoming edges of each node, self-loops not counted, [num_nodes], int64."""
        return torch.bincount(self.target[self.source != self.target], minlength=self.num_nodes)

    @cached_property
    def in_count(self) -> Tensor:
        """Incoming edges of each node, self-loops included, [num_nodes], int64."""
        return torch.bincount(self.target, minlength=self.num_nodes)

    @cached_property
    def sum(self) -> SparseMatrix:
        """The adjacency matrix A: row i sums the messages that arrive at node i."""
        return self._matrix(self.source, self.target, self._weights)

    @cached_property
    def mean(self) -> SparseMatrix:
        """Row i averages the messages that arrive at node i; 0 for a node without any."""
        return self._matrix(self.source, self.target, self._weights / self.in_count[self.target])

    @cached_property
    def with_self_loops(self) -> tuple[Tensor, Tensor]:
        """Source and target of every edge, each node having exactly one self-loop, at the end."""
        proper = self.source != self.target
        loops = torch.arange(self.num_nodes, device=self.source.device)
        return torch.cat([self.source[proper], loops]), torch.cat([self.target[proper], loops])

    def normalised(
        self, self_loops: bool = True, improved: bool = False, normalize: bool = True
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Source, target and coefficient of each edge of GCN's operator ``D^-1/2 (A + I) D^-1/2``.

        Args:
            self_loops: whether I is added; ``improved`` adds 2I.
            normalize: False leaves the weights as they are.

        Source: Kipf and Welling (ICLR 2017), as PyG computes it.
        """
        key = (self_loops, improved, normalize)
        if key not in self._normalised:
            if normalize:
                # PyTorch Geometric takes seconds to import: only who normalises a graph waits for it.
                from torch_geometric.nn.conv.gcn_conv import gcn_norm

                index, weight = gcn_norm(
                    torch.stack([self.source, self.target]),
                    self.weight,
                    self.num_nodes,
                    improved,
                    self_loops,
                    dtype=torch.float,
                )
                self._normalised[key] = (index[0], index[1], weight)
            else:
                self._normalised[key] = (self.source, self.target, self._weights)
        return self._normalised[key]

    def convolution(self, self_loops: bool = True, improved: bool = False, normalize: bool = True) -> SparseMatrix:
        """GCN's operator as a matrix, [num_nodes, num_nodes]; arguments as :meth:`normalised`."""
        key = (self_loops, improved, normalize)
        if key not in self._convolutions:
            self._convolutions[key] = self._matrix(*self.normalised(*key))
        return self._convolutions[key]

    def sum_of_constant(self, x: SparseMatrix) -> Tensor:
        """``A x`` of features that never change, dense, [num_nodes, dim]; made once for each ``x``."""
        # The matrix is kept beside its sum: an id alone could come back for another object.
        kept = self._constant_sums.get(id(x))
        if kept is None:
            kept = self._constant_sums[id(x)] = (x, self.sum.csr @ x.to_dense())
        return kept[1]

    def sparse_sums(self, x: SparseMatrix) -> "tuple[Pattern, Tensor, Tensor] | None":
        """:func:`a2q.neighbour_sums.neighbour_sums` of features that never change, made once for each ``x``.

        None where so many sums are not 0 that a dense product is as fast.
        """
        kept = self._sparse_sums.get(id(x))
        if kept is None:
            made = neighbour_sums(self.sum, x)
            dense = made[1].numel() > SPARSE_BELOW * x.shape[0] * x.shape[1]
            kept = self._sparse_sums[id(x)] = (x, None if dense else made)
        return kept[1]

    def to(self, device: torch.device | str) -> "Edges":
        """The same edges on another device."""
        weight = None if self.weight is None else self.weight.to(device)
        return Edges(self.source.to(device), self.target.to(device), self.num_nodes, weight)

    @property
    def _weights(self) -> Tensor:
        return torch.ones(self.source.shape, device=self.source.device) if self.weight is None else self.weight.float()

    def _matrix(self, source: Tensor, target: Tensor, weight: Tensor) -> SparseMatrix:
        shape = (self.num_nodes, self.num_nodes)
        indices = torch.stack([target, source])
        return SparseMatrix(torch.sparse_coo_tensor(indices, weight, shape, check_invariants=True))


_KNOWN: WeakTensorKeyDictionary = WeakTensorKeyDictionary()


def as_edges(edge_index: "Edges | Tensor", num_nodes: int, edge_weight: Tensor | None = None) -> Edges:
    """Edges in any of PyG's forms, made once for each tensor that stays alive.

    Args:
        edge_index: :class:`Edges`, an edge list [2, num_edges], or a sparse ``adj_t`` [num_nodes, num_nodes] whose
            row i holds the sources of node i's messages.
        num_nodes: number of nodes.
        edge_weight: one factor per edge, [num_edges]; a sparse ``adj_t`` carries its own.

    Raises:
        TypeError: ``edge_index`` is none of these.
        ValueError: an edge names a node that does not exist, or edge weights are to be learned.
    """
    if isinstance(edge_index, Edges):
        return edge_index
    if not isinstance(edge_index, Tensor):
        raise TypeError(
            f"edge_index is a {type(edge_index).__name__}; give an edge list [2, num_edges] or a sparse torch tensor."
        )
    if edge_weight is not None:
        if edge_weight.requires_grad:
            raise ValueError("edge_weight requires a gradient; quantized layers take constant edge weights: detach it.")
        return Edges(edge_index[0], edge_index[1], num_nodes, edge_weight)
    known = _KNOWN.get(edge_index)
    # A tensor changed in place has another version; the edges made from it before are wrong now.
    version = (edge_index._version, num_nodes)
    if known is None or known[0] != version:
        known = _KNOWN[edge_index] = (version, _from_tensor(edge_index, num_nodes))
    edges: Edges = known[1]
    return edges


def _from_tensor(edge_index: Tensor, num_nodes: int) -> Edges:
    # Copies: keeping views of the tensor would keep it alive, and it is what decides when these edges go.
    if edge_index.layout == torch.strided:
        source, target = edge_index.clone()
        return Edges(source, target, num_nodes)
    coordinates = edge_index.to_sparse_coo().coalesce()
    target, source = coordinates.indices().clone()
    weight = coordinates.values().clone().float()
    return Edges(source, target, num_nodes, None if bool((weight == 1).all()) else weight)
