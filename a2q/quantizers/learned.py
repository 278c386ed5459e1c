"""What quantizers with learned step sizes and bitwidths share: parameters, their bounds, how they start."""

import math
import warnings
from abc import abstractmethod
from typing import Any, Literal

import torch
from torch import Tensor, nn

from a2q.quantizers.base import FakeQuantizer
from a2q.quantizers.fake_quantize import Gradient, StraightThrough

# 256 codes, eight to each doubling: 2^-24 to 2^7.875.
_FINENESS = 8
_LOWEST, _HIGHEST = -24 * _FINENESS, 8 * _FINENESS - 1


def code_step(step: Tensor) -> Tensor:
    """Step sizes as an 8-bit logarithmic code stores them, ``2^(round(8 log2 s) / 8)``, of the shape of ``step``.

    Codes reach from 2^-24 to 2^7.875 (about 235); within that range the relative error is at most
    ``2^(1/16) - 1``, 4.4 %. The gradient passes straight through.

    Args:
        step: positive step sizes, any shape.

    A logarithm because step sizes of different nodes differ by orders of magnitude.
    """
    result: Tensor = _CodeStep.apply(step)
    return result


class _CodeStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, step: Tensor) -> Tensor:
        return torch.exp2((step.log2() * _FINENESS).round().clamp(_LOWEST, _HIGHEST) / _FINENESS)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> Tensor:
        return upstream[0]


Start = Literal["data", "random"]
StepBits = Literal[32, 8]

# The smallest step size: far below any value that occurs, far above float32's smallest normal number.
SMALLEST_STEP = 1e-6

_SIGNED_LEAST = 2


