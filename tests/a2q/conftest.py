"""Small graphs and the networks trained on them."""

from collections.abc import Callable
from functools import cache

import pytest
import torch
from torch_geometric.data import Data

from a2q import Graph, GraphTask, RunConfig, Trainer, prepare
from a2q.datasets import DatasetConfig, load
from a2q.experiments.presets import preset
from a2q.experiments.settings import change
from a2q.models.config import ModelName
from a2q.tasks import ClassMetric

_CITATIONS = DatasetConfig(name="generated-citations", nodes=300, graph_seed=0)

_MUTAG = DatasetConfig(name="mutag")

MakeConfig = Callable[..., RunConfig]
MakeTask = Callable[..., GraphTask]
MakeTrainer = Callable[..., Trainer]
Spoil = Callable[[Trainer], None]


@cache
def _citations() -> Graph:
    return prepare(load(_CITATIONS).data)


@pytest.fixture
def citations() -> Graph:
    """A generated citation graph of 300 nodes, prepared; nothing in it is ever changed."""
    return _citations()


@pytest.fixture
def make_config() -> MakeConfig:
    """Build a preset for :func:`citations` with settings changed, ``make_config("a2q", "training.epochs=5")``.

    What pulls at the bits is set here, so that a preset tuned anew leaves these tests as they are; and no
    teacher is trained first, so that they are quick.
    """
    ours = (
        "training.lr_feature_step=0.04",
        "training.lr_bits=0.1",
        "training.warm_start=false",
        "training.distillation=0",
        "quantization.initial_bits=4",
        "quantization.target_average_bits=",
        "quantization.penalty=1.8",
    )

    def make(name: str = "a2q", *settings: str) -> RunConfig:
        given = ours if name == "a2q" else ()
        return change(preset(name, _CITATIONS), ["training.epochs=12", *given, *settings])

    return make


@pytest.fixture
def train(citations: Graph, make_config: MakeConfig) -> MakeTrainer:
    """Train a preset with settings changed on :func:`citations` to its last epoch."""

    def trained(name: str = "a2q", *settings: str, graph: Graph | None = None) -> Trainer:
        trainer = Trainer(graph or citations, make_config(name, *settings))
        while not trainer.finished:
            trainer.run_epoch()
        return trainer

    return trained


@pytest.fixture
def spoil() -> Spoil:
    """Make a trained node classifier predict one class for all nodes, so that no epoch to come is the best.

    Which epoch is the best by itself depends on how the last bits of sums are rounded.
    """

    def spoiled(trainer: Trainer) -> None:
        assert trainer.best.metrics is not None
        assert trainer.best.metrics.validation_score > 0.4
        with torch.no_grad():
            trainer.model.convs[-1].bias[0] = 1_000

    return spoiled


@pytest.fixture
def make_graphs() -> Callable[..., list[Data]]:
    """Draw that many random graphs of 4 to 8 nodes and 3 features, of two classes or with a value each."""

    def make(count: int, regression: bool = False) -> list[Data]:
        generator = torch.Generator().manual_seed(0)
        graphs = []
        for number in range(count):
            size = int(torch.randint(4, 9, (1,), generator=generator))
            x = torch.rand(size, 3, generator=generator) + number % 2
            y = x.mean().reshape(1) if regression else torch.tensor([number % 2])
            graphs.append(Data(x=x, edge_index=torch.randint(size, (2, 2 * size), generator=generator), y=y))
        return graphs

    return make


@pytest.fixture
def make_task(make_graphs: Callable[..., list[Data]]) -> MakeTask:
    """37 random graphs as a task: 21 to train, 9 to validate and 7 to test."""

    def make(regression: bool = False, batch_size: int = 8, metric: ClassMetric = "accuracy") -> GraphTask:
        parts = torch.arange(37).split([21, 9, 7])
        graphs = make_graphs(37, regression)
        return GraphTask(graphs, *parts, num_classes=1 if regression else 2, batch_size=batch_size, metric=metric)

    return make


@pytest.fixture
def make_graph_config() -> MakeConfig:
    """Build a preset for :func:`make_task`, small and quick, with settings changed."""
    small = ("training.epochs=4", "model.layers=2", "model.hidden=6", "model.heads=2", "training.lr=0.01")

    def make(name: str = "a2q", *settings: str, model: ModelName = "gin") -> RunConfig:
        groups = ("quantization.groups=20",) if name.startswith("a2q") else ()
        return change(preset(name, _MUTAG, model), [*small, "training.schedule=constant", *groups, *settings])

    return make


@pytest.fixture
def generator() -> torch.Generator:
    """A source of randomness of the test's own."""
    return torch.Generator().manual_seed(0)
