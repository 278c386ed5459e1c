"""A short search on the validation part for the settings of a network, in FP32."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.methods.fp32 import FP32Config
from a2q.tasks import Task
from a2q.training import Trainer, TrainingDivergedError

PATIENCE = 50
"""Epochs after the best one at which a trial ends."""
_WIDTH, _DECAY, _DECAYS = "model.hidden", "training.weight_decay", (1e-5, 5e-2)
_SPACE = {
    _WIDTH: (16, 32, 64, 128),
    "model.dropout": (0.0, 0.2, 0.35, 0.5, 0.65, 0.8),
    "training.lr": (0.003, 0.01, 0.03),
}


@dataclass(frozen=True)
class Tried:
    """One trial.

    Attributes:
        settings: by the names that :func:`a2q.experiments.settings.change` takes.
        validation: best validation score, by the task's metric.
        validation_loss: at the same epoch.
        test: test score at the same epoch, which nothing is chosen by.
        epochs: trained, until there was no better one for 50.
        seconds: processor time.
    """

    settings: dict[str, float]
    validation: float
    validation_loss: float
    test: float
    epochs: int
    seconds: float


def random_settings(trials: int, heads: int = 1) -> list[dict[str, float]]:
    """Settings drawn at random: width, dropout and learning rate of a few values, weight decay between 0.00001 and
    0.05, alike in its logarithm. It is always the same list.

    Args:
        trials: how many.
        heads: attention heads that share a width.
    """
    from scipy.stats import loguniform
    from sklearn.model_selection import ParameterSampler

    space = {**_SPACE, _DECAY: loguniform(*_DECAYS)}
    drawn = ParameterSampler(space, trials, random_state=0)
    return [{**one, _WIDTH: max(1, one[_WIDTH] // heads), _DECAY: float(f"{one[_DECAY]:.2g}")} for one in drawn]


def search(task: Task, config: RunConfig, trials: Sequence[Mapping[str, float]]) -> Iterator[Tried]:
    """Train the FP32 network of a run once with each of these settings, and yield how each trial ended.

    Settings that end in no number before the first epoch is over are passed over.
    """
    plain = {"warm_start": False, "distillation": 0.0, "teacher_weight_decay": None, "teacher_dropout": None}
    training = config.training.model_copy(update=plain)
    base = config.model_copy(update={"quantization": FP32Config(), "training": training})
    for settings in trials:
        tried = _try(Trainer(task, with_settings(base, settings)), dict(settings))
        if tried is not None:
            yield tried


def with_settings(config: RunConfig, settings: Mapping[str, float]) -> RunConfig:
    """A run with these settings, for the FP32 network that it starts from too."""
    chosen = [f"{name}={value:g}" for name, value in settings.items()]
    return change(config, [*chosen, "training.teacher_weight_decay=", "training.teacher_dropout="])


def best(tried: Sequence[Tried], metric: str) -> Tried:
    """The trial with the best validation score; among equals the one with the lowest validation loss."""
    sign = -1.0 if metric == "mae" else 1.0
    return max(tried, key=lambda one: (sign * one.validation, -one.validation_loss))


def _try(trainer: Trainer, settings: dict[str, float]) -> Tried | None:
    began = time.process_time()
    with suppress(TrainingDivergedError):
        while not trainer.finished and trainer.epoch - _best_epoch(trainer) < PATIENCE:
            trainer.run_epoch()
    found = trainer.best.metrics
    if found is None:
        return None
    return Tried(
        settings=settings,
        validation=found.validation_score,
        validation_loss=found.validation_loss,
        test=found.test_score,
        epochs=trainer.epoch,
        seconds=time.process_time() - began,
    )


def _best_epoch(trainer: Trainer) -> int:
    return 0 if trainer.best.metrics is None else trainer.best.metrics.epoch
