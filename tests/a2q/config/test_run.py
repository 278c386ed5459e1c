import json
import math
from typing import Any

import pytest
from pydantic import ValidationError

from a2q import ConfigError, ModelConfig, QuantizationConfig, RunConfig, TrainingConfig
from a2q.config import sentences
from a2q.config.presets import PRESETS, change, preset
from data import CATALOGUE, DatasetConfig

_CORA = DatasetConfig(name="cora")

# Another allowed value for every setting there is.
_OTHER = {
    "dataset.name": "citeseer",
    "model.layers": 3,
    "model.hidden": 32,
    "model.dropout": 0.1,
    "quantization.start": "paper",
    "quantization.initial_bits": 5,
    "quantization.min_bits": 2,
    "quantization.max_bits": 7,
    "quantization.weight_bits": 5,
    "quantization.xw_bits": 5,
    "quantization.straight_through": "identity",
    "training.epochs": 7,
    "training.lr": 0.02,
    "training.weight_decay": 0.3,
    "training.lr_weight_step": 0.3,
    "training.lr_xw_step": 0.3,
    "training.lr_feature_step": 0.3,
    "training.lr_bits": 0.3,
    "training.penalty": 7.5,
    "training.target_kib": 7.5,
    "training.priced_bits": "code",
    "seed": 1,
}


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("dataset", CATALOGUE)
def test_every_preset_comes_back_from_json(name: str, dataset: str) -> None:
    config = preset(name, DatasetConfig(name=dataset))
    back = RunConfig.model_validate_json(config.model_dump_json())
    assert back == config
    assert back.digest == config.digest
    assert RunConfig.checked(**json.loads(config.model_dump_json())) == config
    assert RunConfig.checked(**config.model_dump()) == config


def test_a_generated_graph_keeps_its_size_and_seed_in_json() -> None:
    config = preset("a2q", DatasetConfig(name="generated-citations", nodes=300, graph_seed=5))
    assert RunConfig.model_validate_json(config.model_dump_json()).dataset == config.dataset


def test_every_setting_is_tested_for_its_digest() -> None:
    fields = {
        f"{group}.{field}"
        for group, settings in (
            ("model", ModelConfig),
            ("quantization", QuantizationConfig),
            ("training", TrainingConfig),
        )
        for field in settings.model_fields
    }
    assert fields - set(_OTHER) == {"model.name"}


@pytest.mark.parametrize("setting", _OTHER)
def test_the_digest_changes_with_any_setting(setting: str) -> None:
    config = preset("a2q", _CORA)
    other = change(config, [f"{setting}={_OTHER[setting]}"])
    assert other != config
    assert other.digest != config.digest
    values: Any = other.model_dump()
    for key in setting.split("."):
        values = values[key]
    assert values == _OTHER[setting]


def test_digests_tell_methods_and_graphs_apart() -> None:
    sized = [
        DatasetConfig(name="generated-citations", nodes=nodes, graph_seed=seed) for nodes in (50, 60) for seed in (0, 1)
    ]
    configs = [preset(name, dataset) for name in PRESETS for dataset in (_CORA, *sized)]
    digests = {config.digest for config in configs}
    assert len(digests) == len(configs)
    assert all(len(digest) == 16 and int(digest, 16) >= 0 for digest in digests)
    assert preset("a2q", _CORA).digest == preset("a2q", _CORA).digest


@pytest.mark.parametrize(
    ("config", "field"),
    [
        (preset("a2q", _CORA), "seed"),
        (ModelConfig(), "layers"),
        (QuantizationConfig(), "min_bits"),
        (TrainingConfig(), "lr"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
)
def test_settings_are_frozen(config: Any, field: str) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(config, field, 2)
    assert hash(config) == hash(config.model_copy())


@pytest.mark.parametrize("kind", [ModelConfig, QuantizationConfig, TrainingConfig])
def test_unknown_settings_are_refused(kind: type[ModelConfig]) -> None:
    with pytest.raises(ConfigError, match=r"^wheels is not a setting; remove it\.$"):
        kind.checked(wheels=4)


@pytest.mark.parametrize("kind", [ModelConfig, QuantizationConfig, TrainingConfig])
def test_every_setting_has_a_title_and_a_description(kind: type[ModelConfig]) -> None:
    for name, field in kind.model_fields.items():
        assert field.title, name
        assert str(field.description).endswith("."), name


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"dataset": _CORA, "seed": -1}, "seed is -1; it must be greater than or equal to 0."),
        ({"dataset": _CORA, "seed": 2**31}, "seed is 2147483648; it must be less than 2147483648."),
        ({}, "dataset is missing; give a value."),
        ({"dataset": _CORA, "method": "int8"}, "method is 'int8'; it must be 'a2q' or 'fp32'."),
        ({"dataset": _CORA, "extra": 1}, "extra is not a setting; remove it."),
        ({"dataset": _CORA, "model": {"layers": 1}}, "model layers is 1; it must be greater than or equal to 2."),
        ({"dataset": _CORA, "training": {"lr": "fast"}}, "training lr is 'fast'; it must be valid number"),
        ({"dataset": _CORA, "training": {"penalty": math.inf}}, "training penalty is inf; it must be finite number."),
        ({"dataset": _CORA, "training": {"target_kib": math.nan}}, "training target kib is nan; it must be"),
        ({"dataset": _CORA, "schema_version": 2}, "schema version is 2; it must be 1."),
        (
            {"dataset": _CORA, "quantization": {"min_bits": 5}},
            "Minimum, initial and maximum bits are 5, 4 and 8; they must rise in this order.",
        ),
        (
            {"dataset": _CORA, "quantization": {"max_bits": 3}},
            "Minimum, initial and maximum bits are 1, 4 and 3; they must rise in this order.",
        ),
        (
            {"dataset": _CORA, "method": "fp32"},
            "The method is fp32 but quantization is given; give quantization settings for a2q and none for fp32.",
        ),
        ({"dataset": _CORA, "quantization": None}, "The method is a2q but quantization is not given;"),
    ],
)
def test_faults_are_sentences(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        RunConfig.checked(**values)
    assert str(refusal.value).startswith(sentence)
    assert str(refusal.value).endswith(".")
    assert isinstance(refusal.value.__cause__, ValidationError)


def test_an_unknown_dataset_is_named_in_a_sentence() -> None:
    with pytest.raises(ConfigError, match="karate-klub") as refusal:
        RunConfig.checked(dataset={"name": "karate-klub"})
    assert "Value error" not in str(refusal.value)


def test_several_faults_are_several_sentences() -> None:
    with pytest.raises(ConfigError) as refusal:
        RunConfig.checked(dataset=_CORA, seed=-1, model={"hidden": 0, "dropout": 2})
    assert str(refusal.value) == (
        "model hidden is 0; it must be greater than or equal to 1. "
        "model dropout is 2; it must be less than or equal to 0.95. "
        "seed is -1; it must be greater than or equal to 0."
    )


def test_sentences_of_a_validation_error() -> None:
    with pytest.raises(ValidationError) as refusal:
        TrainingConfig(epochs=0)
    assert sentences(refusal.value) == "epochs is 0; it must be greater than or equal to 1."
