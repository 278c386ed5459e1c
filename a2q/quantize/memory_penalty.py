"""The memory penalty: what quantized features cost, and how hard training pulls it down."""

import math

import torch
from torch import Tensor, nn

from a2q.layers import quantized_layers
from a2q.methods.a2q import A2QConfig
from a2q.quantizers import NearestQuantizer, Quantizer
from a2q.units import BITS_PER_KIB

# The controller: where λ starts, how fast it follows, and the error (bits) beyond which it follows no faster.
FIRST_WEIGHT = 0.1
INTEGRAL_GAIN = 0.1
PROPORTIONAL_GAIN = 1.0
LARGEST_ERROR = 0.5
LARGEST_LOG_WEIGHT = 10.0
# How far the bits may end from their target, and the search for the move that brings them there, in bits.
NEAR_ENOUGH = 0.05
FARTHEST = 8.0
HALVINGS = 20


class MemoryBudget(nn.Module):
    """What a prepared model may spend on node features, and how hard it is pulled there; saved with it.

    With a target the weight is a proportional-integral controller's: its weight λ grows while the bits are above
    the target and shrinks below it.

    Args:
        config: the penalty's weight and targets.

    Source: the controller is ours.
    """

    log_weight: Tensor

    def __init__(self, config: A2QConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("log_weight", torch.tensor(math.log(FIRST_WEIGHT)))

    @property
    def has_target(self) -> bool:
        """Whether the weight follows a target instead of being fixed."""
        return self.config.target_average_bits is not None or self.config.target_kib is not None

    @torch.no_grad()
    def adapted_weight(self, model: nn.Module, learn: bool) -> Tensor:
        """λ for this step, from how far the model's bits are from the target now."""
        error = max(-LARGEST_ERROR, min(LARGEST_ERROR, self._excess_bits(model)))
        if learn:
            # Bounded, so that a target out of reach for now does not wind it up.
            self.log_weight.add_(INTEGRAL_GAIN * error).clamp_(-LARGEST_LOG_WEIGHT, LARGEST_LOG_WEIGHT)
        return (self.log_weight + PROPORTIONAL_GAIN * error).exp()

    @torch.no_grad()
    def meet_target(self, model: nn.Module) -> None:
        """Move the bits of all nodes together so that their rounded mean is the target; within 0.05 bits do nothing.

        λ answers late, since Adam remembers a thousand steps, so the bits swing about their target. Called after each
        epoch of the last part of training, this lets them end there; who has more bits than whom stays as learned.
        """
        if not self.has_target or abs(self._excess_bits(model)) <= NEAR_ENOUGH:
            return
        features = [quantizer for _, quantizer in learned_features(model).values()]
        learned = [quantizer.bits.clone() for quantizer in features]
        low, high = -FARTHEST, FARTHEST
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            for quantizer, bits in zip(features, learned, strict=True):
                quantizer.bits.copy_(bits + middle).clamp_(quantizer.min_bits, quantizer.max_bits)
            low, high = (low, middle) if self._excess_bits(model) > 0 else (middle, high)

    def _excess_bits(self, model: nn.Module) -> float:
        """Bits per value above the target."""
        features = learned_features(model).values()
        means = [_row_bits(quantizer).double().mean().item() for _, quantizer in features]
        if self.config.target_average_bits is not None:
            return sum(means) / len(means) - self.config.target_average_bits
        assert self.config.target_kib is not None  # has_target
        values = sum(dim * quantizer.bits.numel() for dim, quantizer in features)
        spent = sum(dim * quantizer.effective_bits.sum().item() for dim, quantizer in features)
        return spent / values - self.config.target_kib * BITS_PER_KIB / values


def learned_features(model: nn.Module) -> dict[str, tuple[int, Quantizer | NearestQuantizer]]:
    """Width and quantizer of every tensor of node features whose bits are learned, by layer name."""
    found: dict[str, tuple[int, Quantizer | NearestQuantizer]] = {}
    for name, layer in quantized_layers(model).items():
        for role, tensor in layer.roles.items():
            quantizer = layer.quantizer(role)
            if not isinstance(quantizer, Quantizer | NearestQuantizer):
                continue
            if tensor.kind == "features" and quantizer.learn_bits:
                found[name] = (tensor.dim, quantizer)
    return found


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
    nodes = max(len(_row_bits(quantizer)) for _, quantizer in learned_features(model).values())
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
    ``λ · Σ_tensors mean(step) · Σ_nodes bits``, where λ follows the distance to the target at every training
    step; the mean step size puts the penalty on the scale of the Local Gradient, so that one set of gains serves
    every dataset.

    Args:
        model: prepared by :func:`a2q.quantize_`, as a whole or in part; each part prepared by itself is penalised by
            itself.

    Source: paper section 3.1, one-sided as in the paper's code; the target is ours.
    """
    total = torch.zeros(())
    for module in model.modules():
        budget = module._modules.get("memory_budget")
        if isinstance(budget, MemoryBudget):
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
    penalty = torch.zeros(())
    for _, quantizer in features.values():
        bits = quantizer.bounded_bits.flatten()
        if isinstance(quantizer, NearestQuantizer):
            bits = bits[quantizer.chosen]
        penalty = penalty.to(bits.device) + quantizer.step.detach().mean() * bits.sum()
    return budget.adapted_weight(model, learn=model.training) * penalty


def _row_bits(quantizer: Quantizer | NearestQuantizer) -> Tensor:
    """Effective bits of every node; under the Nearest Neighbor Strategy of those in the last forward pass."""
    bits = quantizer.effective_bits
    return bits[quantizer.chosen] if isinstance(quantizer, NearestQuantizer) else bits
