"""One training run, epoch by epoch, stoppable and resumable at every epoch."""

import copy
import io
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from a2q.config import ConfigError
from a2q.graph import Graph, prepare
from a2q.methods.a2q import A2QConfig
from a2q.methods.fixed_bits import FixedBitsConfig
from a2q.methods.fp32 import FP32Config
from a2q.models import Network
from a2q.quantize import (
    follow_target,
    learned_features,
    meet_target,
    memory_penalty,
    quantize_,
    quantizer_param_groups,
)
from a2q.quantizers import NearestQuantizer
from a2q.tasks import Batch, InductiveNodeTask, NodeTask, Task, forward
from a2q.training.assignment import assign_bits
from a2q.training.best import Best
from a2q.training.bits import BitCounter
from a2q.training.config import TrainerConfig
from a2q.training.distillation import distillation_loss
from a2q.training.metrics import EpochMetrics
from a2q.training.own_model import check_output, seeded_forward, trainable_copy
from a2q.training.schedule import Schedule

if TYPE_CHECKING:
    from torch_geometric.data import Data

# The share of the epochs after which bits that are off their target are moved there.
_SETTLED = 0.75


class TrainingDivergedError(RuntimeError):
    """The loss became infinite or not a number; the message says what to change."""


class Trainer:
    """Trains one network on one task and remembers its best epoch.

    The best epoch has the best validation score; among equals the fewest average bits, then the lowest
    validation loss. With a target for the bits only epochs at most 0.05 bits above and 0.1 below it count; where there
    are none, the nearest to it is the best. Fewer bits are no merit then. The test part is never consulted.

    Args:
        task: PyG ``Data`` with masks, a prepared graph, or any :class:`a2q.tasks.Task`.
        config: every setting; the same config on the same task gives the same history.
        model: a model of the user's, built of ``GCNConv``, ``GINConv``, ``GATConv``, ``SAGEConv`` and ``Linear``, in
            place of the one that ``config.model`` describes; see :func:`a2q.tasks.forward` for how it is called. A
            copy of it is trained, from its weights on; its dropout is its own. With a warm start another copy is
            trained in FP32 first.

    Raises:
        ConfigError: the task is none, or the model cannot be called on it or gives something else than its classes.
        UnsupportedLayerError: the model has a layer that cannot be quantized.
        ValueError: the data has no features, labels, edges or masks, or not one for each node.

    Attributes:
        fp32_test_score: test score of the FP32 network that a quantized one started from, at its own best epoch;
            None without a warm start, and before its end. Nothing is chosen by it.
        fp32_predictions: class or value that network predicts for every item, [items]; None likewise.

    Source: hyper-parameter groups of the paper's code; selection on validation, warm start and distillation
    are ours.
    """

    def __init__(self, task: "Task | Graph | Data", config: TrainerConfig, model: nn.Module | None = None) -> None:
        self.task: Task = _task(task, config)
        self.config = config
        self.generator = torch.Generator().manual_seed(config.seed)
        self._own = None if model is None else trainable_copy(model)
        self.model = (
            Network(self.task.shape, config.model, self.generator) if self._own is None else copy.deepcopy(self._own)
        )
        nodes = self.task.nodes(self.generator)
        quantize_(
            self.model,
            config.quantization,
            num_nodes=nodes.count,
            in_degree=nodes.in_degree,
            generator=self.generator,
        )
        self.epoch = 0
        self.best = Best(config, self.task.metric, [width for width, _ in learned_features(self.model).values()])
        self.fp32_test_score: float | None = None
        self.fp32_predictions: Tensor | None = None
        self._teacher: Trainer | None = None
        self._teacher_scores: Tensor | None = None
        self._given_bits: dict[str, Tensor] | None = None
        if config.training.warm_start and config.quantization.quantizes:
            self._teacher = Trainer(self.task, teacher_config(config), self._own)
        else:
            self._calibrate()
        # Many small tensors: one fused update for all of them instead of a dozen operations for each.
        groups = quantizer_param_groups(self.model, **_rates(config))
        self.optimizer = torch.optim.Adam(groups, fused=True)
        self._schedule = Schedule(self.optimizer, config.training)
        self._bits = BitCounter(self.model, nodes.count)

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self.epoch >= self.config.training.epochs

    def warm_up(self) -> Iterator[float]:
        """Train the FP32 network that the quantized one starts from, if the config asks for it.

        Yields:
            The share that is done, after each of its epochs.
        """
        teacher = self._teacher
        if teacher is None:
            return
        while not teacher.finished:
            teacher.run_epoch()
            yield teacher.epoch / teacher.config.training.epochs
        self.start_from(teacher)

    def start_from(self, teacher: "Trainer") -> None:
        """Start from a trained FP32 network, and learn from it where the config says so; ends the warm-up.

        Args:
            teacher: trained by :func:`a2q.training.trainer.teacher_config` of this config on the same task; one can
                start any number of trainers whose settings differ in the quantization alone.
        """
        teacher.restore_best()
        assert teacher.best.metrics is not None  # It has trained.
        self.fp32_test_score = teacher.best.metrics.test_score
        # The student has quantizers besides; every weight of the teacher exists in it under the same name.
        self.model.load_state_dict(teacher.model.state_dict(), strict=False)
        scores = self.task.predict(teacher.model)
        self.fp32_predictions = scores.argmax(1) if scores.shape[1] > 1 else scores.squeeze(1)
        if self.config.training.distillation:
            self._teacher_scores = scores
        self._teacher = None
        self._calibrate()

    def run_epoch(self) -> EpochMetrics:
        """Train one epoch, evaluate once without autograd, and remember the epoch if it is the best so far.

        Raises:
            TrainingDivergedError: the loss is no longer a number.
        """
        for _ in self.warm_up():
            pass
        if self.epoch == 0:
            self._assign_bits()
        started = time.perf_counter()
        loss, penalty = self.train_epoch()
        self.epoch += 1
        if self.epoch > _SETTLED * self.config.training.epochs:
            self._meet_target()
        self._bits.reset()
        evaluation = self.task.evaluate(self.model)
        metrics = EpochMetrics(
            epoch=self.epoch,
            loss=loss,
            penalty=penalty,
            train_score=evaluation.train,
            validation_score=evaluation.validation,
            test_score=evaluation.test,
            validation_loss=evaluation.validation_loss,
            average_bits=self._bits.average,
            bit_counts=self._bits.counts,
            seconds=time.perf_counter() - started,
        )
        if metrics.diverged:
            raise TrainingDivergedError(
                f"The loss stopped being a number in epoch {metrics.epoch}; lower the learning rates and train again."
            )
        self._schedule.step(evaluation.validation_loss)
        self.best.offer(metrics, self.model)
        return metrics

    def give_bits(self, bits: Mapping[str, Tensor]) -> None:
        """Bitwidths that a method with fixed bits takes from elsewhere; to be called before the first epoch.

        Args:
            bits: effective bits, [num_nodes], by layer name, as :func:`a2q.node_bits` gives them.
        """
        self._given_bits = dict(bits)

    def train_epoch(self) -> tuple[float, float]:
        """All training steps of one epoch; returns the mean task loss and memory penalty."""
        self.model.train()
        losses, penalties = [], []
        for batch in self.task.batches(self.generator):
            self.optimizer.zero_grad()
            scores = self._scores(batch)
            labelled = scores if batch.labelled is None else scores.index_select(0, batch.labelled)
            loss = self.task.loss(labelled, batch.labels)
            follow_target(self.model)
            penalty = memory_penalty(self.model)
            (loss + penalty + self._distillation_term(scores, batch)).backward()
            self.optimizer.step()
            losses.append(loss.item())
            penalties.append(penalty.item())
        return sum(losses) / len(losses), sum(penalties) / len(penalties)

    def restore_best(self) -> None:
        """Put the weights, step sizes and bits of the best epoch back into the model."""
        self.model.load_state_dict(self.best.state)

    def checkpoint(self) -> bytes:
        """Everything needed to go on from here as if never stopped."""
        buffer = io.BytesIO()
        torch.save(self._state(), buffer)
        return buffer.getvalue()

    def resume(self, checkpoint: bytes) -> None:
        """Take up the state of :meth:`checkpoint`; nothing but tensors and plain values is read."""
        self._take_up(torch.load(io.BytesIO(checkpoint), weights_only=True))

    def _state(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "generator": self.generator.get_state(),
            "best": self.best.state_dict(),
            "fp32_test_score": self.fp32_test_score,
            "fp32_predictions": self.fp32_predictions,
            "teacher": None if self._teacher is None else self._teacher._state(),
            "teacher_scores": self._teacher_scores,
        }

    def _take_up(self, state: dict[str, Any]) -> None:
        self.epoch = state["epoch"]
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self.generator.set_state(state["generator"])
        self.best.load_state_dict(state["best"])
        # Checkpoints of earlier versions have none.
        self.fp32_test_score = state.get("fp32_test_score")
        self.fp32_predictions = state.get("fp32_predictions")
        self._teacher, self._teacher_scores = None, state["teacher_scores"]
        if state["teacher"] is not None:
            self._teacher = Trainer(self.task, teacher_config(self.config), self._own)
            self._teacher._take_up(state["teacher"])

    def _scores(self, batch: Batch) -> Tensor:
        """Output rows of a training step."""
        if self._own is None:
            return forward(self.model, batch)
        return seeded_forward(self.model, batch, self.generator)

    @torch.no_grad()
    def distillation_loss(self) -> float | None:
        """The distillation loss over all items, dropout off and without its weight; None without a teacher."""
        if self._teacher_scores is None:
            return None
        scores, temperature = self.task.predict(self.model), self.config.training.temperature
        return distillation_loss(scores, self._teacher_scores, temperature, self.task.metric).item()

    def _distillation_term(self, scores: Tensor, batch: Batch) -> Tensor | float:
        """The distillation term; 0 without a teacher."""
        if self._teacher_scores is None:
            return 0.0
        settings = self.config.training
        teacher = self._teacher_scores[batch.items]
        return settings.distillation * distillation_loss(scores, teacher, settings.temperature, self.task.metric)

    def _assign_bits(self) -> None:
        """Fix the bits of every node, where the method does so before training."""
        settings = self.config.quantization
        if isinstance(settings, FixedBitsConfig):
            first, metric = self._first_batch(), self.task.metric
            assign_bits(self.model, first, settings, metric, self.config.seed, self._given_bits)

    def _first_batch(self) -> Batch:
        return next(iter(self.task.batches(torch.Generator().manual_seed(self.config.seed))))

    @torch.no_grad()
    def _meet_target(self) -> None:
        """Move bits that are off their target; of groups those that nodes of the training part choose in evaluation."""
        if any(isinstance(quantizer, NearestQuantizer) for _, quantizer in learned_features(self.model).values()):
            self.model.eval()
            for batch in self.task.batches(torch.Generator().manual_seed(self.config.seed)):
                forward(self.model, batch)
        meet_target(self.model)

    @torch.no_grad()
    def _calibrate(self) -> None:
        """Let every quantizer meet its first values, first layer first, without dropout."""
        self.model.eval()
        first = self._first_batch()
        if self._own is None:
            forward(self.model, first)
        else:
            check_output(self.model, self.task, first)


