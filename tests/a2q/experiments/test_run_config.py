import json
import math
from typing import Any

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic import TypeAdapter, ValidationError

from a2q import A2QConfig, ConfigError, ModelConfig, RunConfig, TrainingConfig, UniformConfig
from a2q.config import sentences
from a2q.datasets import CATALOGUE, DatasetConfig
from a2q.experiments.presets import PRESETS, preset
from a2q.experiments.settings import change
from a2q.methods import METHODS

_CORA = DatasetConfig(name="cora")

# Another allowed value for every setting there is.
_OTHER = {
    "dataset.name": "citeseer",
    "model.name": "gin",
    "model.layers": 3,
    "model.hidden": 32,
    "model.heads": 2,
    "model.dropout": 0.1,
    "model.attention_dropout": 0.1,
    "model.input_dropout": 0.1,
    "model.linears": 2,
    "model.embedding": True,
    "model.batch_norm": True,
    "model.residual": True,
    "model.self_loops": False,
    "model.pooling": "max",
    "model.biases": "paper-code",
    "quantization.start": "paper-gat",
    "quantization.initial_bits": 5,
    "quantization.min_bits": 0,
    "quantization.max_bits": 7,
    "quantization.weight_bits": 5,
    "quantization.xw_bits": 5,
    "quantization.learn": "bits",
    "quantization.gradient": "task",
    "quantization.straight_through": "identity",
    "quantization.groups": 7,
    "quantization.group_search": "paper-code",
    "quantization.step_bits": 8,
    "quantization.unseen": "degree",
    "quantization.first_input": "learn",
    "quantization.target_average_bits": 1.25,
    "quantization.penalty": 7.5,
    "quantization.penalty_above_kib": 7.5,
    "quantization.priced_bits": "code",
    "quantization.priced_width": 7,
    "quantization.priced_xw_width": 7,
    "training.epochs": 7,
    "training.lr": 0.02,
    "training.weight_decay": 0.3,
    "training.lr_weight_step": 0.3,
    "training.lr_xw_step": 0.3,
    "training.lr_feature_step": 0.3,
    "training.lr_attention_step": 0.3,
    "training.lr_bits": 0.3,
    "training.batch_size": 7,
    "training.metric": "f1",
    "training.schedule": "plateau",
    "training.patience": 7,
    "training.hide_test": True,
    "training.teacher_weight_decay": 0.25,
    "training.teacher_dropout": 0.25,
    "training.distillation": 7.5,
    "training.temperature": 7.5,
    "seed": 1,
}
# What cannot be changed alone: what it needs stands beside it.
_TOGETHER = {
    "quantization.target_kib": ["quantization.target_average_bits=", "quantization.target_kib=7.5"],
    "training.warm_start": ["training.distillation=0", "training.warm_start=false"],
}


@pytest.mark.parametrize("dataset", CATALOGUE)
def test_every_preset_comes_back_from_json(dataset: str) -> None:
    for name in PRESETS:
        config = preset(name, DatasetConfig(name=dataset))
        back = RunConfig.model_validate_json(config.model_dump_json())
        assert back == config
        assert back.digest == config.digest
        assert RunConfig(**json.loads(config.model_dump_json())) == config
        assert RunConfig(**config.model_dump()) == config


@pytest.mark.parametrize("method", METHODS)
def test_every_method_comes_back_from_json_as_its_own_kind(method: str) -> None:
    config = RunConfig(dataset=_CORA, quantization=METHODS[method]())
    back = RunConfig.model_validate_json(config.model_dump_json())
    assert type(back.quantization) is METHODS[method]
    assert (back, back.method) == (config, method)
    assert METHODS[method].model_validate_json(config.quantization.model_dump_json()) == config.quantization


def test_a_generated_graph_keeps_its_size_and_seed_in_json() -> None:
    config = preset("a2q", DatasetConfig(name="generated-citations", nodes=300, graph_seed=5))
    assert RunConfig.model_validate_json(config.model_dump_json()).dataset == config.dataset


def test_every_setting_is_tested_for_its_digest() -> None:
    fields = {
        f"{group}.{field}"
        for group, settings in (("model", ModelConfig), ("quantization", A2QConfig), ("training", TrainingConfig))
        for field in settings.model_fields
    }
    assert fields - set(_OTHER) - set(_TOGETHER) == {"quantization.method"}


