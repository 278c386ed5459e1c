"""Every command of the paper's repository, typed from /spec/method.md B.5 once more and held against ours."""

import pytest

from a2q.datasets import CATALOGUE, DatasetConfig
from a2q.experiments.paper_recipes import PAPER_RECIPES, PaperRecipe, nearest, paper_recipe
from a2q.experiments.presets import preset
from a2q.models.config import ModelName

# layers, hidden | epochs, lr, weight decay | dropout, attention | weight, XW, attention, node steps, bits | λ, KiB
_NODE_LEVEL: dict[tuple[str, ModelName], tuple[float | None, ...]] = {
    ("cora", "gcn"): (2, 16, 200, 0.01, 0.02, 0.35, None, 0.02, 0.008, None, 0.04, 0.1, 2.5, 5),
    ("citeseer", "gcn"): (2, 16, 200, 0.01, 0.015, 0.5, None, 0.008, 0.008, None, 0.04, 0.1, 1.5, 5),
    ("pubmed", "gcn"): (2, 16, 200, 0.01, 0.01, 0.5, None, 0.005, 0.005, None, 0.005, 0.02, 0.1, 5),
    ("cora", "gin"): (2, 16, 200, 0.01, 0.01, 0.5, None, 0.005, 0.005, None, 0.05, 0.02, 2, 5),
    ("citeseer", "gin"): (2, 16, 200, 0.01, 0.01, 0.5, None, 0.005, 0.005, None, 0.05, 0.02, 0.5, 5),
    ("cora", "gat"): (2, 8, 250, 0.01, 1e-3, 0.6, 0.6, 0.005, 0.05, 0.005, 0.05, 0.1, 0.3, 10),
    ("citeseer", "gat"): (2, 8, 250, 0.005, 1e-3, 0.6, 0.6, 0.01, 0.05, 0.005, 0.05, 0.1, 0.25, 10),
    ("pubmed", "gat"): (2, 8, 250, 0.005, 1e-3, 0.6, 0.3, 0.001, 0.005, 0.005, 0.005, 0.015, 0.025, 10),
    ("ogbn-arxiv", "gcn"): (3, 256, 100, 0.01, 0, 0.5, None, 1e-3, 1e-2, None, 1e-2, 1e-2, 1e-4, 5),
}
# layers, hidden | batch, epochs, lr, schedule, patience | weight, XW, attention, node steps, bits | λ, KiB, start
_GRAPH_LEVEL: dict[tuple[str, ModelName], tuple[float | str | None, ...]] = {
    ("reddit-binary", "gin"): (5, 64, 128, 200, 0.01, "step", None, 0.02, 0.01, None, 0.02, 0.008, 1e-3, 1, "norm"),
    ("mnist-superpixels", "gcn"): (
        *(4, 146, 128, 200, 1e-3, "plateau", 10),
        *(1e-3, 1e-2, None, 1e-3, 1e-3, 1e-3, 1, "norm-gcn"),
    ),
    ("cifar10-superpixels", "gcn"): (
        *(4, 146, 128, 200, 1e-3, "plateau", 10),
        *(1e-3, 1e-2, None, 1e-2, 3e-4, 2e-4, 1, "uniform-gcn"),
    ),
    ("mnist-superpixels", "gin"): (
        *(4, 110, 128, 200, 1e-3, "plateau", 5),
        *(5e-4, 5e-3, None, 5e-3, 1e-4, 5e-5, 0.1, "uniform"),
    ),
    ("cifar10-superpixels", "gin"): (
        *(4, 110, 128, 200, 1e-3, "plateau", 5),
        *(1e-3, 1e-2, None, 1e-2, 2e-4, 2e-4, 0.1, "norm"),
    ),
    ("mnist-superpixels", "gat"): (
        *(4, 19, 128, 50, 1e-3, "plateau", 10),
        *(1e-4, 1e-2, 1e-4, 1e-2, 1e-2, 2e-4, 1, "uniform-gat"),
    ),
    ("cifar10-superpixels", "gat"): (
        *(4, 19, 128, 50, 1e-3, "plateau", 10),
        *(1e-3, 1e-2, 1e-3, 1e-2, 5e-4, 2e-5, 1, "uniform-gat"),
    ),
    ("zinc", "gcn"): (4, 145, 256, 200, 1e-3, "plateau", 10, 1e-3, 5e-2, None, 1e-2, 1e-3, 1e-2, 1, "norm"),
}
# Effective bits at the start, from A.6: one less than code bits for values that are never negative.
_BITS = {"gcn": 3, "gin": 4, "gat": 4}


def _settings(found: PaperRecipe, attention_steps: bool) -> tuple[float | None, ...]:
    training = found.training
    attention = training.lr_attention_step if attention_steps else None
    steps = (training.lr_weight_step, training.lr_xw_step, attention, training.lr_feature_step, training.lr_bits)
    return (*steps, found.penalty, found.penalty_above_kib)


