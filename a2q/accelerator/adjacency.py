"""The graph as the accelerator reads it: incoming edges of every node, in compressed rows."""

from collections.abc import Hashable
from typing import Any, Self

import numpy as np
from scipy import sparse

from a2q.accelerator.errors import AcceleratorError

Integers = np.ndarray[Any, np.dtype[Any]]


class Adjacency:
    """Incoming edges by node: sources of node v are ``indices[indptr[v]:indptr[v + 1]]``.

    Args:
        indptr: [num_nodes + 1], int64, rising from 0 to the number of edges.
        indices: [num_edges], whole numbers from 0 to num_nodes - 1.

    Raises:
        AcceleratorError: the graph has no edges, or the arrays do not fit each other.
    """

    def __init__(self, indptr: Integers, indices: Integers) -> None:
        self.indptr = np.asarray(indptr, dtype=np.int64)
        # A view where the type fits already: 62 million edges are not copied.
        self.indices = np.asarray(indices, dtype=np.int32)
        self.num_nodes, self.num_edges = len(self.indptr) - 1, len(self.indices)
        if self.num_edges == 0:
            raise AcceleratorError("The graph has no edges, so there is nothing to aggregate; give at least one edge.")
        if self.num_nodes < 1 or self.indptr[0] != 0 or self.indptr[-1] != self.num_edges:
            raise AcceleratorError(
                f"indptr must rise from 0 to the {self.num_edges:,} edges in indices; it ends at {self.indptr[-1]:,}."
            )
        low, high = int(self.indices.min()), int(self.indices.max())
        if low < 0 or high >= self.num_nodes:
            raise AcceleratorError(
                f"An edge names node {low if low < 0 else high}; the graph has nodes 0 to {self.num_nodes - 1}."
            )
        self._kept: dict[Hashable, Any] = {}

    @classmethod
    def from_edges(cls, edges: Integers, num_nodes: int) -> Self:
        """The graph of an edge list [2, num_edges] of sources and targets, as PyTorch Geometric keeps it.

        Raises:
            AcceleratorError: there is no edge, or one names a node that does not exist.
        """
        edges = np.asarray(edges)
        if edges.ndim != 2 or edges.shape[0] != 2:
            raise AcceleratorError(f"edges has the shape {list(edges.shape)}; it must be [2, num_edges].")
        if edges.size and not 0 <= edges.min() <= edges.max() < num_nodes:
            wrong = edges[(edges < 0) | (edges >= num_nodes)][0]
            raise AcceleratorError(f"An edge names node {wrong}; the graph has nodes 0 to {num_nodes - 1}.")
        source, target = edges.astype(np.int32)
        rows = sparse.coo_array((np.ones(len(source), dtype=np.int8), (target, source)), shape=(num_nodes, num_nodes))
        # Parallel edges are messages of their own, so duplicates are not summed.
        rows.has_canonical_format = True
        compressed = rows.tocsr()
        return cls(compressed.indptr, compressed.indices)

    @property
    def own(self) -> Integers:
        """Self-loops of every node in the edge list, [num_nodes]."""

        def count() -> Integers:
            target = np.repeat(np.arange(self.num_nodes, dtype=np.int32), np.diff(self.indptr))
            loops = target[target == self.indices]
            return np.bincount(loops, minlength=self.num_nodes)

        counts: Integers = self.kept("own", count)
        return counts

    @property
    def arriving(self) -> Integers:
        """Edges that end at every node, self-loops included, [num_nodes], int64."""
        counts: Integers = self.kept("arriving", lambda: np.diff(self.indptr))
        return counts

    def kept(self, key: Hashable, make: Any) -> Any:
        """What ``make`` gives, made once per key: live sliders ask for the same partition again and again."""
        if key not in self._kept:
            if len(self._kept) > 64:
                self._kept.clear()
            self._kept[key] = make()
        return self._kept[key]
