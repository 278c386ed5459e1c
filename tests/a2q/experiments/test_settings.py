from a2q.datasets import DatasetConfig
from a2q.experiments.presets import PRESETS, preset
from a2q.experiments.settings import change, differing, settings_of, title_of

_CORA = DatasetConfig(name="cora")


def test_settings_are_named_as_change_takes_them() -> None:
    for name in PRESETS:
        config = preset(name, _CORA)
        settings = settings_of(config)
        assert "schema_version" not in settings
        written = [f"{path}={'' if value is None else value}" for path, value in settings.items()]
        assert change(preset("a2q" if config.method == "a2q" else name, _CORA), written) == config


def test_only_differences_are_told() -> None:
    first = preset("a2q", _CORA)
    second = change(first, ["training.epochs=9", "seed=3"])
    assert differing([first, second]) == {"training.epochs": [first.training.epochs, 9], "seed": [0, 3]}
    assert differing([first, first]) == {}


def test_a_setting_of_one_method_alone_is_none_elsewhere() -> None:
    found = differing([preset("a2q", _CORA), preset("uniform", _CORA), preset("fp32", _CORA)])
    assert found["quantization.method"] == ["a2q", "uniform", "fp32"]
    assert found["quantization.bits"] == [None, 4, None]


def test_titles_are_the_forms() -> None:
    config = preset("a2q", _CORA)
    assert title_of(config, "training.epochs") == "Training: Epochs"
    assert title_of(config, "seed") == "Seed"
    assert title_of(preset("fp32", _CORA), "quantization.bits") == "quantization.bits"