def test_these_are_all_commands() -> None:
    assert set(PAPER_RECIPES) == set(_NODE_LEVEL) | set(_GRAPH_LEVEL)


@pytest.mark.parametrize("key", _NODE_LEVEL, ids="-".join)
def test_a_node_level_command_is_the_papers(key: tuple[str, ModelName]) -> None:
    found = paper_recipe(*key)
    model, training, gat = found.model, found.training, key[1] == "gat"
    shape = (model.layers, model.hidden, training.epochs, training.lr, training.weight_decay, model.dropout)
    assert (*shape, model.attention_dropout if gat else None, *_settings(found, gat)) == _NODE_LEVEL[key]
    assert (model.name, training.schedule, found.groups) == (key[1], "constant", 0)
    assert model.heads == 8
    assert model.batch_norm == (key[0] == "ogbn-arxiv")
    assert found.initial_bits == (4 if key[0] == "ogbn-arxiv" else _BITS[key[1]])
    assert found.start == ("paper-arxiv" if key[0] == "ogbn-arxiv" else f"paper-{key[1]}")


@pytest.mark.parametrize("key", _GRAPH_LEVEL, ids="-".join)
def test_a_graph_level_command_is_the_papers(key: tuple[str, ModelName]) -> None:
    found = paper_recipe(*key)
    model, training = found.model, found.training
    patience = training.patience if training.schedule == "plateau" else None
    shape = (model.layers, model.hidden, training.batch_size, training.epochs, training.lr, training.schedule, patience)
    start = found.start.removeprefix("paper-")
    assert (*shape, *_settings(found, key[1] == "gat"), start) == _GRAPH_LEVEL[key]
    assert (model.name, training.weight_decay, found.groups, found.initial_bits) == (key[1], 0, 1000, 4)
    # The paper's GCN has no self-loops there, and ZINC's node types are embedded anyway.
    assert model.self_loops == (key[1] != "gcn")
    assert model.embedding == (key[0] not in ("reddit-binary", "zinc"))


def test_every_set_of_graphs_takes_a_graph_level_command() -> None:
    for dataset, card in CATALOGUE.items():
        for model in ("gcn", "gin", "gat", "sage"):
            found = paper_recipe(dataset, model)
            assert bool(found.groups) == card.graph_level, dataset
            assert found.model.name == model


@pytest.mark.parametrize("key", [*_NODE_LEVEL, *_GRAPH_LEVEL], ids="-".join)
def test_the_papers_preset_is_its_command(key: tuple[str, ModelName]) -> None:
    found, config = paper_recipe(*key), preset("a2q-paper", DatasetConfig(name=key[0]), key[1])
    assert config.model == found.model.model_copy(update={"biases": "paper-code"})
    assert config.training == found.training
    quantization = config.quantization
    for name in ("start", "initial_bits", "penalty", "penalty_above_kib", "groups", "priced_width", "priced_xw_width"):
        assert getattr(quantization, name) == getattr(found, name)
    assert quantization.priced_bits == "code"
    assert quantization.straight_through == "identity"
    assert quantization.target_average_bits is quantization.target_kib is None


def test_scripts_for_one_graph_count_the_hidden_width_and_two_of_them_xw_too() -> None:
    counted = {key: (found.priced_width, found.priced_xw_width) for key, found in PAPER_RECIPES.items()}
    assert {key: widths for key, widths in counted.items() if key[0] in ("cora", "citeseer", "pubmed")} == {
        (dataset, model): {"gcn": (16, None), "gin": (16, None), "gat": (8, 64)}[model]
        for dataset, model in _NODE_LEVEL
        if dataset != "ogbn-arxiv"
    }
    assert counted["ogbn-arxiv", "gcn"] == (256, 256)
    assert {counted[key] for key in _GRAPH_LEVEL} == {(None, None)}


@pytest.mark.parametrize(
    ("dataset", "taken"),
    [
        *((name, name) for name in ("cora", "pubmed", "ogbn-arxiv", "reddit-binary", "zinc", "cifar10-superpixels")),
        *((name, "cora") for name in ("torch-imports", "power-law", "amazon-photo", "cora-ml", "texas", "tolokers")),
        *((name, "ogbn-arxiv") for name in ("flickr", "reddit")),
        *((name, "reddit-binary") for name in ("proteins", "enzymes", "imdb-binary", "imdb-multi", "nci1")),
    ],
)
def test_a_dataset_without_commands_takes_those_of_the_nearest(dataset: str, taken: str) -> None:
    assert nearest(dataset) == taken


@pytest.mark.parametrize("name", ["a2q", "fp32", "a2q-paper"])
def test_test_nodes_are_hidden_where_the_sets_authors_hide_them(name: str) -> None:
    for dataset, card in CATALOGUE.items():
        assert preset(name, DatasetConfig(name=dataset)).training.hide_test == card.inductive
