"""The Nearest Neighbor Strategy: learned step sizes and bitwidths for nodes and graphs never seen before."""

import math
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from a2q.quantizers.fake_quantize import Gradient, StraightThrough, fake_quantize, integer_codes, largest_code
from a2q.quantizers.learned import SMALLEST_STEP, LearnedQuantizer, Start
from a2q.quantizers.nearest_range import nearest_range
from a2q.quantizers.protection import keep_protected

Convention = Literal["exact", "paper-code"]


class PenalisedBits(NamedTuple):
    """Real-valued effective bits of the groups chosen in the last forward pass, differentiable, counted in two ways.

    Attributes:
        group_sum: every distinct chosen group counts once, as in the paper's code.
        row_mean: every row counts, so it is what a row costs on average.
    """

    group_sum: Tensor
    row_mean: Tensor


class NearestQuantizer(LearnedQuantizer):
    """Fake quantizer with ``groups`` learned pairs of step size and bitwidth, of which each row takes one.

    Row i takes the group whose clipping range ends nearest to its largest absolute value::

        g(i) = argmin_g | max_j |x_ij| - q_max,g |,   q_max,g = s_g Q(b_g)

    Equally near groups give the lowest one. Gradients reach the chosen pairs only, summed over their rows.

    Args:
        groups: number of pairs m.
        convention: "exact" searches where clipping ranges end; "paper-code" searches ``s_g 2^(b_g - 1)``, b_g
            the rounded code bits, one step further than values are clipped.

    All other arguments are those of :class:`LearnedQuantizer`.

    Attributes:
        chosen: group of each row in the last forward pass, int64 [rows]; not saved with the state.
        taken: how many rows chose each group in the forward passes since training or evaluation began, or since
            :meth:`forget_taken`, int64 [groups]; not saved either.

    Raises:
        ValueError: as :class:`LearnedQuantizer`, or there is no group.

    Source: paper section 3.3 and algorithm 1; "paper-code" from the paper's code.
    """

    def __init__(
        self,
        groups: int = 1000,
        *,
        signed: bool | None,
        bits: float,
        learn_bits: bool = True,
        learn_step: bool = True,
        min_bits: int = 1,
        max_bits: int = 8,
        gradient: Gradient = "task",
        straight_through: StraightThrough = "identity",
        convention: Convention = "exact",
        start: Start = "data",
    ) -> None:
        if groups < 1:
            raise ValueError(f"groups is {groups}; rows need at least 1 pair of step size and bitwidth to choose from.")
        super().__init__(
            (groups, 1),
            signed=signed,
            bits=bits,
            learn_step=learn_step,
            learn_bits=learn_bits,
            min_bits=min_bits,
            max_bits=max_bits,
            gradient=gradient,
            straight_through=straight_through,
            step_bits=32,
            start=start,
        )
        self.convention = convention
        self.chosen = torch.empty(0, dtype=torch.int64)
        self.taken = torch.zeros(groups, dtype=torch.int64)
        self._taken_in_training = True

    @torch.no_grad()
    def choose(self, x: Tensor) -> Tensor:
        """Group of each row of ``x``, int64 [rows]."""
        return self._nearest(x, self.positive_step, self.code_bits)

    def quantize(self, x: Tensor, protected: Tensor | None = None) -> Tensor:
        """Fake-quantized values of the shape of ``x``, differentiable in the chosen step sizes and bits."""
        step, bits, signed = self._in_use()
        self.chosen = self._nearest(x, step, bits)
        if self._taken_in_training != self.training:
            self.forget_taken()
        self.taken = self.taken.to(self.chosen.device) + torch.bincount(self.chosen, minlength=len(self.taken))
        step, bits = step.index_select(0, self.chosen), bits.index_select(0, self.chosen)
        values = fake_quantize(x, step, bits, signed, self.gradient, self.straight_through)
        return keep_protected(values, x, protected)

    def forget_taken(self) -> None:
        """Count anew from the next forward pass on."""
        self.taken = torch.zeros_like(self.taken)
        self._taken_in_training = self.training

    @torch.no_grad()
    def keep_ranges(self, bits: Tensor) -> None:
        """Scale step sizes so that clipping ranges end where they did with other ``bits``: rows keep their groups.

        Args:
            bits: effective bits before they were changed, [groups, 1].
        """
        before = self._levels(bits.clamp(self.min_bits, self.max_bits) + (0 if self.signed else 1))
        after = self._levels(self.code_bits)
        # A pruned group has no range: its step size stays.
        self.step.mul_(torch.where((before > 0) & (after > 0), before / after, 1.0)).clamp_min_(SMALLEST_STEP)

    def priced_bits(self) -> PenalisedBits:
        """What the groups chosen in the last forward pass cost, for a penalty.

        Raises:
            ValueError: there has been no forward pass.
        """
        if not len(self.chosen):
            raise ValueError("No row has chosen a group yet; run a forward pass before asking for the penalty.")
        rows = torch.bincount(self.chosen, minlength=len(self.bits)).to(self.bits.dtype)
        bits = self.bounded_bits.flatten()
        return PenalisedBits(bits @ (rows > 0).to(bits.dtype), bits @ rows / len(self.chosen))

    def codes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Whole-number codes of the shape of ``x`` and the step size of each row's group, [rows, 1]."""
        chosen = self.choose(x)
        step = self.positive_step[chosen]
        return integer_codes(x, step, self.code_bits[chosen], self.signed), step

    def row_bits(self, x: Tensor) -> Tensor:
        """Effective bits of the group of each row of ``x``, [rows], int64."""
        return self.effective_bits[self.choose(x)]

    def row_steps(self, x: Tensor) -> Tensor:
        """Step size of the group of each row of ``x``, [rows]."""
        return self.positive_step.detach().flatten()[self.choose(x)]

    def clipped(self, x: Tensor) -> Tensor:
        """Which values lie beyond the clipping range of their row's group, bool of the shape of ``x``."""
        reach = (self.positive_step * largest_code(self.code_bits))[self.choose(x)]
        return x.abs() > reach if self.signed else (x > reach) | (x < 0)

    def overhead_bits(self, rows: int) -> int:
        """The number of its group for each row, and the table: a 32-bit step size and a tag per group."""
        groups = len(self.step)
        return math.ceil(math.log2(groups)) * rows + groups * (self.step_bits + self.tag_bits)

    @torch.no_grad()
    def calibrate(self, x: Tensor) -> None:
        """Spread the groups over the values: clipping ranges end at the quantiles 1/m … m/m of the rows' maxima.

        Rows of zeros are left out.
        """
        reach = x.abs().amax(1)
        reach = reach[reach > SMALLEST_STEP].double()
        if not len(reach):
            self.step.fill_(0.1)
            return
        groups = len(self.step)
        share = torch.arange(1, groups + 1, dtype=torch.double, device=x.device) / groups
        ends = reach.quantile(share)[:, None]
        self.step.copy_((ends / largest_code(self.code_bits).clamp_min(1)).clamp_min(SMALLEST_STEP))

    @torch.no_grad()
    def _nearest(self, x: Tensor, step: Tensor, bits: Tensor) -> Tensor:
        # In float64 the product is exact for up to 29 bits, so ties are true ties.
        return nearest_range(self._reach(x), step.double() * self._levels(bits))

    def _levels(self, bits: Tensor) -> Tensor:
        """Where clipping ranges are taken to end, in step sizes, for code bits."""
        return largest_code(bits) if self.convention == "exact" else torch.exp2(bits.round() - 1)

    def _reach(self, x: Tensor) -> Tensor:
        """Largest absolute value of each row, without a copy of all values."""
        highest = x.amax(1)
        return torch.maximum(highest, -x.amin(1)) if self.signed else highest.clamp_min(0)

    def extra_repr(self) -> str:
        return f"{len(self.step)} groups, {self._bits_in_words()}"
