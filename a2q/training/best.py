"""Which epoch is the best, chosen without the test part."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from a2q.methods.a2q import A2QConfig
from a2q.tasks import Metric
from a2q.training.config import TrainerConfig
from a2q.training.metrics import EpochMetrics
from a2q.units import BITS_PER_KIB

# How many bits per value above and below its target an epoch may lie and still count: a target is a budget first.
MOST_ABOVE = 0.05
MOST_BELOW = 0.1


class Best:
    """Remembers the best epoch and the model's state at it, and beside it the paper's choice.

    Args:
        config: names the target for the bits, if there is one.
        metric: which scores are better, high or low ones.
        widths: columns of each quantized layer input, in the order of ``EpochMetrics.bit_counts``; for a target
            in KiB only.

    Attributes:
        metrics: of the best epoch by validation; None before the first.
        by_test: of the epoch with the best test score, which the paper's code reports.
        state: the model's parameters and buffers at the best epoch.
    """

    def __init__(self, config: TrainerConfig, metric: Metric, widths: Sequence[int] = ()) -> None:
        quantization = config.quantization if isinstance(config.quantization, A2QConfig) else A2QConfig()
        self._target_bits, self._target_kib = quantization.target_average_bits, quantization.target_kib
        self._widths = widths
        self._sign = -1.0 if metric == "mae" else 1.0
        self.metrics: EpochMetrics | None = None
        self.by_test: EpochMetrics | None = None
        self.state: dict[str, Tensor] = {}

    @property
    def missed_target(self) -> str:
        """What was asked for and what the best epoch delivers, where that is no longer at its target; else empty."""
        if self.metrics is None or not self._miss(self.metrics):
            return ""
        if self._target_bits is not None:
            return f"asked for {self._target_bits:g} average bits, delivered {self.metrics.average_bits:.2f}"
        spent, _ = self._spent(self.metrics)
        return f"asked for {self._target_kib:g} KiB, delivered {spent / BITS_PER_KIB:.4g}"

    def rank(self, metrics: EpochMetrics) -> tuple[float, float, float, float]:
        """Greater is the better epoch: at the target or nearer to it, validation score, fewer bits, lower loss."""
        has_target = self._target_bits is not None or self._target_kib is not None
        # A target says how few bits are few enough; below it, fewer are no merit.
        bits = 0.0 if has_target else metrics.average_bits
        return (-self._miss(metrics), self._sign * metrics.validation_score, -bits, -metrics.validation_loss)

    def _miss(self, metrics: EpochMetrics) -> float:
        """Bits per value between an epoch and its target; 0 where it counts as there, or there is no target."""
        if self._target_bits is not None:
            delivered, target = metrics.average_bits, self._target_bits
            kept = target - MOST_BELOW <= delivered <= target + MOST_ABOVE
            return 0.0 if kept else abs(delivered - target)
        if self._target_kib is None:
            return 0.0
        (spent, values), budget = self._spent(metrics), self._target_kib * BITS_PER_KIB
        kept = budget - MOST_BELOW * values <= spent <= budget + MOST_ABOVE * values
        return 0.0 if kept else abs(spent - budget) / values

    def _spent(self, metrics: EpochMetrics) -> tuple[int, int]:
        """Bits of all quantized layer inputs, and how many values these are."""
        pairs = list(zip(self._widths, metrics.bit_counts, strict=True))
        values = sum(width * sum(counts) for width, counts in pairs)
        return sum(width * bits * nodes for width, counts in pairs for bits, nodes in enumerate(counts)), values

    def offer(self, metrics: EpochMetrics, model: nn.Module) -> None:
        """Remember the epoch if it is the best so far."""
        if self.metrics is None or self.rank(metrics) > self.rank(self.metrics):
            self.metrics = metrics
            self.state = {name: value.clone() for name, value in model.state_dict().items()}
        if self.by_test is None or self._sign * metrics.test_score > self._sign * self.by_test.test_score:
            self.by_test = metrics

    def state_dict(self) -> dict[str, Any]:
        """Plain values and tensors."""
        return {
            "metrics": vars(self.metrics) if self.metrics else None,
            "by_test": vars(self.by_test) if self.by_test else None,
            "state": self.state,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the values of :meth:`state_dict`."""
        self.metrics = EpochMetrics(**state["metrics"]) if state["metrics"] else None
        self.by_test = EpochMetrics(**state["by_test"]) if state["by_test"] else None
        self.state = state["state"]
