"""A target for the bits: how hard training pulls towards it, and the last step onto it."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from a2q.methods.a2q import A2QConfig
from a2q.quantize.learned_features import learned_features, row_bits
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

    Attributes:
        followed: whether :meth:`follow` was called at all.

    Source: the controller is ours.
    """

    log_weight: Tensor

    def __init__(self, config: A2QConfig) -> None:
        super().__init__()
        self.config = config
        self.followed = False
        self.register_buffer("log_weight", torch.tensor(math.log(FIRST_WEIGHT)))

    @property
    def has_target(self) -> bool:
        """Whether the weight follows a target instead of being fixed."""
        return self.config.target_average_bits is not None or self.config.target_kib is not None

    @torch.no_grad()
    def weight(self, model: nn.Module) -> Tensor:
        """λ as it is in use now: what was learned of it, and how far the bits of ``model`` are from the target."""
        return (self.log_weight + PROPORTIONAL_GAIN * self._error(model)).exp()

    @torch.no_grad()
    def follow(self, model: nn.Module) -> None:
        """One step of the controller; bounded, so that a target out of reach for now does not wind it up."""
        self.followed = True
        self.log_weight.add_(INTEGRAL_GAIN * self._error(model)).clamp_(-LARGEST_LOG_WEIGHT, LARGEST_LOG_WEIGHT)

    @torch.no_grad()
    def meet(self, model: nn.Module) -> None:
        """Move the bits of ``model`` onto the target, :func:`meet_target`."""
        if abs(self._excess_bits(model, taken=True)) > NEAR_ENOUGH:
            self._move(model)
        for _, quantizer in learned_features(model).values():
            if isinstance(quantizer, NearestQuantizer):
                quantizer.forget_taken()

    def _move(self, model: nn.Module) -> None:
        features = [quantizer for _, quantizer in learned_features(model).values()]
        learned = [quantizer.bits.clone() for quantizer in features]
        low, high = -FARTHEST, FARTHEST
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            for quantizer, bits in zip(features, learned, strict=True):
                quantizer.bits.copy_(bits + middle).clamp_(quantizer.min_bits, quantizer.max_bits)
            low, high = (low, middle) if self._excess_bits(model, taken=True) > 0 else (middle, high)
        if abs(self._excess_bits(model, taken=True)) > NEAR_ENOUGH:
            self._part_equals(model, learned, low, high)
        for quantizer, bits in zip(features, learned, strict=True):
            if isinstance(quantizer, NearestQuantizer):
                quantizer.keep_ranges(bits)

    def _part_equals(self, model: nn.Module, learned: list[Tensor], low: float, high: float) -> None:
        """Let only some of the nodes take the next width that one move would give to too many or to none.

        Moved by ``low`` all are below the target, by the hair's breadth more of ``high`` above it. Those that differ
        take the next width one by one, as long as each brings the average nearer: the nearest to it first, then the
        larger step size (there a bit saves more error), then the lower number.
        """
        features = list(learned_features(model).values())
        above = []
        for (_, quantizer), bits in zip(features, learned, strict=True):
            above.append((bits + high).clamp(quantizer.min_bits, quantizer.max_bits))
            quantizer.bits.copy_(bits + low).clamp_(quantizer.min_bits, quantizer.max_bits)
        excess, shares = self._excess_bits(model, taken=True), self._shares(model)
        waiting = []
        for number, (_, quantizer) in enumerate(features):
            short = above[number].round().flatten() - 0.5 - (learned[number] + low).flatten()
            moved = (above[number].round() > quantizer.bits.round()).flatten().nonzero().flatten().tolist()
            waiting += [(short[node].item(), -quantizer.step[node].item(), number, node) for node in moved]
        for _, _, number, node in sorted(waiting):
            nearer = excess + shares[number][node]
            if abs(nearer) < abs(excess):
                features[number][1].bits[node] = above[number][node]
                excess = nearer

    def _error(self, model: nn.Module) -> float:
        return max(-LARGEST_ERROR, min(LARGEST_ERROR, self._excess_bits(model)))

    def _excess_bits(self, model: nn.Module, taken: bool = False) -> float:
        """Bits per value above the target; of groups as the last forward pass chose them, or all that were taken."""
        features = learned_features(model).values()
        means = [_mean_bits(quantizer, taken) for _, quantizer in features]
        if self.config.target_average_bits is not None:
            return sum(means) / len(means) - self.config.target_average_bits
        assert self.config.target_kib is not None  # has_target
        values = sum(dim * quantizer.bits.numel() for dim, quantizer in features)
        spent = sum(dim * quantizer.effective_bits.sum().item() for dim, quantizer in features)
        return spent / values - self.config.target_kib * BITS_PER_KIB / values

    def _shares(self, model: nn.Module) -> list[list[float]]:
        """By how much one bit more of each node, or group, raises :meth:`_excess_bits`; one list for each tensor."""
        features = learned_features(model).values()
        if self.config.target_average_bits is None:
            values = sum(dim * quantizer.bits.numel() for dim, quantizer in features)
            return [[dim / values] * quantizer.bits.numel() for dim, quantizer in features]
        rows = [
            (
                quantizer.taken
                if quantizer.taken.any()
                else torch.bincount(quantizer.chosen, minlength=len(quantizer.bits))
            ).double()
            if isinstance(quantizer, NearestQuantizer)
            else torch.ones(quantizer.bits.numel(), dtype=torch.float64)
            for _, quantizer in features
        ]
        return [(counts / counts.sum() / len(rows)).tolist() for counts in rows]


