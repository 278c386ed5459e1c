"""One bit per value: the sign, and one scale per row or column."""

from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional

from a2q.quantizers.base import FakeQuantizer
from a2q.quantizers.protection import keep_protected
from a2q.units import FULL_PRECISION_BITS

_NORM_MOMENTUM = 0.1


class BinaryQuantizer(FakeQuantizer):
    """Replaces each value by its sign times the mean absolute value of its row or column; sign(0) is +1.

    Gradients, with g the upstream one, n values to a scale a = mean |x|, and in = 1[|x| <= 1]::

        row (features)    d x = g in
        column (weights)  d x = g a in + sign(x) / n * sum(g sign(x))

    that is, rows pass straight through where values are small, and columns differentiate the scale as well.

    Args:
        granularity: "row" for features [num_nodes, dim], "column" for weights.
        columns: width of the values, to batch-normalise each column first; None leaves values as they are.
            There are no affine parameters; statistics are those of ``torch.nn.BatchNorm1d``, except that they
            start from the first values, and count as overhead no more than those of other normalisations.

    Source: Bi-GCN (Wang et al., CVPR 2021) and its code, after XNOR-Net (Rastegari et al., ECCV 2016); there a 0
    stays 0, which 1 bit cannot say.
    """

    mean: Tensor | None
    variance: Tensor | None
    width: Tensor

    def __init__(self, granularity: Literal["row", "column"], *, columns: int | None = None) -> None:
        super().__init__()
        self.granularity = granularity
        self.register_buffer("width", torch.tensor(0))
        self.register_buffer("mean", None if columns is None else torch.zeros(columns))
        self.register_buffer("variance", None if columns is None else torch.ones(columns))

    @property
    def steady(self) -> bool:
        """True: nothing is learned, and column statistics of values that never change never move."""
        return True

    @torch.no_grad()
    def start(self, x: Tensor) -> None:
        """Remember the number of columns and, to normalise them, their mean and variance."""
        self.width.fill_(x.shape[1])
        if self.mean is not None and self.variance is not None:
            self.mean.copy_(x.mean(0))
            self.variance.copy_(x.var(0, correction=min(1, len(x) - 1)))

    def quantize(self, x: Tensor, protected: Tensor | None = None) -> Tensor:
        """Binary values of the shape of ``x``, [rows, columns]; protected rows stay as they are."""
        normal = self._normal(x, self.training)
        by_row = self.granularity == "row"
        values: Tensor = _RowBinary.apply(normal) if by_row else _Sign.apply(normal) * self._scale(normal)
        return keep_protected(values, x, protected)

    def codes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """-1 or +1 of the shape of ``x``, and the scales, [rows, 1] or [1, columns]."""
        normal = self._normal(x, False)
        return _sign(normal), self._scale(normal)

    def row_bits(self, x: Tensor) -> Tensor:
        """1 for each row of ``x``, [rows], int64."""
        return torch.ones(len(x), dtype=torch.int64, device=x.device)

    def row_steps(self, x: Tensor) -> Tensor:
        """Scale of each row of ``x``, [rows]; the mean over columns where each column has its own."""
        scale = self._scale(self._normal(x.detach(), False)).flatten()
        return scale if self.granularity == "row" else scale.mean().expand(len(x))

    def clipped(self, x: Tensor) -> Tensor:
        """Which (normalised) values lie beyond plus or minus the scale, bool of the shape of ``x``."""
        normal = self._normal(x, False)
        return normal.abs() > self._scale(normal)

    def overhead_bits(self, rows: int) -> int:
        """A 32-bit scale per row or per column."""
        return FULL_PRECISION_BITS * (rows if self.granularity == "row" else int(self.width))

    def extra_repr(self) -> str:
        return f"per {self.granularity}, 1 bit, normalised={self.mean is not None}"

    def _normal(self, x: Tensor, training: bool) -> Tensor:
        if self.mean is None:
            return x
        return functional.batch_norm(x, self.mean, self.variance, training=training, momentum=_NORM_MOMENTUM)

    def _scale(self, x: Tensor) -> Tensor:
        return x.abs().mean(1 if self.granularity == "row" else 0, keepdim=True)


def _sign(x: Tensor) -> Tensor:
    return torch.where(x < 0, -1.0, 1.0).to(x.dtype)


class _Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x.abs() <= 1)
        return _sign(x)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> Tensor:
        (small,) = ctx.saved_tensors
        return upstream[0].mul(small)


class _RowBinary(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        size = x.abs()
        ctx.save_for_backward(size <= 1)
        return _sign(x) * size.mean(1, keepdim=True)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> Tensor:
        (small,) = ctx.saved_tensors
        return upstream[0].mul(small)
