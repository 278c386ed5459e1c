"""Named settings: the paper's commands, our defaults and the methods they are held against."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from a2q.config import ConfigError
from a2q.datasets import DatasetConfig, card
from a2q.experiments.chosen_settings import ChosenSettings, chosen_settings, with_chosen_settings
from a2q.experiments.paper_recipes import PaperRecipe, follows_gcn, nearest, paper_recipe
from a2q.experiments.run_config import RunConfig
from a2q.layers import LAYERS
from a2q.methods import Method
from a2q.methods.a2q import A2QConfig
from a2q.methods.binary import BinaryConfig
from a2q.methods.degree_bits import DegreeBitsConfig
from a2q.methods.degree_quant import DegreeQuantConfig
from a2q.methods.fixed_bits import FixedBitsConfig
from a2q.methods.fp32 import FP32Config
from a2q.methods.uniform import UniformConfig
from a2q.models.config import ModelConfig, ModelName
from a2q.training.config import TrainingConfig


@dataclass(frozen=True)
class Changes:
    """What a preset changes of a command's network and optimizer."""

    network: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Preset:
    """A named starting point for a run's settings.

    Attributes:
        title: name in forms.
        description: one sentence that says what it is for.
        method: what quantizes.
        settings: the method's settings, by the paper's command; those left out are the method's defaults.
        network: what the network has of its own, on many graphs too.
        regularised: what the network and its optimizer have of their own on one graph, by the command's network.
        taught: whether the network starts from the FP32 network of the same seed.
        one_graph_only: whether it says nothing of its own about many graphs.
        own_settings: whether its network and optimizer are what it is about, so that none are chosen for a graph.
    """

    title: str
    description: str
    method: type[Method]
    settings: Callable[[PaperRecipe], dict[str, Any]] = lambda paper_recipe: {}
    network: dict[str, Any] = field(default_factory=dict)
    regularised: Callable[[ModelConfig], Changes] = lambda network: Changes()
    with_distillation: bool = False
    one_graph_only: bool = False
    own_settings: bool = False


def _ours(base: PaperRecipe) -> dict[str, Any]:
    return {"groups": base.groups, "gradient": "task", "target_average_bits": _TARGET_BITS_GRAPHS}


def _papers(base: PaperRecipe) -> dict[str, Any]:
    return {
        "start": base.start,
        "initial_bits": base.initial_bits,
        "straight_through": "identity",
        "groups": base.groups,
        "group_search": "paper-code" if base.groups else "exact",
        "gradient": "task" if base.groups else "local",
        "penalty": base.penalty,
        "penalty_above_kib": base.penalty_above_kib,
        "priced_bits": "code",
        "priced_width": base.priced_width,
        "priced_xw_width": base.priced_xw_width,
        "first_input": "learn" if base.model.embedding else "keep",
    }


def _textbook(network: ModelConfig) -> Changes:
    dropout = {"dropout": 0.5} if follows_gcn(network.name) else {}
    return Changes(dropout, {"weight_decay": 5e-4})


def _signs(network: ModelConfig) -> Changes:
    # Weights and features are told by their signs alone: normalised before, never decayed, moved slowly.
    wide: dict[str, Any] = {} if "heads" in LAYERS[network.name].model_settings else {"hidden": 64, "dropout": 0.5}
    return Changes({**wide, "batch_norm": True}, {"weight_decay": 0.0, "epochs": 1000, "lr": 1e-3})


PRESETS = {
    "a2q": Preset(
        "A²Q (ours)",
        "Starts from the FP32 network and learns from it, trained to a target average bitwidth.",
        A2QConfig,
        _ours,
        with_distillation=True,
    ),
    "a2q-paper": Preset(
        "A²Q (paper's command)",
        "Random step sizes and the settings of the paper's commands.",
        A2QConfig,
        _papers,
        network={"biases": "paper-code"},
        own_settings=True,
    ),
    "uniform": Preset("Uniform INT4", "The same 4 bits everywhere, learned step sizes (LSQ).", UniformConfig),
    "degree-quant": Preset(
        "Degree-Quant INT4",
        "Nodes of high in-degree are protected in training.",
        DegreeQuantConfig,
        regularised=_textbook,
    ),
    "degree-bits": Preset(
        "Manual bits", "Bits follow in-degree by rule; only step sizes are learned.", DegreeBitsConfig
    ),
    "fixed-bits": Preset(
        "Fixed bits",
        "Bits are fixed before training, where the loss is most sensitive or by a rule; only step sizes learn.",
        FixedBitsConfig,
        with_distillation=True,
    ),
    "binary": Preset(
        "1 bit (Bi-GCN)",
        "Signs only, scaled per row; hidden width 64, as in its code.",
        BinaryConfig,
        regularised=_signs,
        own_settings=True,
    ),
    "fp32": Preset(
        "FP32, A²Q's regularisation",
        "No quantization; dropout and weight decay as the A²Q preset has.",
        FP32Config,
    ),
    "fp32-textbook": Preset(
        "FP32, textbook",
        "No quantization; dropout 0.5 and weight decay 0.0005.",
        FP32Config,
        regularised=_textbook,
        one_graph_only=True,
        own_settings=True,
    ),
}
"""By the name to ask for it by, in the order to offer them; every method has one of its own name."""

# Average bits our preset is trained to: the paper's averages for citation graphs, rounded.
_TARGET_BITS: dict[ModelName, float] = {"gcn": 1.7, "gin": 2.5}
_TARGET_BITS_OF_OTHERS = 2.0
_FIXED_BITS_GCN = 1.0
_TARGET_BITS_GRAPHS = 3.5


