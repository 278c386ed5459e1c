"""Trains what docs/settings.md shows and keeps each result as soon as it is there."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from a2q.experiments.presets import preset
from a2q.experiments.problem import Problem, problem
from a2q.experiments.run_config import RunConfig
from a2q.experiments.search import Tried, best, random_settings, search, with_settings
from a2q.experiments.settings import change
from a2q.models.config import ModelName
from a2q.training import Trainer
from a2q.training.config import TrainingConfig
from chosen_settings.sets import Graph

TRIALS = 30
BEFORE = ("training.weight_decay=0.02", "model.dropout=0.35", "model.hidden=16")


@dataclass(frozen=True)
class Row:
    """What is trained on each graph.

    Attributes:
        title: as the page names it.
        preset: whose settings.
        settings: changed of it.
        searched: whether the search's settings take their place.
    """

    title: str
    preset: str
    settings: tuple[str, ...] = ()
    searched: bool = False

    def config(self, graph: Graph, model: ModelName, seed: int, found: Tried | None) -> RunConfig:
        """The run of one seed."""
        config = change(preset(self.preset, graph.dataset(seed), model), [*self.settings, f"seed={seed}"])
        return with_settings(config, found.settings) if self.searched and found else config


ROWS = (
    Row("FP32, textbook", "fp32-textbook"),
    Row("FP32, Cora's settings", "fp32-textbook", BEFORE),
    Row("FP32, best of 30", "fp32", searched=True),
    Row("FP32, chosen", "fp32"),
    Row("A²Q, chosen", "a2q"),
)


class Results:
    """All results so far, in one JSON file: what is there is not trained again.

    Args:
        file: where they are kept.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, dict[str, Any]] = {"trials": {}, "runs": {}}
        if file.is_file():
            self._known = json.loads(file.read_text(encoding="utf-8"))

    def trials(self, graph: Graph) -> list[Tried]:
        """Those of the search on a graph."""
        return [Tried(**trial) for trial in self._known["trials"].get(graph.name, [])]

    def found(self, graph: Graph) -> Tried | None:
        """The best of a finished search."""
        tried = self.trials(graph)
        return best(tried, "accuracy") if len(tried) == TRIALS else None

    def of(self, graph: Graph, row: Row, model: ModelName = "gcn") -> list[dict[str, float]]:
        """The results of a row on a graph, one for each seed; none before all are trained with today's settings."""
        if row.searched and self.found(graph) is None:
            return []
        runs = [self._known["runs"].get(config.digest) for config in self._configs(graph, row, model)]
        return [] if None in runs else runs

    def search(self, graph: Graph) -> None:
        """Make the trials that are missing."""
        if not graph.searched or self.found(graph) is not None:
            return
        kept = self._known["trials"].setdefault(graph.name, [])
        start = preset("fp32-textbook", graph.dataset(0), "gcn")
        for tried in search(_problem(start).task, start, random_settings(TRIALS)[len(kept) :]):
            kept.append(asdict(tried))
            self._save()

    def train(self, graph: Graph, row: Row, model: ModelName = "gcn") -> None:
        """Train the seeds that are missing."""
        if row.searched and self.found(graph) is None:
            return
        for config in self._configs(graph, row, model):
            if config.digest not in self._known["runs"]:
                self._known["runs"][config.digest] = _train(config)
                self._save()

    def _configs(self, graph: Graph, row: Row, model: ModelName) -> Iterator[RunConfig]:
        found = self.found(graph)
        return (row.config(graph, model, seed, found) for seed in range(graph.seeds))

    def seconds(self) -> float:
        """Processor time of everything that is kept."""
        tried = (trial["seconds"] for trials in self._known["trials"].values() for trial in trials)
        return sum(tried) + sum(run["seconds"] for run in self._known["runs"].values())

    def _save(self) -> None:
        self._file.write_text(json.dumps(self._known, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def _problem(config: RunConfig) -> Problem:
    # What a task is made of: runs of one graph and split share it.
    training = TrainingConfig(metric=config.training.metric, hide_test=config.training.hide_test)
    return _loaded(RunConfig(dataset=config.dataset, training=training))


@lru_cache(maxsize=10)
def _loaded(config: RunConfig) -> Problem:
    return problem(config, lambda *_: None)


def _train(config: RunConfig) -> dict[str, float]:
    trainer = Trainer(_problem(config).task, config)
    began = time.process_time()
    while not trainer.finished:
        trainer.run_epoch()
    found = trainer.best.metrics
    assert found is not None
    return {
        "test": found.test_score,
        "validation": found.validation_score,
        "average_bits": found.average_bits,
        "seconds": time.process_time() - began,
    }
