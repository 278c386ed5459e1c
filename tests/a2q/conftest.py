"""Small graphs and the networks trained on them."""

from collections.abc import Callable
from functools import cache

import pytest
import torch

from a2q import Graph, RunConfig, Trainer, prepare
from a2q.config.changes import change
from a2q.config.presets import preset
from data import DatasetConfig, load

_CITATIONS = DatasetConfig(name="generated-citations", nodes=300, graph_seed=0)

MakeConfig = Callable[..., RunConfig]
MakeTrainer = Callable[..., Trainer]


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
def generator() -> torch.Generator:
    """A source of randomness of the test's own."""
    return torch.Generator().manual_seed(0)
