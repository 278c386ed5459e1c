"""Settings found by a short search on validation, kept so that FP32 and every method take the same ones."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter, ValidationError

from a2q.config import ConfigError
from a2q.datasets import card
from a2q.experiments.presets import preset
from a2q.experiments.problem import problem
from a2q.experiments.results import SCORES
from a2q.experiments.run_config import RunConfig
from a2q.experiments.search import Tried, best, random_settings, search
from a2q.experiments.settings import settings_of
from a2q.home import cache_file
from a2q.jobs import write_whole
from a2q.tasks import Metric

TRIALS = 12
"""How many settings are tried; the first are the preset's."""
# Part of the files' names: raise it when other settings would be found.
_RECIPE = 1
_SEARCHED = {
    "training.weight_decay": "weight decay",
    "model.dropout": "dropout",
    "model.hidden": "width",
    "training.lr": "learning rate",
}
# What a network is trained by besides; the rest is of quantizers and of the FP32 network that is started from.
_KEPT = ("epochs", "batch_size", "schedule", "patience", "hide_test", "metric")

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        tried: every trial that gave numbers.
        preset: the preset's settings, which were tried first.
        metric: what its scores are.
        before: whether an earlier search was taken.
    """

    tried: tuple[Tried, ...]
    preset: dict[str, float]
    metric: Metric
    before: bool

    @property
    def settings(self) -> dict[str, float]:
        """The best settings, by the names that :func:`a2q.experiments.settings.change` takes."""
        return best(self.tried, self.metric).settings

    @property
    def told(self) -> str:
        """One sentence: what was found, against what, at which cost."""
        chosen, score = best(self.tried, self.metric), SCORES[self.metric]
        values = ", ".join(f"{name} {chosen.settings[path]:g}" for path, name in _SEARCHED.items())
        seconds = sum(one.seconds for one in self.tried)
        when = "Found by an earlier search" if self.before else "Found by a search"
        by_preset = [score.text(one.validation) for one in self.tried if one.settings == self.preset]
        held = f", the preset's settings {by_preset[0]}" if by_preset else ""
        return (
            f"{when} of {len(self.tried)} settings of the FP32 network in {seconds:,.0f} s: {values}; validation "
            f"{score.name} {score.text(chosen.validation)}{held}."
        )


def find_settings(config: RunConfig, progress: Progress = lambda share, stage: None) -> Found:
    """Search settings for the network of a run, whatever its method; the same network on the same graph is searched
    once.

    The test part is not consulted. The preset's settings are tried first, so that none worse on validation are found.

    Args:
        config: a run's; its seed, method and what is searched do not count.
        progress: told the share that is done and a sentence.

    Raises:
        DatasetError: the dataset cannot be had.
        ConfigError: no settings gave a number.
    """
    base = _base(config)
    settings = _settings(base)
    metric: Metric = "mae" if card(config.dataset.name).task.endswith("regression") else config.training.metric
    file = cache_file("searches", f"{config.dataset.name}-{_RECIPE}-{base.digest}.json")
    try:
        kept = TypeAdapter(tuple[Tried, ...]).validate_json(file.read_bytes())
        return Found(kept, settings[0], metric, before=True)
    except (OSError, ValidationError):
        pass
    task = problem(base, progress).task
    tried: list[Tried] = []
    for one in search(task, base, settings):
        tried.append(one)
        progress(len(tried) / len(settings), f"Searching settings, {len(tried)} of {len(settings)}")
    if not tried:
        raise ConfigError(
            "No settings can be trained with: the loss is no number from the start; look at the features."
        )
    write_whole(file, json.dumps([asdict(one) for one in tried]).encode())
    return Found(tuple(tried), settings[0], metric, before=False)


def _base(config: RunConfig) -> RunConfig:
    """The FP32 network that is searched: the same for every method and seed."""
    start = preset("fp32", config.dataset, config.model.name)
    training = start.training.model_copy(update={name: getattr(config.training, name) for name in _KEPT})
    shape = {"hidden": start.model.hidden, "dropout": start.model.dropout}
    return start.model_copy(update={"training": training, "model": config.model.model_copy(update=shape)})


def _settings(base: RunConfig) -> list[dict[str, float]]:
    """What is tried, the preset's settings first."""
    of_preset = settings_of(base)
    heads = base.model.heads if base.model.name == "gat" else 1
    return [{path: of_preset[path] for path in _SEARCHED}, *random_settings(TRIALS - 1, heads)]
