"""A constant sparse matrix whose product with a dense one is cheap in both directions."""

import warnings
from typing import Any

import torch
from torch import Tensor


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
        self.csr = _csr(row, column, values, self.shape)
        order = torch.argsort(column, stable=True)
        self.transposed = _csr(column[order], row[order], values[order], (self.shape[1], self.shape[0]))

    @property
    def values(self) -> Tensor:
        """The stored values, [nnz], in row order."""
        return self.csr.values()

    def __matmul__(self, dense: Tensor) -> Tensor:
        result: Tensor = _Product.apply(self.csr, self.transposed, dense)
        return result

    def to_dense(self) -> Tensor:
        """The same matrix as a dense tensor, [rows, columns]."""
        return self.csr.to_dense()


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, csr: Tensor, transposed: Tensor, dense: Tensor) -> Tensor:
        ctx.transposed = transposed
        return csr @ dense

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[None, None, Tensor]:
        return None, None, ctx.transposed @ upstream[0].contiguous()


def _csr(row: Tensor, column: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    """Build a CSR tensor from coordinates sorted by row; 32-bit indices where they suffice (half the traffic)."""
    index = torch.int32 if max(values.numel(), *shape) < 2**31 else torch.int64
    crow = torch.zeros(shape[0] + 1, dtype=index)
    crow[1:] = torch.bincount(row, minlength=shape[0]).cumsum(0)
    with warnings.catch_warnings():
        # torch announces once per process that CSR is in beta; the operations used here are covered by tests.
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta", category=UserWarning)
        return torch.sparse_csr_tensor(crow, column.to(index), values, shape, check_invariants=True)
