"""The edges of one graph or batch, with the constant operators made from them, each made once."""

from functools import cached_property

import numpy as np
import torch
from scipy import sparse
from torch import Tensor
from torch.utils.weak import WeakIdRef, WeakTensorKeyDictionary

from a2q.sparse.entries import Pattern
from a2q.sparse.matrix import SPARSE_BELOW, SparseMatrix


def neighbour_sums(adjacency: SparseMatrix, x: SparseMatrix) -> tuple[Pattern, Tensor, Tensor]:
    """``A x`` and ``x`` on the one pattern that has the entries of both.

    Returns:
        The pattern, the values of ``A x`` there and those of ``x``, [nnz] each.
    """
    own, summed = _scipy(x), _scipy(adjacency) @ _scipy(x)
    own_there, summed_there = _with_entries_of(own, summed), _with_entries_of(summed, own)
    row, column = (torch.from_numpy(place).long() for place in own_there.tocoo().coords)
    return Pattern(row, column, x.shape), torch.from_numpy(summed_there.data), torch.from_numpy(own_there.data)


def _with_entries_of(matrix: sparse.csr_array, other: sparse.csr_array) -> sparse.csr_array:
    """The same matrix with a stored 0 wherever only ``other`` has an entry, sorted by row, then column."""
    first, second = matrix.tocoo(), other.tocoo()
    data = np.concatenate([first.data, np.zeros_like(second.data)])
    places = tuple(np.concatenate(pair) for pair in zip(first.coords, second.coords, strict=True))
    # Duplicates are summed on the way to CSR; stored zeros stay.
    both = sparse.csr_array(sparse.coo_array((data, places), shape=matrix.shape))
    both.sort_indices()
    return both


def _scipy(matrix: SparseMatrix) -> sparse.csr_array:
    csr = matrix.csr
    parts = (csr.values().numpy(), csr.col_indices().numpy(), csr.crow_indices().numpy())
    return sparse.csr_array(parts, shape=matrix.shape)


class Edges:
    """Who sends a message to whom.

    Args:
        source, target: node numbers of each edge, [num_edges], int64; messages go from source to target.
        num_nodes: number of nodes.
        weight: one factor per edge, [num_edges], or None for 1.

    Raises:
        ValueError: an edge names a node that does not exist, or weights are not one per edge or to be learned.
    """

    # Operators are kept for training, so even what inference mode asks for first is made outside of it.

    def __init__(self, source: Tensor, target: Tensor, num_nodes: int, weight: Tensor | None = None) -> None:
        for end in (source, target):
            if end.numel() and not 0 <= int(end.min()) <= int(end.max()) < num_nodes:
                wrong = end[(end < 0) | (end >= num_nodes)]
                raise ValueError(f"edge_index names node {int(wrong[0])}; the graph has nodes 0 to {num_nodes - 1}.")
        if weight is not None:
            if weight.numel() != source.numel():
                raise ValueError(
                    f"edge_weight has {weight.numel():,} entries for {source.numel():,} edges; give one each."
                )
            if weight.requires_grad:
                raise ValueError(
                    "edge_weight requires a gradient; quantized layers take constant edge weights: detach it."
                )
            weight = weight.flatten().float()
        self.source, self.target, self.num_nodes, self.weight = source, target, num_nodes, weight
        self._normalised: dict[tuple[bool, bool, bool], tuple[Tensor, Tensor, Tensor]] = {}
        self._convolutions: dict[tuple[bool, bool, bool], SparseMatrix] = {}
        self._constant_sums: dict[int, tuple[object, Tensor]] = {}
        self._sparse_sums: dict[int, tuple[object, tuple[Pattern, Tensor, Tensor] | None]] = {}

    @cached_property
    @torch.inference_mode(False)
    def index(self) -> Tensor:
        """Source and target as PyG's ``edge_index``, [2, num_edges], int64; made once."""
        return torch.stack([self.source, self.target])

    @cached_property
    @torch.inference_mode(False)
    def in_degree(self) -> Tensor:
        """Incoming edges of each node, self-loops not counted, [num_nodes], int64."""
        return torch.bincount(self.target[self.source != self.target], minlength=self.num_nodes)

    @cached_property
    @torch.inference_mode(False)
    def in_count(self) -> Tensor:
        """Incoming edges of each node, self-loops included, [num_nodes], int64."""
        return torch.bincount(self.target, minlength=self.num_nodes)

    @cached_property
    @torch.inference_mode(False)
    def sum(self) -> SparseMatrix:
        """The adjacency matrix A: row i sums the messages that arrive at node i."""
        return self._matrix(self.source, self.target, self._weights)

    @cached_property
    @torch.inference_mode(False)
    def mean(self) -> SparseMatrix:
        """Row i averages the messages that arrive at node i; 0 for a node without any."""
        return self._matrix(self.source, self.target, self._weights / self.in_count[self.target])

    @cached_property
    @torch.inference_mode(False)
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
            with torch.inference_mode(False):
                self._normalised[key] = self._normalise(*key)
        return self._normalised[key]

    def convolution(self, self_loops: bool = True, improved: bool = False, normalize: bool = True) -> SparseMatrix:
        """GCN's operator as a matrix, [num_nodes, num_nodes]; arguments as :meth:`normalised`."""
        key = (self_loops, improved, normalize)
        if key not in self._convolutions:
            with torch.inference_mode(False):
                self._convolutions[key] = self._matrix(*self.normalised(*key))
        return self._convolutions[key]

    def sum_of_constant(self, x: SparseMatrix) -> Tensor:
        """``A x`` of features that never change, dense, [num_nodes, dim]; made once for each ``x``."""
        # The matrix is kept beside its sum: an id alone could come back for another object.
        kept = self._constant_sums.get(id(x))
        if kept is None:
            with torch.inference_mode(False):
                kept = self._constant_sums[id(x)] = (x, self.sum.csr @ x.to_dense())
        return kept[1]

    def sparse_sums(self, x: SparseMatrix) -> "tuple[Pattern, Tensor, Tensor] | None":
        """:func:`a2q.sparse.edges.neighbour_sums` of features that never change, made once for each ``x``.

        None where so many sums are not 0 that a dense product is as fast.
        """
        kept = self._sparse_sums.get(id(x))
        if kept is None:
            with torch.inference_mode(False):
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
        return torch.ones(self.source.shape, device=self.source.device) if self.weight is None else self.weight

    def _normalise(self, self_loops: bool, improved: bool, normalize: bool) -> tuple[Tensor, Tensor, Tensor]:
        if not normalize:
            return self.source, self.target, self._weights
        # PyTorch Geometric takes seconds to import: only who normalises a graph waits for it.
        from torch_geometric.nn.conv.gcn_conv import gcn_norm

        given = torch.stack([self.source, self.target])
        index, weight = gcn_norm(given, self.weight, self.num_nodes, improved, self_loops, dtype=torch.float)
        return index[0], index[1], weight

    def _matrix(self, source: Tensor, target: Tensor, weight: Tensor) -> SparseMatrix:
        shape = (self.num_nodes, self.num_nodes)
        indices = torch.stack([target, source])
        return SparseMatrix(torch.sparse_coo_tensor(indices, weight, shape, check_invariants=True))


