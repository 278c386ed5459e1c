import pytest

from a2q import ConfigError, QuantizationConfig, RunConfig, TrainingConfig
from a2q.config.presets import PRESETS, change, preset
from data import CATALOGUE, DatasetConfig


def _preset(name: str, dataset: str = "cora") -> RunConfig:
    return preset(name, DatasetConfig(name=dataset))


@pytest.mark.parametrize(
    ("dataset", "dropout", "decay", "weight_step", "xw_step", "feature_step", "bits", "penalty"),
    [
        ("cora", 0.35, 0.02, 0.02, 0.008, 0.04, 0.1, 2.5),
        ("citeseer", 0.5, 0.015, 0.008, 0.008, 0.04, 0.1, 1.5),
        ("pubmed", 0.5, 0.01, 0.005, 0.005, 0.005, 0.02, 0.1),
    ],
)
def test_the_paper_preset_has_the_values_of_the_papers_commands(
    dataset: str,
    dropout: float,
    decay: float,
    weight_step: float,
    xw_step: float,
    feature_step: float,
    bits: float,
    penalty: float,
) -> None:
    config = _preset("a2q-paper", dataset)
    assert config.dataset.name == dataset
    assert (config.model.name, config.model.layers, config.model.hidden, config.model.dropout) == (
        "gcn",
        2,
        16,
        dropout,
    )
    assert config.training == TrainingConfig(
        epochs=200,
        lr=0.01,
        weight_decay=decay,
        lr_weight_step=weight_step,
        lr_xw_step=xw_step,
        lr_feature_step=feature_step,
        lr_bits=bits,
        penalty=penalty,
        target_kib=5,
        priced_bits="code",
    )
    # 4 code bits in the paper's code are 3 effective bits of the non-negative input of layer 2.
    assert config.quantization == QuantizationConfig(
        start="paper",
        initial_bits=3,
        min_bits=1,
        max_bits=8,
        weight_bits=4,
        xw_bits=4,
        straight_through="identity",
    )


@pytest.mark.parametrize("dataset", ["cora", "citeseer", "pubmed"])
def test_our_preset_shares_the_network_and_prices_what_storage_needs(dataset: str) -> None:
    ours, paper = _preset("a2q", dataset), _preset("a2q-paper", dataset)
    assert ours.model == paper.model
    shared = ("epochs", "lr", "weight_decay", "lr_weight_step", "lr_xw_step")
    assert all(getattr(ours.training, name) == getattr(paper.training, name) for name in shared)
    assert (ours.training.target_kib, ours.training.priced_bits) == (0, "effective")
    assert ours.quantization == QuantizationConfig(start="data", straight_through="clipped")


@pytest.mark.parametrize("dataset", ["cora", "citeseer", "pubmed"])
def test_fp32_is_regularised_as_a2q_and_textbook_as_the_textbook(dataset: str) -> None:
    fp32, textbook, a2q = (_preset(name, dataset) for name in ("fp32", "fp32-textbook", "a2q"))
    for config in (fp32, textbook):
        assert (config.method, config.quantization) == ("fp32", None)
        assert (config.training.lr, config.training.epochs, config.model.hidden) == (0.01, 200, 16)
    assert fp32.model == a2q.model
    assert fp32.training.weight_decay == a2q.training.weight_decay
    assert (textbook.model.dropout, textbook.training.weight_decay) == (0.5, 5e-4)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("dataset", sorted(set(CATALOGUE) - {"cora", "citeseer", "pubmed"}))
def test_other_datasets_take_coras_settings_but_for_our_penalty(name: str, dataset: str) -> None:
    config, cora = _preset(name, dataset), _preset(name)
    if name == "a2q":
        assert config.training.penalty > 0
        cora = change(cora, [f"training.penalty={config.training.penalty}"])
    assert config == cora.model_copy(update={"dataset": DatasetConfig(name=dataset)})


@pytest.mark.parametrize("nodes", [300, 2708, 10_000])
def test_only_our_penalty_follows_the_size_of_a_generated_graph(nodes: int) -> None:
    sized = DatasetConfig(name="generated-citations", nodes=nodes)
    for name in PRESETS:
        config, default = preset(name, sized), _preset(name, "generated-citations")
        scale = 2708 / nodes if name == "a2q" else 1
        assert config.training.penalty == pytest.approx(default.training.penalty * scale)
        assert change(config, [f"training.penalty={default.training.penalty}"]).training == default.training


def test_an_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(ConfigError) as refusal:
        _preset("a3q")
    assert str(refusal.value) == "There is no preset 'a3q'; choose one of a2q, a2q-paper, fp32, fp32-textbook."


def test_change_sets_what_is_named_and_nothing_else() -> None:
    config = _preset("a2q")
    changed = change(config, ["training.penalty=2", " model.hidden = 32 ", "seed=5", "quantization.start=paper"])
    expected = config.model_dump()
    expected["training"]["penalty"] = 2.0
    expected["model"]["hidden"] = 32
    expected["seed"] = 5
    expected["quantization"]["start"] = "paper"
    assert changed.model_dump() == expected
    assert config == _preset("a2q")
    assert change(config, []) == config


def test_the_last_change_of_a_setting_counts() -> None:
    assert change(_preset("a2q"), ["seed=1", "seed=2"]).seed == 2


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("training.penalty", "'training.penalty' is not a setting; write it as in training.penalty=2."),
        ("=3", "'=3' is not a setting; write it as in training.penalty=2."),
        ("training.=3", "'training.=3' is not a setting; write it as in training.penalty=2."),
        ("training.speed=3", "training speed is not a setting; remove it."),
        ("speed=3", "speed is not a setting; remove it."),
        (
            "trainer.lr=3",
            "'trainer.lr=3' names the group 'trainer'; this run has dataset, model, quantization, training.",
        ),
        ("seed.x=3", "'seed.x=3' names the group 'seed'; this run has dataset, model, quantization, training."),
        ("training.lr=2", "training lr is '2'; it must be less than or equal to 1."),
        ("training.lr=", "training lr is ''; it must be valid number, unable to parse string as a number."),
        ("training.penalty=nan", "training penalty is 'nan'; it must be finite number."),
        ("model.layers=2.5", "model layers is '2.5'; it must be valid integer"),
        ("model.name=gin", "model name is 'gin'; it must be 'gcn'."),
        ("quantization.max_bits=2", "Minimum, initial and maximum bits are 1, 4 and 2; they must rise in this order."),
        ("quantization.start=zero", "quantization start is 'zero'; it must be 'data' or 'paper'."),
        ("method=fp32", "The method is fp32 but quantization is given;"),
    ],
)
def test_changes_that_cannot_be_made_are_sentences(setting: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        change(_preset("a2q"), [setting])
    assert str(refusal.value).startswith(sentence)


def test_fp32_has_no_quantization_to_change() -> None:
    with pytest.raises(ConfigError, match="this run has dataset, model, training"):
        change(_preset("fp32"), ["quantization.min_bits=0"])
