"""Which epoch is the best, chosen without the test part."""

from typing import Any

from torch import Tensor, nn

from a2q.config.a2q import A2QConfig
from a2q.config.run import RunConfig
from a2q.tasks import Metric
from a2q.training.metrics import EpochMetrics

# How far above its target an epoch's average bits may lie and still count.
TOLERANCE_BITS = 0.05


class Best:
    """Remembers the best epoch and the model's state at it, and beside it the paper's choice.

    Attributes:
        metrics: of the best epoch by validation; None before the first.
        by_test: of the epoch with the best test score, which the paper's code reports.
        state: the model's parameters and buffers at the best epoch.
    """

    def __init__(self, config: RunConfig, metric: Metric) -> None:
        quantization = config.quantization
        self._target = quantization.target_average_bits if isinstance(quantization, A2QConfig) else None
        self._sign = -1.0 if metric == "mae" else 1.0
        self.metrics: EpochMetrics | None = None
        self.by_test: EpochMetrics | None = None
        self.state: dict[str, Tensor] = {}

    def rank(self, metrics: EpochMetrics) -> tuple[bool, float, float, float]:
        """Greater is the better epoch: target kept, validation score, fewer bits (without a target), lower loss."""
        kept = self._target is None or metrics.average_bits <= self._target + TOLERANCE_BITS
        # A target says how few bits are few enough; below it, fewer are no merit.
        bits = metrics.average_bits if self._target is None else 0.0
        return (kept, self._sign * metrics.validation_score, -bits, -metrics.validation_loss)

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