# What each tensor was turned into, beside what it was then: a tensor changed in place has another version.
_KNOWN: WeakTensorKeyDictionary = WeakTensorKeyDictionary()


def as_edges(edge_index: "Edges | Tensor", num_nodes: int, edge_weight: Tensor | None = None) -> Edges:
    """Edges in any of PyG's forms, made once for each tensor that stays alive.

    Args:
        edge_index: :class:`Edges`, an edge list [2, num_edges], or a sparse ``adj_t`` [num_nodes, num_nodes] whose
            row i holds the sources of node i's messages.
        num_nodes: number of nodes.
        edge_weight: one factor per edge, [num_edges], for an edge list; the other forms carry their own.

    Raises:
        TypeError: ``edge_index`` is none of these.
        ValueError: it is of another shape or another graph's, an edge names a node that does not exist, or edge
            weights are not one per edge or to be learned.
    """
    if not isinstance(edge_index, Edges | Tensor):
        raise TypeError(
            f"edge_index is a {type(edge_index).__name__}; give an edge list [2, num_edges] or a sparse torch tensor."
        )
    if edge_weight is not None and (isinstance(edge_index, Edges) or edge_index.layout != torch.strided):
        raise ValueError("edge_weight is given beside a graph that carries its own; leave it out.")
    if isinstance(edge_index, Edges):
        if edge_index.num_nodes != num_nodes:
            raise ValueError(f"The edges are of {edge_index.num_nodes:,} nodes but the features of {num_nodes:,}.")
        return edge_index
    key = edge_index if edge_weight is None else edge_weight
    if edge_index.is_inference() or key.is_inference():
        # Such tensors have no version, so that a change would go unnoticed.
        return _from_tensor(edge_index, num_nodes, edge_weight)
    state = (WeakIdRef(edge_index), edge_index._version, key._version, key.requires_grad, num_nodes)
    known = _KNOWN.get(key)
    if known is None or known[0] != state:
        known = _KNOWN[key] = (state, _from_tensor(edge_index, num_nodes, edge_weight))
    edges: Edges = known[1]
    return edges


@torch.inference_mode(False)
def _from_tensor(edge_index: Tensor, num_nodes: int, edge_weight: Tensor | None) -> Edges:
    # Copies: keeping views of the tensors would keep them alive, and they decide when these edges go.
    if edge_index.layout == torch.strided:
        if edge_index.dim() != 2 or edge_index.shape[0] != 2 or edge_index.is_floating_point():
            raise ValueError(
                f"edge_index is {edge_index.dtype} of shape {list(edge_index.shape)}; give an edge list "
                "[2, num_edges] of node numbers, or a matrix as a sparse torch tensor."
            )
        source, target = edge_index.long().clone()
        if edge_weight is not None and not edge_weight.requires_grad:
            edge_weight = edge_weight.clone()
        return Edges(source, target, num_nodes, edge_weight)
    if tuple(edge_index.shape) != (num_nodes, num_nodes):
        raise ValueError(
            f"adj_t has shape {list(edge_index.shape)}; of {num_nodes:,} nodes, give [{num_nodes}, {num_nodes}]."
        )
    coordinates = edge_index.to_sparse_coo().coalesce()
    target, source = coordinates.indices().clone()
    weight = coordinates.values()
    if not weight.requires_grad and bool((weight == 1).all()):
        return Edges(source, target, num_nodes)
    return Edges(source, target, num_nodes, weight if weight.requires_grad else weight.clone())