class LearnedQuantizer(FakeQuantizer):
    """Symmetric quantizer whose step sizes and bitwidths are parameters, each on its own learned or fixed.

    *Effective bits* are what a value costs to store: unsigned codes 0 … 2^bits - 1, signed codes
    -(2^(bits-1) - 1) … 2^(bits-1) - 1. They are held in [min_bits, max_bits] and the step size above
    1e-6 by projection before every training step, so neither can leave its range or lose its gradient.

    Args:
        shape: of step sizes and bits, [count, 1] or [1, count].
        signed: whether codes carry a sign; None lets the first values decide, and later ones of training turn it on.
            Unsigned values spend no bit on a sign; signed ones have at least 2 effective bits, whatever ``min_bits``
            says.
        bits: effective bits to start with.
        learn_step: whether step sizes are parameters; otherwise they stay where they start.
        learn_bits: whether bitwidths are parameters; otherwise they stay at ``bits``.
        min_bits: smallest effective bitwidth; 0 lets a row be pruned (all its codes are 0).
        max_bits: largest effective bitwidth.
        gradient: "local" or "task", what step size and bitwidth learn from.
        straight_through: "identity" or "clipped" gradient for the values.
        step_bits: 32, or 8 to use step sizes as an 8-bit logarithmic code stores them (:func:`code_step`).
        start: "data" takes step sizes from the first values; "random" leaves them as they are, at 0.1
            until ``randomize`` draws them.

    Raises:
        ValueError: the bounds are out of order, or ``signed`` is True and they leave fewer than 2 bits.

    Source: paper sections 3.1 and 3.2; signs, bounds and calibration are ours.
    """

    step: Tensor
    bits: Tensor
    sign: Tensor

    def __init__(
        self,
        shape: tuple[int, int],
        *,
        signed: bool | None,
        bits: float,
        learn_step: bool,
        learn_bits: bool,
        min_bits: int,
        max_bits: int,
        gradient: Gradient,
        straight_through: StraightThrough,
        step_bits: StepBits,
        start: Start,
    ) -> None:
        super().__init__()
        if not 0 <= min_bits <= bits <= max_bits <= 32:
            raise ValueError(
                f"min_bits, bits and max_bits are {min_bits}, {bits} and {max_bits}; "
                "they must rise in this order within 0 to 32."
            )
        if signed and bits < _SIGNED_LEAST:
            raise ValueError(f"bits is {bits}; a signed quantizer needs at least 2, one of them the sign.")
        self.max_bits, self._min_bits = max_bits, min_bits
        self.gradient, self.straight_through = gradient, straight_through
        self.learn_step, self.learn_bits = learn_step, learn_bits
        self.step_bits, self.start_from = step_bits, start
        self._sign_open = signed is None
        self._told = False
        self.register_buffer("sign", torch.tensor(bool(signed)))
        for name, learned, value in (("step", learn_step, 0.1), ("bits", learn_bits, float(bits))):
            values = torch.full(shape, value)
            if learned:
                self.register_parameter(name, nn.Parameter(values))
            else:
                self.register_buffer(name, values)

    @property
    def signed(self) -> bool:
        """Whether codes carry a sign; False while the first values have yet to decide it."""
        return bool(self.sign)

    @property
    def min_bits(self) -> int:
        """Smallest effective bitwidth: the one given, but at least 2 where codes carry a sign."""
        return self._lowest_bits(self.signed)

    @property
    def positive_step(self) -> Tensor:
        """Step sizes in use, all above 1e-6, of the shape of ``step``."""
        return self.coded(self.step.clamp_min(SMALLEST_STEP))

    @property
    def bounded_bits(self) -> Tensor:
        """Real-valued effective bits before rounding, within [min_bits, max_bits]."""
        return self.bits.clamp(self.min_bits, self.max_bits) if self.learn_bits else self.bits

    @property
    def effective_bits(self) -> Tensor:
        """Whole effective bits of each step size, [count], int64; 0 means pruned."""
        return self.bounded_bits.detach().round().flatten().long()

    @property
    def code_bits(self) -> Tensor:
        """Bits of the symmetric formula: one more than the effective bits where no sign is stored."""
        return self.bounded_bits if self.signed else self.bounded_bits + 1

    @property
    def tag_bits(self) -> int:
        """Bits to say which of the allowed widths one row has; 0 where all rows have the same by design."""
        if not self.learn_bits and bool((self.bits == self.bits.flatten()[0]).all()):
            return 0
        return math.ceil(math.log2(self.max_bits - self.min_bits + 1))

    @torch.no_grad()
    def start(self, x: Tensor) -> None:
        """Decide the sign where it was left open, then calibrate unless step sizes start at random.

        Raises:
            ValueError: the values turn out to need a sign and ``max_bits`` leaves no room for it.
        """
        if self._sign_open and bool((x < 0).any()):
            if self.max_bits < _SIGNED_LEAST:
                raise ValueError(
                    f"max_bits is {self.max_bits} but the first values are negative in part; allow at least 2 bits, "
                    "one of them the sign, or use BinaryQuantizer."
                )
            self._carry_sign()
        if self.start_from == "data":
            self.calibrate(x)

    @torch.no_grad()
    def meet(self, x: Tensor) -> None:
        """Turn an open sign on where values of training are negative after all; warn, once, of those of evaluation.

        A value below 0 has no unsigned code and becomes 0. In training the quantizer learns to carry a sign from then
        on; one that has been trained stays what it is.
        """
        if not self._sign_open or self.signed or not x.numel() or not bool(x.min() < 0):
            return
        if self.training and self.max_bits >= _SIGNED_LEAST:
            self._carry_sign()
        elif not self._told:
            self._told = True
            warnings.warn(
                f"A quantizer ({self.extra_repr()}) that met no value below 0 when its sign was decided has met some "
                "now, and they became 0; train or calibrate the model on data that holds such values.",
                stacklevel=2,
            )

    @torch.no_grad()
    def freeze(self) -> None:
        """Keep step sizes and bits as values, bits rounded as the formula rounds them, in place of parameters."""
        if self.frozen:
            return
        rounded = self.code_bits.round() - (0 if self.signed else 1)
        for name, values in (("step", self.positive_step), ("bits", rounded)):
            delattr(self, name)
            self.register_buffer(name, values.detach().clone())
        super().freeze()

    def _carry_sign(self) -> None:
        self.sign.fill_(True)
        self.bits.clamp_(min=_SIGNED_LEAST)

    @abstractmethod
    def calibrate(self, x: Tensor) -> None:
        """Set the step sizes from values, [rows, columns]."""

    @torch.no_grad()
    def randomize(self, mean: float, std: float | None, generator: torch.Generator | None) -> None:
        """Draw step sizes from ``|N(mean, std)|``, or U(0, 1) where ``std`` is None; first values then leave them be.

        Source: the paper's code, which starts either way.
        """
        noise = torch.empty_like(self.step)
        if std is None:
            noise.uniform_(0, 1, generator=generator)
        else:
            noise.normal_(mean, std, generator=generator)
        self.step.copy_(noise.abs().clamp_min(SMALLEST_STEP))
        self.start_from = "random"

    def coded(self, step: Tensor) -> Tensor:
        """Positive step sizes as this quantizer stores them: ``step`` itself, or coded in 8 bits."""
        return step if self.step_bits == 32 else code_step(step)

    def _in_use(self) -> tuple[Tensor, Tensor, bool]:
        """Step sizes, code bits and sign for the formula; in training, parameters return to their ranges first."""
        # Read once: each look at a buffer costs a microsecond or two of every training step.
        signed = self.signed
        if not self.training:
            return self.positive_step, self.code_bits, signed
        with torch.no_grad():
            if self.learn_step:
                self.step.clamp_(min=SMALLEST_STEP)
            if self.learn_bits:
                self.bits.clamp_(self._lowest_bits(signed), self.max_bits)
        # Projected parameters need no bounds, which would only lengthen the backward pass.
        return self.coded(self.step), self.bits if signed else self.bits + 1, signed

    def _lowest_bits(self, signed: bool) -> int:
        return max(self._min_bits, _SIGNED_LEAST) if signed else self._min_bits

    def _bits_in_words(self) -> str:
        average = self.effective_bits.double().mean().item()
        sign = None if self._sign_open and not self.started else self.signed
        return f"{average:.2f} bits ({'learned' if self.learn_bits else 'fixed'}), signed={sign}"
