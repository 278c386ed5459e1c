import pytest

from a2q import ConfigError, RunConfig
from a2q.datasets import DatasetConfig
from a2q.experiments.presets import preset
from a2q.experiments.settings import change


def _preset(name: str) -> RunConfig:
    return preset(name, DatasetConfig(name="cora"))


def test_change_sets_what_is_named_and_nothing_else() -> None:
    config = _preset("a2q")
    changed = change(config, ["quantization.penalty=2", " model.hidden = 32 ", "seed=5", "quantization.step_bits=8"])
    expected = config.model_dump()
    expected["quantization"]["penalty"] = 2.0
    expected["model"]["hidden"] = 32
    expected["seed"] = 5
    expected["quantization"]["step_bits"] = 8
    assert changed.model_dump() == expected
    assert config == _preset("a2q")
    assert change(config, []) == config


def test_an_empty_value_takes_a_setting_away() -> None:
    config = _preset("a2q")
    assert config.quantization.target_average_bits is not None
    assert change(config, ["quantization.target_average_bits="]).quantization.target_average_bits is None


@pytest.mark.parametrize(
    "setting", ["quantization.target_kib", "training.teacher_weight_decay", "training.teacher_dropout", "dataset.fold"]
)
def test_every_optional_setting_can_be_given_and_taken_away(setting: str) -> None:
    config = preset(
        "a2q-paper", DatasetConfig(name="mutag") if setting == "dataset.fold" else DatasetConfig(name="cora")
    )
    given = change(config, [f"{setting}=0.5" if "fold" not in setting else f"{setting}=3"])
    assert given != config
    assert change(given, [f"{setting}="]) == change(given, [f"{setting} = "]) == config


def test_a_whole_group_is_no_setting() -> None:
    with pytest.raises(ConfigError, match=r"^model is '3'; it must be a valid dictionary"):
        change(_preset("a2q"), ["model=3"])
    with pytest.raises(ConfigError, match=r"'model.layers=3' names the group 'model'; this run has dataset, quant"):
        change(_preset("a2q"), ["model=3", "model.layers=3"])


def test_another_method_keeps_no_settings_of_the_one_before() -> None:
    with pytest.raises(ConfigError, match=r"^quantization start is not a setting; remove it\. .*remove it\.$"):
        change(_preset("a2q"), ["quantization.method=uniform"])
    assert change(_preset("fp32"), ["quantization.method=uniform"]).method == "uniform"


def test_the_last_change_of_a_setting_counts() -> None:
    assert change(_preset("a2q"), ["seed=1", "seed=2"]).seed == 2


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("training.epochs", "'training.epochs' is not a setting; write it as in training.epochs=100."),
        ("=3", "'=3' is not a setting; write it as in training.epochs=100."),
        ("training.=3", "'training.=3' is not a setting; write it as in training.epochs=100."),
        ("training.speed=3", "training speed is not a setting; remove it."),
        ("speed=3", "speed is not a setting; remove it."),
        (
            "trainer.lr=3",
            "'trainer.lr=3' names the group 'trainer'; this run has dataset, model, quantization, training.",
        ),
        ("seed.x=3", "'seed.x=3' names the group 'seed'; this run has dataset, model, quantization, training."),
        ("training.lr=2", "training lr is '2'; it must be less than or equal to 1."),
        ("training.lr=", "training lr is None; it must be a valid number."),
        ("quantization.penalty=nan", "quantization penalty is 'nan'; it must be a finite number."),
        ("model.layers=2.5", "model layers is '2.5'; it must be a valid integer"),
        ("model.name=cnn", "model name is 'cnn'; it must be 'gcn', 'gin', 'gat' or 'sage'."),
        ("quantization.max_bits=1", "Minimum, initial and maximum bits are 1, 2 and 1; they must rise in this order."),
        ("quantization.start=zero", "quantization start is 'zero'; it must be 'data',"),
        ("quantization.step_bits=nine", "quantization step bits is 'nine'; it must be 32 or 8."),
        ("quantization.method=dq", "quantization method is dq; it must be one of a2q,"),
    ],
)
def test_changes_that_cannot_be_made_are_sentences(setting: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        change(_preset("a2q"), [setting])
    assert str(refusal.value).startswith(sentence)


def test_fp32_has_no_bits_to_change() -> None:
    with pytest.raises(ConfigError, match="quantization min bits is not a setting; remove it"):
        change(_preset("fp32"), ["quantization.min_bits=0"])