def _mean_bits(quantizer: Quantizer | NearestQuantizer, taken: bool) -> float:
    rows = quantizer.taken.double() if isinstance(quantizer, NearestQuantizer) else torch.zeros(())
    # Nothing is counted right after a move: what the last pass chose is all there is then.
    if not taken or not rows.any():
        return row_bits(quantizer).double().mean().item()
    return (quantizer.effective_bits.double() @ rows / rows.sum()).item()


def follow_target(model: nn.Module) -> None:
    """One step of the controller that trains bits to their target; without a target, or learned bits, nothing.

    Call it once in every training step, after the forward pass and before :func:`memory_penalty`, whose weight λ it
    sets: ``log λ ← log λ + 0.1 e``, e the distance of the rounded average from the target, bounded by ±0.5 bits.

    Args:
        model: prepared by :func:`a2q.quantize_`, as a whole or in part.

    Raises:
        ValueError: there has been no forward pass (Nearest Neighbor Strategy).

    Source: ours.
    """
    for module, budget in budgets(model):
        if budget.has_target and learned_features(module):
            budget.follow(module)


def meet_target(model: nn.Module) -> None:
    """Move the bits of all nodes together so that their rounded mean is the target; within 0.05 bits do nothing.

    λ answers late, since Adam remembers a thousand steps, so the bits swing about their target. Called after each
    optimizer step, or each epoch, of the last part of training, this lets them end there. Who has more bits than whom
    stays as learned; of nodes with equal bits only as many move as are needed, so that the mean ends within 0.05 bits
    of every target that the bounds allow.

    Under the Nearest Neighbor Strategy groups move, as near to the target as whole groups allow: those that nodes chose
    in training (or evaluation) since the last call, each keeping its clipping range, so that nodes keep their groups.

    Args:
        model: prepared by :func:`a2q.quantize_`, as a whole or in part; without a target nothing moves.

    Raises:
        ValueError: as :func:`follow_target`.

    Source: ours.
    """
    for module, budget in budgets(model):
        if budget.has_target and learned_features(module):
            budget.meet(module)


def budgets(model: nn.Module) -> Iterator[tuple[nn.Module, MemoryBudget]]:
    """Every module that was prepared by itself, with what it may spend."""
    for module in model.modules():
        budget = module._modules.get("memory_budget")
        if isinstance(budget, MemoryBudget):
            yield module, budget
