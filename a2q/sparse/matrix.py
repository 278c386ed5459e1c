"""A constant sparse matrix whose product with a dense one is cheap in both directions."""

from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

from a2q.sparse.entries import Pattern, SparseEntries, csr_tensor

# Above this share of non-zero values a dense product is as fast as a sparse one.
SPARSE_BELOW = 0.25


class SparseMatrix:
    """A constant CSR matrix, kept together with its transpose, for products with dense matrices.

    torch's own backward of ``csr @ dense`` builds the transpose anew at every step, which costs more
    than the product itself; here it is built once.

    Args:
        matrix: a two-dimensional tensor, dense or sparse, [rows, columns].
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
        result: Tensor
        if dense.dtype == torch.float32 and not torch.is_autocast_enabled(dense.device.type):
            result = _Product.apply(self.csr, self.transposed, dense)
            return result
        # There are no sparse products of less than single precision.
        wide = torch.float64 if dense.dtype == torch.float64 else torch.float32
        with torch.autocast(dense.device.type, enabled=False):
            result = _Product.apply(self.csr.to(wide), self.transposed.to(wide), dense.to(wide))
        return result.to(dense.dtype)

    def to_dense(self) -> Tensor:
        """The same matrix as a dense tensor, [rows, columns]; made once, so not to be changed."""
        return self._dense

    def to(self, device: torch.device | str) -> "SparseMatrix":
        """The same matrix on another device."""
        return SparseMatrix(self.csr.to(device))

    @cached_property
    @torch.inference_mode(False)
    def entries(self) -> SparseEntries:
        """The same matrix as entries whose values can be quantized; made once."""
        csr = self.csr
        rows = torch.arange(self.shape[0], device=csr.device)
        row = torch.repeat_interleave(rows, csr.crow_indices().diff().long())
        return SparseEntries(Pattern(row, csr.col_indices().long(), self.shape), self.values)

    @cached_property
    @torch.inference_mode(False)
    def _dense(self) -> Tensor:
        return self.csr.to_dense()


_KNOWN: WeakTensorKeyDictionary = WeakTensorKeyDictionary()


def as_matrix(x: Tensor) -> SparseMatrix:
    """A constant sparse torch tensor as a matrix, made once for each tensor that stays alive.

    Raises:
        ValueError: the tensor is to be learned.
    """
    if x.requires_grad:
        raise ValueError(
            "The features are a sparse tensor that requires a gradient; detach it, or give a dense tensor."
        )
    known = None if x.is_inference() else _KNOWN.get(x)
    if known is None or known[0] != x._version:
        with torch.inference_mode(False):
            # A copy: the matrix must not keep alive the tensor that decides when it goes.
            made = SparseMatrix(x.clone())
        if x.is_inference():
            # Such tensors have no version, so that a change would go unnoticed.
            return made
        known = _KNOWN[x] = (x._version, made)
    matrix: SparseMatrix = known[1]
    return matrix


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, csr: Tensor, transposed: Tensor, dense: Tensor) -> Tensor:
        ctx.transposed = transposed
        return csr @ dense

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[None, None, Tensor]:
        return None, None, ctx.transposed @ upstream[0].contiguous()
