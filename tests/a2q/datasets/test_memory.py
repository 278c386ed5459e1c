import pytest

from a2q.datasets import CATALOGUE, DatasetConfig, card
from a2q.datasets.memory import first_load_memory, training_memory


@pytest.mark.parametrize("name", CATALOGUE)
def test_attention_takes_more_and_every_known_size_is_told(name: str) -> None:
    gcn, gat = (training_memory(card(name), DatasetConfig(name=name), attention=told) for told in (False, True))
    assert gcn is not None and gat is not None
    assert 20 * 2**20 < gcn < gat


def test_a_larger_generated_graph_takes_more() -> None:
    sizes = [training_memory(card("ring"), DatasetConfig(name="ring", nodes=nodes)) for nodes in (50, 5_000, 500_000)]
    assert sizes == sorted(sizes)  # type: ignore[type-var]


def test_reddits_edges_do_not_fit_a_laptop() -> None:
    needed = training_memory(card("reddit"), DatasetConfig(name="reddit"))
    assert needed is not None
    assert needed > 10 * 2**30


def test_bags_of_words_take_more_once_than_to_train() -> None:
    told = {name: first_load_memory(card(name)) for name in CATALOGUE}
    assert {name for name, first in told.items() if first is not None} == {"coauthor-cs", "coauthor-physics"}
    for name in ("coauthor-cs", "coauthor-physics"):
        first, train = told[name], training_memory(card(name), DatasetConfig(name=name))
        assert first is not None and train is not None and first > train
