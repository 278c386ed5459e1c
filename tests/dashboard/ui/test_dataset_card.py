import dataclasses
from types import SimpleNamespace

import psutil
import pytest
from streamlit.testing.v1 import AppTest

from a2q.datasets import CATALOGUE, DEFAULT, DatasetConfig
from a2q.datasets.config import OPTIONS


def page() -> None:
    import streamlit as st

    from a2q_studio.ui.dataset_card import choose_dataset

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
    assert len(app.number_input) == len(card.options) + (card.folds is not None)


def test_known_sizes_are_told(app: AppTest) -> None:
    app.selectbox[0].set_value("cora").run()
    assert app.caption[0].value.endswith("2,708 nodes · 10,556 edges · 1,433 features · 7 classes")


def test_a_generated_graph_has_the_size_and_seed_asked_for(app: AppTest) -> None:
    app.selectbox[0].set_value("generated-citations").run()
    app.number_input(key="nodes").set_value(500)
    app.number_input(key="graph_seed").set_value(3).run()
    assert app.session_state["chosen"] == DatasetConfig(name="generated-citations", nodes=500, graph_seed=3)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_widget_allows_what_the_config_allows(app: AppTest, name: str) -> None:
    app.selectbox[0].set_value("power-law" if name != "split_seed" else "amazon-photo").run()
    widget, option = app.number_input(key=name), OPTIONS[name]
    assert (widget.min, widget.max, widget.value) == (option.low, option.high, option.default)


def test_a_shape_that_is_chosen_is_part_of_the_run_and_a_default_is_not(app: AppTest) -> None:
    app.selectbox[0].set_value("power-law").run()
    app.number_input(key="exponent").set_value(3.0).run()
    chosen = app.session_state["chosen"]
    assert chosen == DatasetConfig(name="power-law", nodes=2708, graph_seed=0, exponent=3.0)
    assert set(chosen.model_dump()) == {"name", "nodes", "graph_seed", "fold", "exponent"}


def test_published_splits_are_offered(app: AppTest) -> None:
    app.selectbox[0].set_value("texas").run()
    assert app.number_input[0].label == "Split"
    app.number_input(key="fold").set_value(9).run()
    assert app.session_state["chosen"] == DatasetConfig(name="texas", fold=9)


def test_a_value_that_is_refused_is_refused_in_a_sentence(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    smaller = dict(OPTIONS) | {"nodes": dataclasses.replace(OPTIONS["nodes"], high=1_000)}
    monkeypatch.setattr("a2q.datasets.config.OPTIONS", smaller)
    app.selectbox[0].set_value("generated-citations").run()
    assert not app.exception
    assert app.session_state["chosen"] is None
    assert app.error[0].value == "nodes is 2,708; it can be from 50 to 1,000."


@pytest.mark.parametrize(("gib", "scheduler", "warns"), [(8, "", True), (64, "", False), (8, "tcp://host:8786", False)])
def test_a_graph_beyond_this_machines_memory_is_told(
    gib: int, scheduler: str, warns: bool, app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=gib * 2**30))
    monkeypatch.setenv("A2Q_SCHEDULER", scheduler)
    app.selectbox[0].set_value("reddit").run()
    assert not app.exception
    said = [warning.value for warning in app.warning]
    assert bool(said) == warns
    assert all(f"this machine has {gib}.0 GiB" in sentence for sentence in said)
