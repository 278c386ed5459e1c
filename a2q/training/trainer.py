"""One training run, epoch by epoch, stoppable and resumable at every epoch."""

import io
import time
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from a2q.config.run import RunConfig
from a2q.graph import Graph
from a2q.models.gcn import GCN
from a2q.training.metrics import EpochMetrics
from a2q.training.optimizer import build_optimizer
from a2q.training.penalty import memory_penalty
from a2q.training.start import start_at_random, start_from_data

FULL_PRECISION_BITS = 32
MOST_BITS = 8


class TrainingDivergedError(RuntimeError):
    """The loss became infinite or not a number; the message says what to change."""


class Trainer:
    """Trains one network on one graph and remembers its best epoch.

    The best epoch has the highest validation accuracy; among equals the fewest average bits, then the
    lowest validation loss. The test nodes are never consulted for a choice.

    Args:
        graph: the prepared task.
        config: every setting; the same config on the same graph gives the same history.

    Source: hyper-parameter groups of the paper's code; selection on validation is ours.
    """

    def __init__(self, graph: Graph, config: RunConfig) -> None:
        self.graph, self.config = graph, config
        self.generator = torch.Generator().manual_seed(config.seed)
        self.model = GCN(graph, config.model, config.quantization, self.generator)
        if config.quantization is not None:
            if config.quantization.start == "data":
                start_from_data(self.model, graph)
            else:
                start_at_random(self.model, self.generator)
        self.optimizer = build_optimizer(self.model, config.training)
        self.epoch = 0
        self.best: EpochMetrics | None = None
        self.best_test: EpochMetrics | None = None
        self._best_state: dict[str, Tensor] = {}
        # Indices rather than masks: one gather an epoch instead of a scan over all nodes.
        self._nodes = {
            "train": graph.train.nonzero().flatten(),
            "validation": graph.validation.nonzero().flatten(),
            "test": graph.test.nonzero().flatten(),
        }

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self.epoch >= self.config.training.epochs

    def run_epoch(self) -> EpochMetrics:
        """Train one epoch, evaluate once without autograd, and remember the epoch if it is the best so far.

        Raises:
            TrainingDivergedError: the loss is no longer a number.
        """
        started = time.perf_counter()
        loss, penalty = self.train_step()
        self.epoch += 1
        metrics = self._evaluate(loss, penalty, started)
        if metrics.diverged:
            raise TrainingDivergedError(
                f"The loss stopped being a number in epoch {metrics.epoch}; lower the learning rates and train again."
            )
        if self.best is None or metrics.rank > self.best.rank:
            self.best = metrics
            self._best_state = {name: value.clone() for name, value in self.model.state_dict().items()}
        if self.best_test is None or metrics.test_accuracy > self.best_test.test_accuracy:
            self.best_test = metrics
        return metrics

    def train_step(self) -> tuple[float, float]:
        """One forward pass, backward pass and optimizer step; returns task loss and memory penalty."""
        self.model.train()
        self.optimizer.zero_grad()
        nodes = self._nodes["train"]
        loss = cross_entropy(self.model(self.graph).index_select(0, nodes), self.graph.labels[nodes])
        penalty = memory_penalty(self.model, self.config.training)
        (loss + penalty).backward()
        self.optimizer.step()
        return loss.item(), penalty.item()

    def restore_best(self) -> None:
        """Put the weights, step sizes and bits of the best epoch back into the model."""
        self.model.load_state_dict(self._best_state)

    def checkpoint(self) -> bytes:
        """Everything needed to go on from here as if never stopped."""
        buffer = io.BytesIO()
        torch.save(
            {
                "epoch": self.epoch,
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "generator": self.generator.get_state(),
                "best": vars(self.best) if self.best else None,
                "best_test": vars(self.best_test) if self.best_test else None,
                "best_state": self._best_state,
            },
            buffer,
        )
        return buffer.getvalue()

    def resume(self, checkpoint: bytes) -> None:
        """Take up the state of :meth:`checkpoint`; nothing but tensors and plain values is read."""
        state: dict[str, Any] = torch.load(io.BytesIO(checkpoint), weights_only=True)
        self.epoch = state["epoch"]
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.best = EpochMetrics(**state["best"]) if state["best"] else None
        self.best_test = EpochMetrics(**state["best_test"]) if state["best_test"] else None
        self._best_state = state["best_state"]

    @torch.no_grad()
    def _evaluate(self, loss: float, penalty: float, started: float) -> EpochMetrics:
        self.model.eval()
        scores = self.model(self.graph)
        correct = scores.argmax(1) == self.graph.labels
        accuracy = {name: correct[nodes].double().mean().item() for name, nodes in self._nodes.items()}
        validation = self._nodes["validation"]
        bits = [quantizer.effective_bits for quantizer in self.model.node_quantizers().values()]
        averages = [layer.double().mean().item() for layer in bits]
        return EpochMetrics(
            epoch=self.epoch,
            loss=loss,
            penalty=penalty,
            train_accuracy=accuracy["train"],
            validation_accuracy=accuracy["validation"],
            test_accuracy=accuracy["test"],
            validation_loss=cross_entropy(scores[validation], self.graph.labels[validation]).item(),
            average_bits=sum(averages) / len(averages) if averages else FULL_PRECISION_BITS,
            bit_counts=[torch.bincount(layer, minlength=MOST_BITS + 1).tolist() for layer in bits],
            seconds=time.perf_counter() - started,
        )
