"""Which settings matter for which run: the form leaves the others out."""

from a2q.datasets import card
from a2q.experiments.presets import PRESETS
from a2q.experiments.run_config import RunConfig
from a2q.layers import LAYERS

_GRAPHS_ONLY = ("pooling", "embedding")
_LEARNED_BITS = ("lr_bits",)
_STEPS = ("lr_weight_step", "lr_xw_step", "lr_feature_step")
_TEACHING = ("warm_start", "teacher_weight_decay", "teacher_dropout", "distillation", "temperature")
# Chosen elsewhere in the form, or by the dataset.
_NOT_OFFERED = {"model": ("name",), "quantization": ("method",), "training": ()}
_ONE_GRAPH_ONLY = ("unseen", "target_kib", "step_bits")
_GROUPS_ONLY = ("group_search",)


def relevant_presets(dataset: str) -> tuple[str, ...]:
    """Names of the presets that can train on a dataset and differ there."""
    graphs = card(dataset).graph_level
    return tuple(
        name
        for name, chosen in PRESETS.items()
        if not (graphs and (chosen.one_graph_only or chosen.method.one_graph_only))
    )


def relevant(start: RunConfig, group: str) -> tuple[str, ...]:
    """Names of the settings of ``start``'s group ("model", "quantization" or "training") that act on its run."""
    names = type(getattr(start, group)).model_fields
    skipped = {"model": _idle_model, "quantization": _idle_quantization, "training": _idle_training}[group](start)
    return tuple(name for name in names if name not in skipped and name not in _NOT_OFFERED[group])


def _idle_model(start: RunConfig) -> set[str]:
    idle = {name for layer in LAYERS.values() for name in layer.model_settings}
    idle -= {*LAYERS[start.model.name].model_settings}
    return idle if _graph_level(start) else idle | set(_GRAPHS_ONLY)


def _idle_quantization(start: RunConfig) -> set[str]:
    idle = set(_ONE_GRAPH_ONLY) if _graph_level(start) else set(_GROUPS_ONLY)
    # Bits of another run have its average.
    return idle | {"average_bits"} if getattr(start.quantization, "bits_of", "") else idle


def _idle_training(start: RunConfig) -> set[str]:
    idle = {"hide_test"} if _graph_level(start) else {"batch_size", "schedule", "patience"}
    if card(start.dataset.name).task.endswith("regression"):
        idle |= {"metric"}
    if not start.quantization.learns_steps:
        idle |= set(_STEPS) | {"lr_attention_step"}
    if LAYERS[start.model.name].aggregation != "attention":
        idle |= {"lr_attention_step"}
    if not start.quantization.learns_bits:
        idle |= set(_LEARNED_BITS)
    if not start.quantization.quantizes:
        idle |= set(_TEACHING)
    return idle


def _graph_level(start: RunConfig) -> bool:
    return card(start.dataset.name).graph_level