@pytest.mark.parametrize("setting", [*_OTHER, *_TOGETHER])
def test_the_digest_changes_with_any_setting(setting: str) -> None:
    config = preset("a2q", _CORA)
    other = change(config, _TOGETHER.get(setting) or [f"{setting}={_OTHER[setting]}"])
    assert other != config
    assert other.digest != config.digest
    values: Any = other.model_dump()
    for key in setting.split("."):
        values = values[key]
    if setting in _OTHER:
        assert values == _OTHER[setting]


def test_digests_tell_methods_and_graphs_apart() -> None:
    sized = [
        DatasetConfig(name="generated-citations", nodes=nodes, graph_seed=seed) for nodes in (50, 60) for seed in (0, 1)
    ]
    folds = [DatasetConfig(name="mutag", fold=fold) for fold in (0, 1)]
    configs = [
        preset(name, dataset) for name in PRESETS if name != "fp32-textbook" for dataset in (_CORA, *sized, *folds)
    ]
    digests = {config.digest for config in configs}
    assert len(digests) == len(configs)
    assert all(len(digest) == 16 and int(digest, 16) >= 0 for digest in digests)
    assert preset("a2q", _CORA).digest == preset("a2q", _CORA).digest


@pytest.mark.parametrize(
    ("config", "field"),
    [
        (preset("a2q", _CORA), "seed"),
        (ModelConfig(), "layers"),
        (TrainingConfig(), "lr"),
        *((METHODS[name](), "method") for name in METHODS),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
)
def test_settings_are_frozen(config: Any, field: str) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(config, field, 2)
    assert hash(config) == hash(config.model_copy())


@pytest.mark.parametrize("kind", [ModelConfig, TrainingConfig, *METHODS.values()])
def test_unknown_settings_are_refused(kind: type[ModelConfig]) -> None:
    with pytest.raises(ConfigError, match=r"^wheels is not a setting; remove it\.$"):
        kind(wheels=4)


@pytest.mark.parametrize("kind", [ModelConfig, TrainingConfig, *METHODS.values()])
def test_every_setting_has_a_title_and_a_description(kind: type[ModelConfig]) -> None:
    for name, field in kind.model_fields.items():
        assert field.title, name
        assert name == "method" or str(field.description).endswith("."), name


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"dataset": _CORA, "seed": -1}, "seed is -1; it must be greater than or equal to 0."),
        ({"dataset": _CORA, "seed": 2**31}, "seed is 2147483648; it must be less than 2147483648."),
        ({}, "dataset is missing; give a value."),
        (
            {"dataset": _CORA, "quantization": {"method": "int8"}},
            "quantization method is int8; it must be one of a2q, uniform, degree-quant, degree-bits, fixed-bits, "
            "binary, fp32.",
        ),
        ({"dataset": _CORA, "quantization": {}}, "quantization method is not given; it must be one of a2q,"),
        ({"dataset": _CORA, "extra": 1}, "extra is not a setting; remove it."),
        ({"dataset": _CORA, "model": {"layers": 1}}, "model layers is 1; it must be greater than or equal to 2."),
        ({"dataset": _CORA, "training": {"lr": "fast"}}, "training lr is 'fast'; it must be a valid number"),
        (
            {"dataset": _CORA, "quantization": {"method": "a2q", "penalty": math.inf}},
            "quantization penalty is inf; it must be a finite number.",
        ),
        ({"dataset": _CORA, "schema_version": 3}, "schema version is 3; it must be 2."),
        (
            {"dataset": _CORA, "quantization": {"method": "a2q", "min_bits": 5}},
            "Minimum, initial and maximum bits are 5, 4 and 8; they must rise in this order.",
        ),
        (
            {"dataset": _CORA, "quantization": {"method": "degree-quant", "protect_low": 0.5}},
            "Lowest and highest protection are 0.5 and 0.1; they must rise in this order.",
        ),
        (
            {"dataset": _CORA, "training": {"distillation": 1}},
            "The distillation weight is 1 but there is no warm start, whose FP32 network would teach;",
        ),
        (
            {"dataset": DatasetConfig(name="mutag"), "training": {"hide_test": True}},
            "Test nodes are to be hidden, but mutag is a set of graphs whose test graphs are never seen in training",
        ),
    ],
)
def test_faults_are_sentences(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        RunConfig(**values)
    assert str(refusal.value).startswith(sentence)
    assert str(refusal.value).endswith(".")
    assert isinstance(refusal.value.__cause__, ValidationError)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"target_average_bits": 1.7, "target_kib": 3},
            "Both 1.7 average bits and 3 KiB are given as targets;",
        ),
        ({"target_average_bits": 1, "min_bits": 2}, "The target is 1 average bits, which nodes of 2 to 8 bits cannot"),
        ({"target_average_bits": 2, "learn": "steps"}, "There is a target for the bits but bits are not learned;"),
        ({"target_kib": 2, "groups": 5}, "The target is 2 KiB, but memory of unseen graphs is not known;"),
        ({"target_kib": 0}, "target kib is 0; it must be greater than 0."),
        ({"step_bits": 16}, "step bits is 16; it must be 32 or 8."),
    ],
)
def test_targets_that_cannot_be_reached_are_sentences(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        A2QConfig(**values)
    assert str(refusal.value).startswith(sentence)


_BOUNDS = [
    (kind, name, limit)
    for kind in (ModelConfig, TrainingConfig, *METHODS.values())
    for name, field in kind.model_fields.items()
    for limit in field.metadata
    if isinstance(limit, Ge | Gt | Le | Lt)
]
# What has to move along for a value at the bound to fit the rest.
_BESIDE: dict[tuple[str, Any], dict[str, Any]] = {
    ("initial_bits", 1): {"min_bits": 1},
    ("min_bits", 8): {"initial_bits": 8, "average_bits": 8},
    ("average_bits", 0): {"min_bits": 0},
    ("max_bits", 1): {"initial_bits": 1},
    ("target_average_bits", 0.5): {"min_bits": 0},
    ("protect_low", 1): {"protect_high": 1},
    ("distillation", 100): {"warm_start": True},
}


@pytest.mark.parametrize(
    ("kind", "name", "limit"), _BOUNDS, ids=lambda value: value if isinstance(value, str) else repr(value)
)
def test_bounds_hold_and_are_told(kind: type[ModelConfig], name: str, limit: Ge | Gt | Le | Lt) -> None:
    words, bound, outside = {
        Ge: lambda: ("greater than or equal to", limit.ge, limit.ge - 1),
        Gt: lambda: ("greater than", limit.gt, limit.gt),
        Le: lambda: ("less than or equal to", limit.le, limit.le + 1),
        Lt: lambda: ("less than", limit.lt, limit.lt),
    }[type(limit)]()
    with pytest.raises(ConfigError) as refusal:
        kind(**{name: outside})
    assert str(refusal.value) == f"{name.replace('_', ' ')} is {outside}; it must be {words} {bound}."
    if isinstance(limit, Ge | Le):
        beside = {other: value for other, value in _BESIDE.get((name, bound), {}).items() if other in kind.model_fields}
        assert getattr(kind(**{name: bound} | beside), name) == bound


def test_no_number_is_without_bounds() -> None:
    bounded = {(kind, name) for kind, name, _ in _BOUNDS}
    for kind in (ModelConfig, TrainingConfig, *METHODS.values()):
        for name, field in kind.model_fields.items():
            if field.annotation in (int, float, float | None) and "step_bits" not in name:
                assert (kind, name) in bounded


def test_an_unknown_dataset_is_named_in_a_sentence() -> None:
    with pytest.raises(ConfigError, match="karate-klub") as refusal:
        RunConfig(dataset={"name": "karate-klub"})
    assert "Value error" not in str(refusal.value)


def test_several_faults_are_several_sentences() -> None:
    with pytest.raises(ConfigError) as refusal:
        RunConfig(dataset=_CORA, seed=-1, model={"hidden": 0, "dropout": 2})
    assert str(refusal.value) == (
        "model hidden is 0; it must be greater than or equal to 1. "
        "model dropout is 2; it must be less than or equal to 0.95. "
        "seed is -1; it must be greater than or equal to 0."
    )


def test_a_constructor_raises_sentences_and_a_validation_can_be_told_in_them() -> None:
    with pytest.raises(ConfigError, match=r"^epochs is 0; it must be greater than or equal to 1\.$"):
        TrainingConfig(epochs=0)
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter(UniformConfig).validate_python({"bits": 1})
    assert sentences(refusal.value) == "bits is 1; it must be greater than or equal to 2."
