"""Degree-Quant's quantizer: one affine range per tensor, found from percentiles of the values it meets."""

from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from a2q.quantizers.base import FakeQuantizer
from a2q.quantizers.protection import keep_protected
from a2q.sparse.entries import SparseEntries
from a2q.units import FULL_PRECISION_BITS

Ranges = Literal["extremes", "momentum", "percentile"]
Boundary = Literal["identity", "cut"]
EmptyRange = Literal["one", "extremes"]


class AffineQuantizer(FakeQuantizer):
    """Affine fake quantizer of a whole tensor; nothing is learned, its range follows the values met in training.

    With ``lo = min(0, running lo)`` and ``hi = max(0, running hi)``::

        scale = (hi - lo) / (q_max - q_min),   z = clamp(q_min - round(lo / scale), q_min, q_max)
        x_q   = (clamp(round(x / scale + z), q_min, q_max) - z) * scale

    Signed codes are -2^(bits-1) … 2^(bits-1) - 1, unsigned ones 0 … 2^bits - 1. Ranges are updated in training
    only and from unprotected rows only; the first values met in evaluation serve where there was no training.

    Percentiles coincide at 0 where fewer values than the percentile are not 0, as in row-normalised bags of
    words (CiteSeer: 0.85 % non-zeros, percentile 1 %). With ``empty_range="one"``, the published behaviour, the
    scale then falls back to 1 and all values below a half round to 0, so that the network sees nothing;
    ``empty_range="extremes"`` falls back to the smallest and largest value instead.

    Args:
        bits: 1 to 24, 2 at least for signed codes; float32 holds no finer codes.
        signed: whether codes carry a sign; None lets the first values decide.
        ranges: "percentile" and "extremes" keep the widest range ever met, the former after leaving out the
            share ``percentile`` of values at either end; "momentum" averages smallest and largest values.
        percentile: share of values to leave out at either end; None means 0.01 up to 4 bits, else 0.001.
        momentum: weight of the newest values in the average.
        boundary: gradient of values, "identity" or "cut": 0 where the code is q_min or q_max.
        empty_range: what to do when percentiles coincide at 0.

    Raises:
        ValueError: bits, percentile or momentum are out of range.

    Source: Degree-Quant (Tailor et al., ICLR 2021) and its code; ``empty_range="extremes"`` is ours.
    """

    lowest: Tensor
    highest: Tensor
    observed: Tensor
    sign: Tensor

    def __init__(
        self,
        bits: int,
        *,
        signed: bool | None,
        ranges: Ranges = "percentile",
        percentile: float | None = None,
        momentum: float = 0.01,
        boundary: Boundary = "cut",
        empty_range: EmptyRange = "extremes",
    ) -> None:
        super().__init__()
        if not (2 if signed else 1) <= bits <= 24:
            raise ValueError(f"bits is {bits}; allowed are 1 to 24, and at least 2 where codes carry a sign.")
        share = (0.01 if bits <= 4 else 0.001) if percentile is None else percentile
        if not 0 <= share < 0.5:
            raise ValueError(f"percentile is {share}; give the share of values to leave out, from 0 to below 0.5.")
        if not 0 < momentum <= 1:
            raise ValueError(f"momentum is {momentum}; it must lie above 0 and be at most 1.")
        self.bits, self.ranges, self.percentile, self.momentum = bits, ranges, share, momentum
        self.boundary, self.empty_range = boundary, empty_range
        self._sign_open = signed is None
        self.register_buffer("sign", torch.tensor(bool(signed)))
        self.register_buffer("lowest", torch.tensor(0.0))
        self.register_buffer("highest", torch.tensor(0.0))
        self.register_buffer("observed", torch.tensor(False))

    @property
    def signed(self) -> bool:
        """Whether codes carry a sign; False while the first values have yet to decide it."""
        return bool(self.sign)

    @torch.no_grad()
    def start(self, x: Tensor) -> None:
        """Decide the sign where it was left open; in evaluation, where nothing is protected, set the range too.

        Raises:
            ValueError: the values turn out to need a sign and there is 1 bit only.
        """
        if self._sign_open and bool((x < 0).any()):
            if self.bits == 1:
                raise ValueError(
                    "bits is 1 but the first values are negative in part; give at least 2 bits, one of them the sign, "
                    "or use BinaryQuantizer."
                )
            self.sign.fill_(True)
        if not self.training:
            # Not counted as observed: the first training step replaces it.
            self._set_range(*self._current(x))

    def quantize(self, x: Tensor, protected: Tensor | None = None) -> Tensor:
        """Fake-quantized values of the shape of ``x``, [rows, columns]; protected rows stay as they are."""
        if self.training:
            self._observe(x.detach() if protected is None else x.detach()[~protected])
        values: Tensor = _Affine.apply(x, *self._affine(), self.boundary == "cut")
        return keep_protected(values, x, protected)

    @property
    def reads_entries(self) -> bool:
        """True: every range holds 0, and 0 has a code, so zeros stay zeros."""
        return True

    def quantize_entries(self, x: SparseEntries, protected: Tensor | None = None) -> SparseEntries:
        """:meth:`quantize` for a sparse matrix; its zeros count where percentiles are taken."""
        kept = None if protected is None else protected[x.pattern.row]
        if self.training:
            rows = len(x) if protected is None else len(x) - int(protected.sum())
            seen = x.values.detach()
            self._observe(seen if kept is None else seen[~kept], rows * x.shape[1])
        values: Tensor = _Affine.apply(x.values, *self._affine(), self.boundary == "cut")
        if kept is not None:
            values = torch.where(kept, x.values, values)
        return SparseEntries(x.pattern, values, graded=x.values.requires_grad)

    def codes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Whole-number codes, counted from the code of 0, of the shape of ``x``, and the scale, [1, 1]."""
        affine = self._affine()
        return _codes(x, affine) - affine.zero, affine.scale.reshape(1, 1)

    def row_bits(self, x: Tensor) -> Tensor:
        """The bits of all rows of ``x``, [rows], int64."""
        return torch.full((len(x),), self.bits, device=x.device)

    def row_steps(self, x: Tensor) -> Tensor:
        """The scale, which all rows of ``x`` share, [rows]."""
        return self._affine().scale.expand(len(x))

    def clipped(self, x: Tensor) -> Tensor:
        """Which values lie beyond ``[(q_min - z) scale, (q_max - z) scale]``, bool of the shape of ``x``."""
        scale, zero, least, most = self._affine()
        return (x < (least - zero) * scale) | (x > (most - zero) * scale)

    def overhead_bits(self, rows: int) -> int:
        """A 32-bit scale and a zero point, which is a code; however many rows."""
        return FULL_PRECISION_BITS + self.bits

    def extra_repr(self) -> str:
        sign = None if self._sign_open and not self.started else self.signed
        return f"per tensor, {self.bits} bits (fixed), signed={sign}, ranges={self.ranges}"

    def _affine(self) -> "_Range":
        least, most = (-(2 ** (self.bits - 1)), 2 ** (self.bits - 1) - 1) if self.signed else (0, 2**self.bits - 1)
        lowest, highest = self.lowest.clamp_max(0), self.highest.clamp_min(0)
        if bool(lowest == highest):
            return _Range(torch.ones_like(lowest), torch.zeros_like(lowest), least, most)
        scale = ((highest - lowest) / (most - least)).clamp_min(torch.finfo(lowest.dtype).tiny)
        return _Range(scale, (least - (lowest / scale).round()).clamp(least, most), least, most)

    def _observe(self, x: Tensor, count: int | None = None) -> None:
        if not x.numel():
            return
        lowest, highest = self._current(x, count)
        if not self.observed:
            self.observed.fill_(True)
        elif self.ranges == "momentum":
            lowest, highest = self.lowest.lerp(lowest, self.momentum), self.highest.lerp(highest, self.momentum)
        else:
            lowest, highest = self.lowest.minimum(lowest), self.highest.maximum(highest)
        self._set_range(lowest, highest)

    def _set_range(self, lowest: Tensor, highest: Tensor) -> None:
        self.lowest.copy_(lowest)
        self.highest.copy_(highest)

    def _current(self, x: Tensor, count: int | None = None) -> tuple[Tensor, Tensor]:
        """The range of these values; ``count`` says how many there are with the zeros that are not stored."""
        if self.ranges == "percentile":
            left_out = int(self.percentile * (x.numel() if count is None else count))
            lowest, highest = -_highest_left(-x, left_out), _highest_left(x, left_out)
            if self.empty_range == "one" or bool(lowest < highest):
                return lowest.to(self.lowest), highest.to(self.lowest)
        return x.amin().to(self.lowest), x.amax().to(self.lowest)


class _Range(NamedTuple):
    scale: Tensor
    zero: Tensor
    least: int
    most: int


def _highest_left(x: Tensor, left_out: int) -> Tensor:
    """Largest value after leaving out that many of the largest, but at least 0."""
    # Every range holds 0, so only values above it matter: of sparse features few are left to select from.
    positive = x[x > 0]
    place = positive.numel() - left_out
    return positive.kthvalue(place).values if place > 0 else x.new_zeros(())


def _codes(x: Tensor, affine: _Range) -> Tensor:
    return (x / affine.scale + affine.zero).round().clamp(affine.least, affine.most)


class _Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: Tensor, zero: Tensor, least: int, most: int, cut: bool) -> Tensor:
        codes = _codes(x, _Range(scale, zero, least, most))
        ctx.save_for_backward((codes > least) & (codes < most) if cut else None)
        return (codes - zero) * scale

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        (grad,) = upstream
        (within,) = ctx.saved_tensors
        return grad if within is None else grad * within, None, None, None, None, None