def _task(given: "Task | Graph | Data", config: TrainerConfig) -> Task:
    """The task itself, or that of a graph's nodes."""
    if isinstance(given, Graph):
        return node_task(given, config)
    # Not by class: importing PyG's takes seconds, and who has such an object has imported it.
    if hasattr(given, "edge_index"):
        return node_task(prepare(given), config)
    if not hasattr(given, "batches"):
        raise ConfigError(
            f"A {type(given).__name__} is nothing to train on; give torch_geometric.data.Data with masks (of a dataset "
            "its first item: dataset[0]), a graph made by a2q.prepare, or a task."
        )
    return given


def node_task(graph: Graph, config: TrainerConfig) -> NodeTask:
    """Classification of a graph's nodes, the test nodes seen in training or hidden, as the config says."""
    if not config.training.hide_test:
        return NodeTask(graph, config.training.metric)
    quantization = config.quantization
    rule = quantization.unseen if isinstance(quantization, A2QConfig | FixedBitsConfig) else "value"
    return InductiveNodeTask(graph, rule, config.training.metric)


def teacher_config(config: TrainerConfig) -> TrainerConfig:
    """The FP32 network of the same shape and seed that a quantized one starts from."""
    given = config.training
    decay = given.weight_decay if given.teacher_weight_decay is None else given.teacher_weight_decay
    plain = {"warm_start": False, "distillation": 0.0, "teacher_weight_decay": None, "teacher_dropout": None}
    training = given.model_copy(update={**plain, "weight_decay": decay})
    dropout = config.model.dropout if given.teacher_dropout is None else given.teacher_dropout
    model = config.model.model_copy(update={"dropout": dropout})
    return config.model_copy(update={"quantization": FP32Config(), "training": training, "model": model})


def _rates(config: TrainerConfig) -> dict[str, float]:
    names = ("weight_decay", "lr", "lr_weight_step", "lr_xw_step", "lr_feature_step", "lr_attention_step", "lr_bits")
    return {name: getattr(config.training, name) for name in names}
