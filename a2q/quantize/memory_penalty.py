"""The memory penalty: what quantized features cost."""

import warnings

import torch
from torch import Tensor, nn

from a2q.layers import quantized_layers
from a2q.quantize.learned_features import learned_features, row_bits
from a2q.quantize.target import MemoryBudget, budgets
from a2q.quantizers import NearestQuantizer
from a2q.units import BITS_PER_KIB


def feature_kib(model: nn.Module, priced_bits: str = "effective", width: int | None = None) -> Tensor:
    """Memory of all node features with learned bits, ``Σ_layers dim · Σ_nodes bits / 8192``, in KiB.

    ``dim`` is each layer's true input width, or ``width`` for all alike. Bits are real-valued (before rounding), so
    the result is differentiable; "code" bits count one more per unsigned value than "effective" bits. Under the Nearest
    Neighbor Strategy "effective" counts every node of the last forward pass, "code" every group it used once,
    as the paper's code does.

    Source: paper section 3.1; true widths and effective bits are ours.
    """
    total = torch.zeros(())
    for dim, quantizer in learned_features(model).values():
        bits = quantizer.code_bits if priced_bits == "code" else quantizer.bounded_bits
        if isinstance(quantizer, NearestQuantizer):
            counted = quantizer.chosen.unique() if priced_bits == "code" else quantizer.chosen
            bits = bits.flatten()[counted]
        total = total.to(bits.device) + (width or dim) * bits.sum() / BITS_PER_KIB
    return total


def _xw_kib(model: nn.Module, width: int, bits: int) -> float:
    """Memory of the fixed bits of XW in KiB: every node's in every layer that aggregates it, at ``width`` columns."""
    nodes = max(len(row_bits(quantizer)) for _, quantizer in learned_features(model).values())
    layers = [
        layer
        for layer in quantized_layers(model).values()
        if any(place.kind == "combination" and layer.quantizer(role) for role, place in layer.roles.items())
    ]
    return len(layers) * width * nodes * bits / BITS_PER_KIB


def memory_penalty(model: nn.Module) -> Tensor:
    """The memory penalty; 0 where no bits are learned. Add it to the loss after the forward pass.

    Fixed weight: ``λ · max(memory - threshold, 0)²``, memory in KiB. It counts columns as ``priced_width`` says and
    fixed bits of XW as ``priced_xw_width`` does, each layer's own and none by default. With a target:
    ``λ · Σ_tensors mean(step) · Σ_nodes bits``, where λ follows the distance to the target at every call of
    :func:`a2q.follow_target`; the mean step size puts the penalty on the scale of the Local Gradient, so that one set
    of gains serves every dataset. Asking for the penalty changes nothing.

    Args:
        model: prepared by :func:`a2q.quantize_`, as a whole or in part; each part prepared by itself is penalised by
            itself. In training a target that was never followed is warned of.

    Source: paper section 3.1, one-sided as in the paper's code; the target is ours.
    """
    total = torch.zeros(())
    for module, budget in budgets(model):
        penalty = _penalty(module, budget)
        total = total.to(penalty.device) + penalty
    return total


def _penalty(model: nn.Module, budget: MemoryBudget) -> Tensor:
    features = learned_features(model)
    if not features:
        return torch.zeros(())
    if not budget.has_target:
        config = budget.config
        above = config.penalty_above_kib
        if config.priced_xw_width is not None:
            above -= _xw_kib(model, config.priced_xw_width, config.xw_bits)
        excess = torch.relu(feature_kib(model, config.priced_bits, config.priced_width) - above)
        return config.penalty * excess.square()
    if model.training and not budget.followed:
        warnings.warn(
            "The bits have a target that nothing follows; call a2q.follow_target(model) once in every training step, "
            "before memory_penalty(model).",
            stacklevel=3,
        )
    penalty = torch.zeros(())
    for _, quantizer in features.values():
        bits = quantizer.bounded_bits.flatten()
        if isinstance(quantizer, NearestQuantizer):
            bits = bits[quantizer.chosen]
        penalty = penalty.to(bits.device) + quantizer.step.detach().mean() * bits.sum()
    return budget.weight(model) * penalty