@dataclass(frozen=True)
class _Distilled:
    """How a quantized network learns from its FP32 teacher; None keeps the command's regularisation.

    Attributes:
        distillation: weight of the teacher's scores.
        target: average bits, None for the model's.
        dropout, weight_decay: of the quantized network.
        teacher_weight_decay: of the FP32 network.
        first_input: "learn" where the dataset's own features are real numbers: they get bits per node too.
        step_bits: how step sizes of nodes are stored.
    """

    distillation: float = 3.0
    target: float | None = None
    dropout: float | None = None
    weight_decay: float | None = None
    teacher_weight_decay: float | None = None
    first_input: Literal["keep", "learn"] = "keep"
    step_bits: Literal[32, 8] = 32


# Chosen by mean validation accuracy over seeds 100 to 104, without a look at the test nodes; docs/method.md tells
# what was tried. A teacher that is a little too strongly regularised still teaches well, the student needs less.
_DISTILLED: dict[tuple[str, ModelName], _Distilled] = {
    ("cora", "gcn"): _Distilled(10.0, target=1.68, dropout=0.0),
    ("citeseer", "gcn"): _Distilled(10.0, target=1.72, dropout=0.2, weight_decay=0.03, teacher_weight_decay=0.03),
    ("pubmed", "gcn"): _Distilled(
        30.0, target=1.95, weight_decay=0.005, teacher_weight_decay=0.005, first_input="learn", step_bits=8
    ),
    ("cora", "gat"): _Distilled(10.0),
}
_TEMPERATURE, _LR_BITS = 2.0, 0.05


def default_model(dataset: str) -> ModelName:
    """The model to offer first for a dataset: the paper's, where it has one."""
    return "gin" if nearest(dataset) == "reddit-binary" else "gcn"


def preset(name: str, dataset: DatasetConfig, model: ModelName | None = None) -> RunConfig:
    """The named settings for a dataset and model; the paper's model for the dataset by default.

    Raises:
        ConfigError: there is no preset of this name.
    """
    if name not in PRESETS:
        raise ConfigError(f"There is no preset {name!r}; choose one of {', '.join(PRESETS)}.")
    chosen = PRESETS[name]
    base = paper_recipe(dataset.name, model or default_model(dataset.name))
    network, training = _regularised(name, dataset.name, base)
    training = training.model_copy(update={"metric": card(dataset.name).metric})
    if card(dataset.name).inductive:
        training = training.model_copy(update={"hide_test": True})
    config = RunConfig(
        dataset=dataset,
        model=network.model_copy(update=chosen.network),
        quantization=chosen.method(**chosen.settings(base)),
        training=training,
    )
    return _with_distillation(config) if chosen.with_distillation and not base.groups else config


def chosen_for(name: str, dataset: str) -> ChosenSettings | None:
    """The settings that a preset takes on a graph by what is known of it; None where it takes a command's, or settings
    of its own.

    Generated graphs are drawn in Cora's likeness and take its command; so large ones as ogbn-arxiv take that one's.
    """
    generated = "nodes" in card(dataset).options
    if PRESETS[name].own_settings or generated or dataset == "cora" or nearest(dataset) != "cora":
        return None
    return chosen_settings(card(dataset))


def _regularised(name: str, dataset: str, base: PaperRecipe) -> tuple[ModelConfig, TrainingConfig]:
    """Network and optimizer of a preset on a dataset."""
    by_graph = chosen_for(name, dataset)
    if by_graph is not None:
        return with_chosen_settings(base.model, base.training, by_graph)
    chosen = PRESETS[name]
    changes = _on_graphs(chosen) if card(dataset).graph_level else chosen.regularised(base.model)
    return base.model.model_copy(update=changes.network), base.training.model_copy(update=changes.training)


def _on_graphs(chosen: Preset) -> Changes:
    # The command's bits move by 0.008 a step at most, too slowly for a target on small sets.
    return Changes(training={"lr_bits": _LR_BITS, "warm_start": True}) if chosen.with_distillation else Changes()


def _with_distillation(config: RunConfig) -> RunConfig:
    """The same run, for a network that starts from its FP32 teacher and learns its scores."""
    model = config.model.name
    with_distillation = _DISTILLED.get((config.dataset.name, model), _Distilled())
    dropout = config.model.dropout
    training: dict[str, Any] = {
        "warm_start": True,
        "distillation": with_distillation.distillation,
        "temperature": _TEMPERATURE,
        "lr_bits": _LR_BITS,
        "weight_decay": config.training.weight_decay
        if with_distillation.weight_decay is None
        else with_distillation.weight_decay,
        "teacher_weight_decay": with_distillation.teacher_weight_decay,
        "teacher_dropout": None if with_distillation.dropout is None else dropout,
    }
    same: dict[str, Any] = {
        "first_input": with_distillation.first_input,
        "step_bits": with_distillation.step_bits,
    }
    quantization: Method
    if isinstance(config.quantization, FixedBitsConfig):
        # GCN's weighted mean bears pruned nodes, which sums do not: docs/worth.md.
        average = _FIXED_BITS_GCN if model == "gcn" else _TARGET_BITS.get(model, _TARGET_BITS_OF_OTHERS)
        fewest = 0 if model == "gcn" else 1
        quantization = config.quantization.model_copy(update={**same, "average_bits": average, "min_bits": fewest})
    else:
        target = with_distillation.target or _TARGET_BITS.get(model, _TARGET_BITS_OF_OTHERS)
        quantization = A2QConfig(initial_bits=2, target_average_bits=target, **same)
    return config.model_copy(
        update={
            "training": config.training.model_copy(update=training),
            "model": config.model.model_copy(
                update={"dropout": dropout if with_distillation.dropout is None else with_distillation.dropout}
            ),
            "quantization": quantization,
        }
    )
