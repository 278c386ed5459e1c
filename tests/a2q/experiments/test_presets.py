from itertools import product

import pytest

from a2q import A2QConfig, ConfigError, FP32Config, RunConfig
from a2q.datasets import CATALOGUE, DatasetConfig
from a2q.experiments.presets import PRESETS, default_model, preset
from a2q.models.config import ModelName
from a2q.training.trainer import teacher_config

MODELS: tuple[ModelName, ...] = ("gcn", "gin", "gat", "sage")
_METHOD = {"fp32-textbook": "fp32", "a2q-paper": "a2q"}


def _preset(name: str, dataset: str = "cora", model: ModelName | None = None) -> RunConfig:
    return preset(name, DatasetConfig(name=dataset), model)


@pytest.mark.parametrize("dataset", CATALOGUE)
def test_there_is_a_preset_for_everything(dataset: str) -> None:
    for name, model in product(PRESETS, (*MODELS, None)):
        config = _preset(name, dataset, model)
        # Presets are put together from valid parts without a look at the whole: JSON validates it.
        assert RunConfig.model_validate_json(config.model_dump_json()) == config
        assert config.method == _METHOD.get(name, name)
        assert config.model.name == (model or default_model(dataset))
        if isinstance(config.quantization, A2QConfig):
            # Nodes of unseen graphs have no step sizes of their own; those of one graph do.
            assert bool(config.quantization.groups) == CATALOGUE[dataset].graph_level, (name, model)


@pytest.mark.parametrize("dataset", ["cora", "citeseer", "pubmed"])
@pytest.mark.parametrize("model", ["gcn", "gat", "gin"])
def test_our_preset_learns_from_its_fp32_twin_and_has_a_target(dataset: str, model: ModelName) -> None:
    ours, fp32 = _preset("a2q", dataset, model), _preset("fp32", dataset, model)
    assert isinstance(ours.quantization, A2QConfig)
    assert ours.quantization.target_average_bits is not None
    assert ours.training.warm_start
    assert ours.training.distillation > 0
    same_shape = {"dropout": 0.0}
    assert ours.model.model_copy(update=same_shape) == fp32.model.model_copy(update=same_shape)
    shared = ("epochs", "lr", "lr_weight_step", "lr_xw_step", "lr_feature_step", "lr_attention_step")
    assert all(getattr(ours.training, name) == getattr(fp32.training, name) for name in shared)


@pytest.mark.parametrize("dataset", CATALOGUE)
def test_our_preset_has_a_target_and_on_one_graph_a_teacher(dataset: str) -> None:
    for model in MODELS:
        config = _preset("a2q", dataset, model)
        assert isinstance(config.quantization, A2QConfig)
        assert config.quantization.target_average_bits is not None
        with_distillation = not CATALOGUE[dataset].graph_level
        assert config.training.warm_start
        assert bool(config.training.distillation) == with_distillation, model


@pytest.mark.parametrize("dataset", ["cora", "citeseer", "pubmed", "mutag", "zinc"])
def test_the_teacher_has_the_same_network(dataset: str) -> None:
    for name in PRESETS:
        config = _preset(name, dataset)
        teacher = teacher_config(config)
        assert teacher == RunConfig.model_validate_json(teacher.model_dump_json())
        assert teacher.quantization == FP32Config()
        assert (teacher.dataset, teacher.seed) == (config.dataset, config.seed)
        assert teacher.model == config.model.model_copy(update={"dropout": teacher.model.dropout})
        asked = config.training.teacher_weight_decay
        assert teacher.training.weight_decay == (config.training.weight_decay if asked is None else asked)
        assert teacher.training.epochs == config.training.epochs
        assert not teacher.training.warm_start
        assert teacher_config(teacher) == teacher


@pytest.mark.parametrize("dataset", ["cora", "citeseer", "pubmed"])
def test_fp32_is_regularised_as_the_command_and_textbook_as_the_textbook(dataset: str) -> None:
    fp32, textbook, paper = (_preset(name, dataset) for name in ("fp32", "fp32-textbook", "a2q-paper"))
    for config in (fp32, textbook):
        assert config.quantization == FP32Config()
        assert (config.training.lr, config.training.epochs, config.model.hidden) == (0.01, 200, 16)
    # The paper's own FP32 networks have PyG's biases.
    assert (fp32.model.biases, paper.model.biases) == ("pyg", "paper-code")
    assert (fp32.model, fp32.training) == (paper.model.model_copy(update={"biases": "pyg"}), paper.training)
    assert (textbook.model.dropout, textbook.training.weight_decay) == (0.5, 5e-4)


def test_settings_do_not_follow_the_size_of_a_generated_graph() -> None:
    for name in PRESETS:
        small, large = (preset(name, DatasetConfig(name="generated-citations", nodes=nodes)) for nodes in (300, 10_000))
        assert small == large.model_copy(update={"dataset": small.dataset})


def test_an_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(ConfigError) as refusal:
        _preset("a3q")
    assert str(refusal.value) == f"There is no preset 'a3q'; choose one of {', '.join(PRESETS)}."
