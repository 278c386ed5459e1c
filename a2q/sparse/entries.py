"""A sparse matrix whose values can be quantized and carry gradients."""

import warnings
from typing import Any

import torch
from torch import Tensor


class Pattern:
    """Where the entries of a sparse matrix are, with what its products need in both directions.

    Args:
        row, column: of each entry, int64 [nnz], sorted by row, then column.
        shape: rows and columns of the matrix.
    """

    def __init__(self, row: Tensor, column: Tensor, shape: tuple[int, int]) -> None:
        self.row, self.column, self.shape = row, column, shape
        self._order = torch.argsort(column, stable=True)
        ones = torch.ones(len(row))
        self._csr = csr_tensor(row, column, ones, shape)
        self._transposed = csr_tensor(column[self._order], row[self._order], ones, (shape[1], shape[0]))

    def csr(self, values: Tensor) -> Tensor:
        """The matrix with these values, [rows, columns]."""
        return _refilled(self._csr, values)

    def transposed(self, values: Tensor) -> Tensor:
        """Its transpose, [columns, rows]."""
        return _refilled(self._transposed, values[self._order])


class SparseEntries:
    """A sparse matrix of fixed pattern; unlike a constant sparse matrix its values may be learned through.

    Args:
        pattern: where its entries are.
        values: of the entries, [nnz].
        graded: whether the gradient that arrives at the values is used; computing it costs more than the product.
    """

    def __init__(self, pattern: Pattern, values: Tensor, graded: bool = True) -> None:
        self.pattern, self.values, self.graded = pattern, values, graded
        self.shape = pattern.shape

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def device(self) -> torch.device:
        """Where the values are."""
        return self.values.device

    def __matmul__(self, dense: Tensor) -> Tensor:
        result: Tensor = _Product.apply(self.pattern, self.values, dense, self.graded)
        return result

    def to_dense(self) -> Tensor:
        """The same matrix as a dense tensor, [rows, columns], without gradient."""
        return self.pattern.csr(self.values.detach()).to_dense()


def csr_tensor(row: Tensor, column: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    """Build a CSR tensor from coordinates sorted by row; 32-bit indices where they suffice (half the traffic)."""
    index = torch.int32 if max(values.numel(), *shape) < 2**31 else torch.int64
    crow = torch.zeros(shape[0] + 1, dtype=index, device=row.device)
    crow[1:] = torch.bincount(row, minlength=shape[0]).cumsum(0)
    with warnings.catch_warnings():
        # torch announces once per process that CSR is in beta; the operations used here are covered by tests.
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta", category=UserWarning)
        return torch.sparse_csr_tensor(crow, column.to(index), values, shape, check_invariants=True)


def _refilled(csr: Tensor, values: Tensor) -> Tensor:
    return torch.sparse_csr_tensor(csr.crow_indices(), csr.col_indices(), values, csr.shape, check_invariants=False)


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, pattern: Pattern, values: Tensor, dense: Tensor, graded: bool) -> Tensor:
        ctx.pattern, ctx.graded = pattern, graded
        ctx.save_for_backward(values, dense)
        return pattern.csr(values) @ dense

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        values, dense = ctx.saved_tensors
        pattern: Pattern = ctx.pattern
        grad = upstream[0].contiguous()
        by_values = None
        if ctx.needs_input_grad[1] and not ctx.graded:
            by_values = torch.zeros_like(values)
        elif ctx.needs_input_grad[1]:
            # Only at the entries: the dense product of the two would be as large as the matrix itself.
            by_values = (grad.index_select(0, pattern.row) * dense.index_select(0, pattern.column)).sum(1)
        by_dense = pattern.transposed(values) @ grad if ctx.needs_input_grad[2] else None
        return None, by_values, by_dense, None
