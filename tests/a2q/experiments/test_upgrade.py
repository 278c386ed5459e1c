"""Runs as version 1 stored them, and what they mean in version 2."""

import json
from typing import Any

import pytest

from a2q import ConfigError, RunConfig
from a2q.experiments.run_config import upgrade

_DATASET = {"name": "cora", "nodes": None, "graph_seed": None}
_MODEL = {"name": "gcn", "layers": 2, "hidden": 16, "dropout": 0.35}
_RATES = {"lr": 0.01, "weight_decay": 0.02, "lr_weight_step": 0.02, "lr_xw_step": 0.008, "lr_feature_step": 0.04}
_BITS = {"initial_bits": 4, "min_bits": 1, "max_bits": 8, "weight_bits": 4, "xw_bits": 4}


def _stored(method: str, quantization: dict[str, Any] | None, **training: Any) -> str:
    """A run's settings, every one of version 1's, as its store wrote them."""
    given = {"epochs": 200, **_RATES, "lr_bits": 0.1, "penalty": 0.1, "target_kib": 5.0, "priced_bits": "effective"}
    values = {
        "schema_version": 1,
        "dataset": _DATASET,
        "model": _MODEL,
        "method": method,
        "quantization": quantization,
        "training": given | training,
        "seed": 7,
    }
    return json.dumps(values)


_V1 = {
    "a2q": _stored(
        "a2q",
        {"start": "data", **_BITS, "straight_through": "clipped"},
        penalty=1.8,
        target_kib=0.0,
        priced_bits="effective",
    ),
    "a2q-paper": _stored(
        "a2q",
        {"start": "paper", **_BITS, "initial_bits": 3, "straight_through": "identity"},
        penalty=2.5,
        target_kib=5.0,
        priced_bits="code",
    ),
    "fp32": _stored("fp32", None),
}
_QUANTIZATION: dict[str, dict[str, Any]] = {
    "a2q": {
        "method": "a2q",
        "start": "data",
        **_BITS,
        "straight_through": "clipped",
        "penalty": 1.8,
        "penalty_above_kib": 0.0,
        "priced_bits": "effective",
    },
    "a2q-paper": {
        "method": "a2q",
        "start": "paper-gcn",
        **_BITS,
        "initial_bits": 3,
        "straight_through": "identity",
        "penalty": 2.5,
        "penalty_above_kib": 5.0,
        "priced_bits": "code",
    },
    "fp32": {"method": "fp32"},
}
# How version 1 behaved where version 2 offers a choice.
_THEN = {
    "learn": "both",
    "gradient": "local",
    "groups": 0,
    "step_bits": 32,
    "first_input": "keep",
    "target_average_bits": None,
    "target_kib": None,
}


@pytest.mark.parametrize("name", _V1)
def test_a_run_of_version_1_means_the_same_in_version_2(name: str) -> None:
    expected = RunConfig(
        dataset=_DATASET,
        model=_MODEL,
        quantization=_QUANTIZATION[name],
        training={"epochs": 200, **_RATES, "lr_bits": 0.1},
        seed=7,
    )
    found = RunConfig.model_validate_json(_V1[name])
    assert found == expected == RunConfig(**json.loads(_V1[name]))
    assert found.digest == expected.digest
    assert (found.schema_version, found.method) == (2, "fp32" if name == "fp32" else "a2q")
    assert RunConfig.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize("name", ["a2q", "a2q-paper"])
def test_what_version_1_could_not_choose_stays_as_it_was(name: str) -> None:
    config = RunConfig.model_validate_json(_V1[name])
    quantization = config.quantization.model_dump()
    assert {setting: quantization[setting] for setting in _THEN} == _THEN
    training = config.training
    assert not training.warm_start
    assert (training.distillation, training.schedule, training.hide_test) == (0, "constant", False)
    model = config.model
    assert model.self_loops
    assert not model.batch_norm
    assert not model.residual
    assert (model.input_dropout, model.embedding) == (0, False)


def test_three_runs_of_version_1_stay_three() -> None:
    assert len({RunConfig.model_validate_json(stored).digest for stored in _V1.values()}) == 3


@pytest.mark.parametrize("name", _V1)
def test_upgrading_leaves_what_it_reads_and_what_is_new_alone(name: str) -> None:
    values = json.loads(_V1[name])
    newer = upgrade(values)
    assert values == json.loads(_V1[name])
    assert upgrade(newer) is newer


def test_what_version_1_would_have_refused_is_refused() -> None:
    values = json.loads(_V1["a2q"])
    values["quantization"]["min_bits"] = 9
    with pytest.raises(ConfigError, match="quantization min bits is 9; it must be less than or equal to 8"):
        RunConfig(**values)
