"""Sums of neighbours' sparse features, before anything is quantized."""

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from a2q.entries import Pattern
from a2q.sparse import SparseMatrix


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
