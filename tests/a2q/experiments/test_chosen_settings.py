import pytest

from a2q.datasets import CATALOGUE, DatasetCard, DatasetConfig, card
from a2q.experiments.chosen_settings import chosen_settings
from a2q.experiments.paper_recipes import PAPER_RECIPES
from a2q.experiments.presets import PRESETS, chosen_for, preset
from a2q.experiments.run_config import RunConfig
from a2q.models.config import ModelName

_OWN = "own-0123456789ab"
# Their network and optimizer are what they are about.
_KEPT = {"a2q-paper", "fp32-textbook", "binary"}


def _card(train_nodes: int | None, binary: bool | None, classes: int | None = 4) -> DatasetCard:
    return CATALOGUE["cora-ml"].model_copy(
        update={"name": _OWN, "train_nodes": train_nodes, "binary": binary, "classes": classes}
    )


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("dataset", CATALOGUE)
def test_only_graphs_without_a_command_get_chosen_settings(name: str, dataset: str) -> None:
    known = card(dataset)
    found = chosen_for(name, dataset)
    named = any(dataset == other for other, _ in PAPER_RECIPES)
    without = not (named or known.graph_level or "nodes" in known.options or (known.nodes or 0) >= 50_000)
    assert (found is not None) == (without and name not in _KEPT)


@pytest.mark.parametrize("model", ["gcn", "gin", "gat", "sage"])
def test_chosen_settings_are_those_of_the_run_for_every_method_alike(model: ModelName) -> None:
    def shared(config: RunConfig) -> tuple[float, ...]:
        network, training = config.model, config.training
        width = network.hidden * (network.heads if model == "gat" else 1)
        return (width, network.dropout, training.weight_decay, training.lr, training.epochs)

    for dataset in ("amazon-photo", "actor", "tolokers", "torch-imports"):
        for name in PRESETS.keys() - _KEPT:
            found = chosen_for(name, dataset)
            assert found is not None
            expected = (found.width, found.dropout, found.weight_decay, found.lr, found.epochs)
            assert shared(preset(name, DatasetConfig(name=dataset), model)) == expected, name


def test_fewer_labels_are_held_back_more_and_real_numbers_less() -> None:
    few, few_real, many = (
        chosen_settings(_card(*known)).weight_decay for known in ((80, True), (80, False), (8000, True))
    )
    assert few > few_real > many
    assert many < chosen_settings(_card(None, None)).weight_decay < few


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (_card(4, True), "1 label a class is few and its features are 0 or 1"),
        (_card(80, True), "20 labels a class are few and its features are 0 or 1"),
        (_card(80, False), "20 labels a class are few and its features are real numbers"),
        (_card(8000, False), "2,000 labels a class are many"),
        (_card(8000, False, None), "8,000 values to learn from are many"),
        (_card(None, None), "how many nodes it is trained with is not recorded"),
    ],
)
def test_the_reason_says_what_was_known(known: DatasetCard, reason: str) -> None:
    found = chosen_settings(known)
    assert found.why == (
        f"Chosen for this graph: weight decay {found.weight_decay:g}, dropout {found.dropout:g}, "
        f"width {found.width}, because {reason}."
    )
