"""A fake quantizer as a module: which rows or columns share a step size, and what is learned."""

from typing import Literal

import torch
from torch import Tensor, nn

from a2q.quantizers.fake_quantize import Gradient, StraightThrough, fake_quantize, largest_code

Granularity = Literal["row", "column"]

# The smallest step size: far below any value that occurs, far above float32's smallest normal number.
SMALLEST_STEP = 1e-6


class Quantizer(nn.Module):
    """Fake quantizer with one learnable step size, and one bitwidth, per row or per column.

    *Effective bits* are what a value costs to store: unsigned codes 0 … 2^bits - 1, signed codes
    -(2^(bits-1) - 1) … 2^(bits-1) - 1. They are held in [min_bits, max_bits] and the step size above
    1e-6 by projection before every training step, so neither can leave its range or lose its gradient.

    Args:
        size: number of rows (nodes) or columns (channels).
        granularity: "row" for node features [num_nodes, dim], "column" for XW and weights.
        signed: whether the values can be negative. Unsigned values spend no bit on a sign.
        bits: effective bits to start with.
        learn_bits: whether the bitwidth is a parameter; otherwise it stays at ``bits``.
        min_bits: smallest effective bitwidth; 0 lets a row be pruned (all its codes are 0).
        max_bits: largest effective bitwidth.
        gradient: "local" or "task", what step size and bitwidth learn from.
        straight_through: "identity" or "clipped" gradient for the values.

    Raises:
        ValueError: the bounds are out of order, or below 2 bits for a signed quantizer.

    Source: paper sections 3.1 and 3.2; explicit signs, bounds and calibration are ours.
    """

    bits: Tensor

    def __init__(
        self,
        size: int,
        granularity: Granularity,
        *,
        signed: bool,
        bits: float,
        learn_bits: bool = False,
        min_bits: int = 1,
        max_bits: int = 8,
        gradient: Gradient = "local",
        straight_through: StraightThrough = "identity",
    ) -> None:
        super().__init__()
        if signed and min_bits < 2:
            raise ValueError(f"min_bits is {min_bits}; a signed quantizer needs at least 2, one of them the sign.")
        if not 0 <= min_bits <= bits <= max_bits <= 32:
            raise ValueError(
                f"min_bits, bits and max_bits are {min_bits}, {bits} and {max_bits}; "
                "they must rise in this order within 0 to 32."
            )
        shape = (size, 1) if granularity == "row" else (1, size)
        self.granularity, self.signed = granularity, signed
        self.min_bits, self.max_bits = min_bits, max_bits
        self.gradient, self.straight_through = gradient, straight_through
        self.learn_bits = learn_bits
        self.enabled = True
        self.step = nn.Parameter(torch.full(shape, 0.1))
        start = torch.full(shape, float(bits))
        if learn_bits:
            self.bits = nn.Parameter(start)
        else:
            self.register_buffer("bits", start)

    def forward(self, x: Tensor) -> Tensor:
        """Fake-quantized values of the shape of ``x``, [rows, columns]; ``x`` itself while not enabled."""
        if not self.enabled:
            return x
        if self.training:
            self._project()
        # Projected parameters need no bounds, which would only lengthen the backward pass.
        step, bits = (self.step, self.bits) if self.training else (self.positive_step, self.bounded_bits)
        code_bits = bits if self.signed else bits + 1
        return fake_quantize(x, step, code_bits, self.signed, self.gradient, self.straight_through)

    @property
    def positive_step(self) -> Tensor:
        """Step sizes, all above 1e-6; [rows, 1] or [1, columns]."""
        return self.step.clamp_min(SMALLEST_STEP)

    @property
    def bounded_bits(self) -> Tensor:
        """Real-valued effective bits before rounding, within [min_bits, max_bits]."""
        return self.bits.clamp(self.min_bits, self.max_bits) if self.learn_bits else self.bits

    @property
    def effective_bits(self) -> Tensor:
        """Whole effective bits of each row or column, [size], int64; 0 means pruned."""
        return self.bounded_bits.detach().round().flatten().long()

    @property
    def code_bits(self) -> Tensor:
        """Bits of the symmetric formula: one more than the effective bits where no sign is stored."""
        return self.bounded_bits if self.signed else self.bounded_bits + 1

    def clipped(self, x: Tensor) -> Tensor:
        """Which values lie beyond the largest code, bool of the shape of ``x``."""
        return x.abs() > self.positive_step * largest_code(self.code_bits)

    @torch.no_grad()
    def calibrate(self, x: Tensor) -> None:
        """Set the step sizes from values, ``s = 2 * mean|x| / sqrt(Q)`` per row or column.

        A row without any non-zero value takes the median step of the others, so that a value which
        appears there later meets a step size of the right order.

        Source: LSQ (Esser et al., ICLR 2020), applied per row and column; the rule for empty rows is ours.
        """
        mean = x.abs().mean(1 if self.granularity == "row" else 0, keepdim=True)
        step = 2 * mean / largest_code(self.code_bits).clamp_min(1).sqrt()
        used = step > SMALLEST_STEP
        fallback = step[used].median() if bool(used.any()) else torch.tensor(0.1)
        self.step.copy_(torch.where(used, step, fallback))

    @torch.no_grad()
    def randomize(self, mean: float, std: float, generator: torch.Generator) -> None:
        """Set the step sizes to ``|N(mean, std)|``, the start of the paper's code."""
        noise = torch.empty_like(self.step).normal_(mean, std, generator=generator)
        self.step.copy_(noise.abs().clamp_min(SMALLEST_STEP))

    def extra_repr(self) -> str:
        kind = "learned" if self.learn_bits else "fixed"
        average = self.effective_bits.double().mean().item()
        return f"{self.step.numel()} {self.granularity}s, {average:.2f} bits ({kind}), signed={self.signed}"

    @torch.no_grad()
    def _project(self) -> None:
        self.step.clamp_(min=SMALLEST_STEP)
        if self.learn_bits:
            self.bits.clamp_(self.min_bits, self.max_bits)
