"""Which sample runs there are, and with which settings they were trained."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from a2q.data_files import data_file
from a2q.datasets import DatasetConfig
from a2q.experiments.bundle.bundle import Bundle
from a2q.experiments.bundle.file import read_bundle
from a2q.experiments.presets import preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.models.config import ModelName

FOLDER = data_file("samples")
DATASET = DatasetConfig(name="generated-citations", nodes=1500, graph_seed=0)

# Without a target, whose one controller would pull all nodes alike, and without a teacher: what parts the bits is the
# Local Gradient against a fixed penalty, as in the paper. The faster bits have settled when accuracy is at its best.
_PENALTY_ALONE = (
    "quantization.target_average_bits=",
    "quantization.initial_bits=4",
    "training.warm_start=false",
    "training.distillation=0",
    "training.lr_bits=0.1",
)


@dataclass(frozen=True)
class Sample:
    """One sample run.

    Attributes:
        name: of its file.
        title: what it is, in a few words.
        model: the network.
        preset_name: where its settings start.
        settings: what is changed of them.
        inputs_of: of how many nodes the layer input is kept at every epoch with a snapshot.
    """

    name: str
    title: str
    model: ModelName
    preset_name: str
    settings: tuple[str, ...] = ()
    inputs_of: int = 0

    @property
    def config(self) -> RunConfig:
        """All settings."""
        return self.on(DATASET)

    def on(self, dataset: DatasetConfig) -> RunConfig:
        """The same settings for another dataset."""
        return change(preset(self.preset_name, dataset, self.model), self.settings)

    @property
    def run_id(self) -> str:
        """The id it has in every store that it is opened in."""
        return hashlib.sha256(f"sample {self.name}".encode()).hexdigest()[:12]

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return FOLDER / f"{self.name}.zip"


def _penalised(name: str, penalty: float) -> Sample:
    settings = (*_PENALTY_ALONE, f"quantization.penalty={penalty:g}")
    # Files stay small: the run that opens first lets the error heatmap follow the epochs.
    inputs_of = 200 if name == "gin" else 0
    return Sample(name, f"A²Q on GIN, λ = {penalty:g}", "gin", "a2q", settings, inputs_of)


PENALTIES = {0.02: "gin-lambda-0.02", 0.05: "gin-lambda-0.05", 0.1: "gin", 0.2: "gin-lambda-0.2", 0.5: "gin-lambda-0.5"}
"""Sample runs that differ by their penalty λ alone."""

# The one that the lesson is about is trained last: pages show the newest run first.
SAMPLES = {
    sample.name: sample
    for sample in (
        Sample("gin-fp32", "FP32 on GIN", "gin", "fp32"),
        Sample("gin-uniform", "Uniform 4 bits on GIN", "gin", "uniform"),
        Sample("gat", "A²Q on GAT, paper's command", "gat", "a2q-paper"),
        Sample("gcn", "A²Q on GCN, paper's command", "gcn", "a2q-paper"),
        *(_penalised(name, penalty) for penalty, name in PENALTIES.items() if name != "gin"),
        _penalised("gin", 0.1),
    )
}


def read_sample(name: str) -> Bundle:
    """The sample run of this name.

    Raises:
        KeyError: there is no such sample.
        RunError: its file is missing or damaged.
    """
    return read_bundle(SAMPLES[name].file)
