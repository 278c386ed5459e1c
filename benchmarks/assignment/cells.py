"""What the study of bits and nodes trains: graphs × models × average bits × start, and the arms of each."""

from dataclasses import dataclass

from a2q.datasets import DatasetConfig, card
from a2q.experiments.presets import preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.methods.a2q import A2QConfig
from a2q.methods.fixed_bits import FixedBitsConfig
from a2q.models.config import ModelName

SEEDS = 10
# Below it nodes must be able to have no bits at all.
_PRUNED_BELOW = 1.2


@dataclass(frozen=True)
class Cell:
    """One graph and network, and how it is trained.

    Attributes:
        dataset, model: what is trained on what.
        bits: averages to train to.
        settings: what differs from the preset of our A²Q.
        title: how it differs, in words; empty for the preset as it is.
        options: of a generated graph.
        seeds: how many.
    """

    dataset: str
    model: ModelName
    bits: tuple[float, ...]
    settings: tuple[str, ...] = ()
    title: str = ""
    options: tuple[str, ...] = ()
    seeds: int = SEEDS

    @property
    def name(self) -> str:
        """As in "cora gcn" or "power-law gin, exponent 2.1"."""
        return f"{self.dataset} {self.model}" + (f", {self.title}" if self.title else "")

    def base(self, seed: int) -> RunConfig:
        """Our A²Q as the preset has it, but for the cell's settings."""
        spec = card(self.dataset)
        dataset = DatasetConfig(name=self.dataset, fold=seed % spec.folds if spec.folds else None)
        return change(preset("a2q", dataset, self.model), [*self.options, *self.settings, f"seed={seed}"])


def learned(base: RunConfig, bits: float) -> RunConfig:
    """A²Q trained to an average; nodes may be pruned where that is below what one bit each takes."""
    settings = base.quantization.model_dump() | {
        "target_average_bits": bits,
        "min_bits": 0 if bits < _PRUNED_BELOW else 1,
        "initial_bits": max(2, round(bits)),
    }
    return base.model_copy(update={"quantization": A2QConfig(**settings)})


def fixed(base: RunConfig, assignment: str, bits: float, of: str = "") -> RunConfig:
    """The same training with fixed bits: of another arm, or under an average."""
    same = {
        name: getattr(base.quantization, name)
        for name in ("weight_bits", "xw_bits", "gradient", "straight_through", "step_bits", "first_input")
    }
    # GCN's weighted mean bears pruned nodes; sums lose what they had to say.
    fewest = 0 if base.model.name == "gcn" or bits < _PRUNED_BELOW else 1
    quantization = FixedBitsConfig(assignment=assignment, bits_of=of, average_bits=bits, min_bits=fewest, **same)
    return base.model_copy(update={"quantization": quantization})


ARMS = (
    "learned",
    "learned, kept",
    "learned, permuted",
    "learned, by in-degree",
    "sensitivity",
    "sensitivity, permuted",
)
"""The six ways to train one cell at one average: A²Q; its bits fixed from the start on their nodes, on random other
nodes and sorted by in-degree; bits by sensitivity, and those on random other nodes. Step sizes always learn anew."""

CELLS = (
    Cell("cora", "gcn", (0.5, 1.0, 1.3, 1.7)),
    Cell("citeseer", "gcn", (0.5, 1.0, 1.3)),
    Cell("cora", "gcn", (0.5, 1.3), ("training.distillation=0",), "without distillation"),
    Cell("cora", "gin", (0.75, 2.3)),
    Cell("torch-imports", "gcn", (0.5, 1.0, 1.7)),
    Cell("power-law", "gcn", (0.5, 1.0), options=("dataset.exponent=2.1",), title="exponent 2.1"),
    Cell("power-law", "gcn", (0.5, 1.0), options=("dataset.exponent=3.5",), title="exponent 3.5"),
    Cell("power-law", "gin", (0.75, 2.3), options=("dataset.exponent=2.1",), title="exponent 2.1"),
    Cell("ring", "gcn", (0.5, 1.0)),
    Cell("wisconsin", "gcn", (0.5, 1.0)),
    Cell("cora", "sage", (0.75,)),
    Cell("cora", "gat", (2.3,)),
    Cell("citeseer", "gin", (0.75, 2.3)),
    Cell("pubmed", "gcn", (0.5,), seeds=5),
    Cell("actor", "gcn", (0.5, 1.0), seeds=5),
    Cell("amazon-photo", "gcn", (0.5, 1.0), seeds=5),
)
"""In the order to train them: those that decide first."""
