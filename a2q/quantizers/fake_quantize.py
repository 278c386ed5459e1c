"""The one quantization formula of A²Q, with every gradient it needs."""

import math
from typing import Any, Literal

import torch
from torch import Tensor

Gradient = Literal["local", "task"]
StraightThrough = Literal["identity", "clipped"]

_LN2 = math.log(2)


def largest_code(bits: Tensor) -> Tensor:
    """Largest integer code of a symmetric quantizer, ``Q = 2^(round(bits) - 1) - 1``.

    ``bits`` are code bits, the sign included; torch rounds ties to even. Source: paper section 3.1.
    """
    return torch.exp2(bits.round() - 1) - 1


def integer_codes(x: Tensor, step: Tensor, bits: Tensor, signed: bool = True) -> Tensor:
    """Integer codes ``sign(x) * floor(min(|x| / step, Q) + 1/2)``, as a float tensor of the shape of ``x``.

    Codes lie in [-Q, Q]; with ``signed=False`` in [0, Q], negative values becoming 0.

    Args:
        x: values, [rows, dim].
        step: positive step sizes, [rows, 1], [1, dim] or [1, 1].
        bits: code bits (sign included), same shape as ``step``.
        signed: whether negative codes exist.

    Source: paper section 3.1.
    """
    limit = largest_code(bits)
    return _round_half_away((x / step).clamp(-limit if signed else torch.zeros_like(limit), limit))


def fake_quantize(
    x: Tensor,
    step: Tensor,
    bits: Tensor,
    signed: bool = True,
    gradient: Gradient = "local",
    straight_through: StraightThrough = "identity",
    scale_step_gradient: bool = False,
) -> Tensor:
    """De-quantized value ``step * code(x)``, differentiable in ``x``, ``step`` and ``bits``.

    With ``v = clamp(x / step, -Q, Q)``, ``q`` the integer code and ``in = 1[|x| <= step * Q]``, the
    derivatives are::

        d x_q / d step = in * (q - v) + (1 - in) * sign(x) * Q
        d x_q / d bits = (1 - in) * sign(x) * 2^(round(bits) - 1) * ln 2 * step
        d x_q / d x    = 1 ("identity") or in ("clipped")

    ``gradient="task"`` multiplies the first two by the upstream gradient and sums over the values that share
    a step size. ``gradient="local"`` (the Local Gradient) ignores the upstream gradient and descends the
    mean absolute quantization error ``mean |x_q - x|`` over those values instead.

    Args:
        x: values, [rows, dim].
        step: positive step sizes; [rows, 1] for one per row, [1, dim] for one per column, [1, 1] for one.
        bits: code bits (sign included), same shape as ``step``; rounded inside.
        signed: whether negative codes exist; without them negative values become 0.
        gradient: what ``step`` and ``bits`` learn from.
        straight_through: how ``x`` receives the upstream gradient.
        scale_step_gradient: multiply the gradient of each step size by ``1 / sqrt(n Q)``, n being how many
            values share it, so that step sizes and weights change at comparable rates.

    Returns:
        Tensor of the shape of ``x``.

    Raises:
        ValueError: ``step`` is neither a row or column vector that fits ``x`` nor of shape [1, 1].

    Source: paper sections 3.1 and 3.2 and appendix A; the scaled gradient from LSQ (Esser et al., ICLR 2020).
    """
    rows, columns = x.shape
    if step.shape not in {(rows, 1), (1, columns), (1, 1)} or bits.shape != step.shape:
        raise ValueError(
            f"step has shape {list(step.shape)} and bits {list(bits.shape)}; for values of shape "
            f"{list(x.shape)} give both as [{rows}, 1] (per row) or [1, {columns}] (per column) or "
            "[1, 1] (per tensor)."
        )
    local, clipped = gradient == "local", straight_through == "clipped"
    result: Tensor = _FakeQuantize.apply(x, step, bits, signed, local, clipped, scale_step_gradient)
    return result


def _round_half_away(ratio: Tensor) -> Tensor:
    # Built from abs and floor, which are vectorised on CPU where trunc is not.
    return ratio.abs().add_(0.5).floor_().copysign_(ratio)


class _FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, step: Tensor, bits: Tensor, signed: bool, local: bool, clipped: bool, scaled: bool
    ) -> Tensor:
        limit = largest_code(bits)
        ratio = x / step
        bounded = ratio.clamp(-limit if signed else torch.zeros_like(limit), limit)
        codes = _round_half_away(bounded)
        if not any(ctx.needs_input_grad):
            return codes * step
        ctx.local = local
        # The dimensions over which one step size is shared.
        ctx.dim = dim = (0, 1) if step.numel() == 1 else 1 if step.shape[1] == 1 else 0
        # Judged by the value, not by its code: at Q = 0 every code is 0, yet a pruned row must be able to return.
        beyond = ((ratio.abs() if signed else ratio) > limit).to(x.dtype)
        by_step = by_bits = growth = factor = None
        if ctx.needs_input_grad[2]:
            # How far the range, Q steps long, grows with one more bit.
            growth = (limit + 1) * step * _LN2
        if local:
            # Within the range sign(x_q - x) (q - v) is |q - v|, beyond it sign(x_q - x) sign(x) is -1; so the mean
            # over the values that share a step can be taken now, and nothing of size [rows, dim] is kept.
            if ctx.needs_input_grad[1]:
                by_step = (codes - bounded).abs_().sub_(beyond * limit).mean(dim, keepdim=True)
            if growth is not None:
                by_bits = -growth * beyond.mean(dim, keepdim=True)
        else:
            if ctx.needs_input_grad[1]:
                by_step = codes - bounded + beyond * codes
            if growth is not None:
                by_bits = beyond * torch.sign(ratio) * growth
        if scaled:
            factor = (limit.clamp_min(1) * (x.numel() // step.numel())).rsqrt()
        ctx.save_for_backward(by_step, by_bits, _outside(ratio, beyond, signed) if clipped else None, factor)
        return codes * step

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        (grad,) = upstream
        by_step, by_bits, outside, factor = ctx.saved_tensors
        if not ctx.local:
            by_step = None if by_step is None else (grad * by_step).sum(ctx.dim, keepdim=True)
            by_bits = None if by_bits is None else (grad * by_bits).sum(ctx.dim, keepdim=True)
        if factor is not None and by_step is not None:
            by_step = by_step * factor
        grad_x = grad if outside is None else torch.addcmul(grad, grad, outside, value=-1)
        return grad_x, by_step, by_bits, None, None, None, None


def _outside(ratio: Tensor, beyond: Tensor, signed: bool) -> Tensor:
    """1 where the value was clipped, beyond the largest code or (unsigned) below 0; else 0."""
    return beyond if signed else beyond + (ratio < 0)
