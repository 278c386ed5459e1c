import pytest
from streamlit.testing.v1 import AppTest

import data.config
from data import CATALOGUE, DEFAULT, DatasetConfig
from data.config import DEFAULT_NODES, FEWEST_NODES, MOST_NODES


def page() -> None:
    import streamlit as st

    from dashboard.parts.dataset_card import choose_dataset

    st.session_state["chosen"] = choose_dataset()


@pytest.fixture
def app() -> AppTest:
    """The picker as it is first seen."""
    return AppTest.from_function(page).run()


def test_the_default_needs_no_network(app: AppTest) -> None:
    assert app.session_state["chosen"] == DatasetConfig(name=DEFAULT)
    assert app.selectbox[0].options == [card.title for card in CATALOGUE.values()]


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_dataset_says_what_it_is_and_needs(app: AppTest, name: str) -> None:
    app.selectbox[0].set_value(name).run()
    assert not app.exception
    assert app.session_state["chosen"].name == name
    card = CATALOGUE[name]
    assert app.caption[0].value.startswith(card.why)
    assert all(text in app.markdown[0].value for text in (card.source, card.licence, card.citation))
    # The home of this test is empty: nothing was downloaded or built.
    label = app.expander[0].label
    assert label.startswith("Ready" if card.needs == "nothing" else {"d": "Downloaded", "a": "Read"}[card.needs[0]])
    assert len(app.number_input) == (2 if card.sizable else 1 if card.folds else 0)


def test_known_sizes_are_told(app: AppTest) -> None:
    app.selectbox[0].set_value("cora").run()
    assert app.caption[0].value.endswith("2,708 nodes · 10,556 edges · 1,433 features · 7 classes")


def test_a_generated_graph_has_the_size_and_seed_asked_for(app: AppTest) -> None:
    app.selectbox[0].set_value("generated-citations").run()
    app.number_input(key="nodes").set_value(500)
    app.number_input(key="graph-seed").set_value(3).run()
    assert app.session_state["chosen"] == DatasetConfig(name="generated-citations", nodes=500, graph_seed=3)


def test_the_widget_allows_the_sizes_that_exist(app: AppTest) -> None:
    app.selectbox[0].set_value("generated-citations").run()
    nodes = app.number_input(key="nodes")
    assert (nodes.min, nodes.max, nodes.value) == (FEWEST_NODES, MOST_NODES, DEFAULT_NODES)


def test_a_size_that_is_refused_is_refused_in_a_sentence(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data.config, "MOST_NODES", 1_000)
    app.selectbox[0].set_value("generated-citations").run()
    assert not app.exception
    assert app.session_state["chosen"] is None
    assert app.error[0].value == "nodes is 2,708; a generated graph can have 50 to 1,000 nodes."
