"""A constant sparse matrix whose product with a dense one is cheap in both directions."""

from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from a2q.entries import Pattern, SparseEntries, csr_tensor

# Above this share of non-zero values a dense product is as fast as a sparse one.
SPARSE_BELOW = 0.25


class SparseMatrix:
    """A constant CSR matrix, kept together with its transpose, for products with dense matrices.

    torch's own backward of ``csr @ dense`` builds the transpose anew at every step, which costs more
    than the product itself; here it is built once.

    Args:
        matrix: a two-dimensional tensor, dense or sparse, [rows, columns].

    Source: ours.
    """

    def __init__(self, matrix: Tensor) -> None:
        self.shape = (int(matrix.shape[0]), int(matrix.shape[1]))
        coordinates = (matrix if matrix.layout != torch.strided else matrix.to_sparse()).to_sparse_coo()
        coordinates = coordinates.coalesce()
        row, column = coordinates.indices()
        values = coordinates.values().float()
        self.csr = csr_tensor(row, column, values, self.shape)
        order = torch.argsort(column, stable=True)
        self.transposed = csr_tensor(column[order], row[order], values[order], (self.shape[1], self.shape[0]))

    @property
    def values(self) -> Tensor:
        """The stored values, [nnz], in row order."""
        return self.csr.values()

    def __matmul__(self, dense: Tensor) -> Tensor:
        result: Tensor = _Product.apply(self.csr, self.transposed, dense)
        return result

    def to_dense(self) -> Tensor:
        """The same matrix as a dense tensor, [rows, columns]; made once, so not to be changed."""
        return self._dense

    def to(self, device: torch.device | str) -> "SparseMatrix":
        """The same matrix on another device."""
        return SparseMatrix(self.csr.to(device))

    @cached_property
    def entries(self) -> SparseEntries:
        """The same matrix as entries whose values can be quantized; made once."""
        csr = self.csr
        rows = torch.arange(self.shape[0], device=csr.device)
        row = torch.repeat_interleave(rows, csr.crow_indices().diff().long())
        return SparseEntries(Pattern(row, csr.col_indices().long(), self.shape), self.values)

    @cached_property
    def _dense(self) -> Tensor:
        return self.csr.to_dense()


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, csr: Tensor, transposed: Tensor, dense: Tensor) -> Tensor:
        ctx.transposed = transposed
        return csr @ dense

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[None, None, Tensor]:
        return None, None, ctx.transposed @ upstream[0].contiguous()
