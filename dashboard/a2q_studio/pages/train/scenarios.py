"""Where training can start from with one press: each a dataset, a preset and what is changed of it."""

from dataclasses import dataclass

from a2q.datasets import DatasetConfig
from a2q.experiments.presets import preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.models.config import ModelName

_NO_TEACHER = ("training.warm_start=false", "training.distillation=0")


@dataclass(frozen=True)
class Scenario:
    """One starting point.

    Attributes:
        title: name on its button.
        why: what there is to see, in one sentence.
        dataset, preset, model: what is chosen.
        settings: changes of the preset, as :func:`a2q.experiments.settings.change` takes them.
        penalties: values of λ to train one run each with, as the form takes them; empty for one run.
    """

    title: str
    why: str
    dataset: DatasetConfig
    preset: str
    model: ModelName
    settings: tuple[str, ...] = ()
    penalties: str = ""

    @property
    def config(self) -> RunConfig:
        """The settings of its (first) run."""
        return change(preset(self.preset, self.dataset, self.model), self.settings)


_CORA = DatasetConfig(name="cora")

SCENARIOS = {
    "quick": Scenario(
        "Quick look",
        "A generated graph of 300 nodes and 40 epochs: over in seconds, nothing to download.",
        DatasetConfig(name="generated-citations", nodes=300),
        "a2q",
        "gcn",
        ("training.epochs=40", *_NO_TEACHER),
    ),
    "cora-gcn": Scenario(
        "Cora, GCN", "A²Q on the graph most papers report: hubs keep more bits on average.", _CORA, "a2q", "gcn"
    ),
    "cora-gat": Scenario(
        "Cora, GAT",
        "The counter-example: attention averages, so hubs hold no larger values and learn no more bits.",
        _CORA,
        "a2q",
        "gat",
    ),
    "citeseer-gin": Scenario(
        "CiteSeer, GIN",
        "Plain sums on a sparse graph: every layer's input gets bits per node.",
        DatasetConfig(name="citeseer"),
        "a2q",
        "gin",
    ),
    "uniform": Scenario(
        "Uniform 4 bits", "The same width for all nodes of Cora: what A²Q is held against.", _CORA, "uniform", "gcn"
    ),
    "fp32": Scenario("FP32", "Cora without quantization: the accuracy to keep.", _CORA, "fp32", "gcn"),
    "sweep": Scenario(
        "λ sweep (5 runs)",
        "Five fixed penalties on one generated graph: how accuracy falls as λ presses bits down.",
        DatasetConfig(name="generated-citations", nodes=1000),
        "a2q",
        "gcn",
        ("training.epochs=100", "quantization.target_average_bits=", "quantization.initial_bits=4", *_NO_TEACHER),
        "0.1, 0.5, 1, 2, 5",
    ),
}
"""By name, in the order to offer them."""
