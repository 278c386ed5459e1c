import pytest
from streamlit.testing.v1 import AppTest

from a2q.experiments.store import RunStore


def page() -> None:
    import streamlit as st

    from a2q_studio.pages.compare.choice import choose_runs
    from a2q_studio.pages.compare.run_list import run_list
    from a2q_studio.ui.run_store import open_store

    store = open_store()
    runs = store.list()
    chosen = choose_runs(store, runs)
    run_list(store, runs, store.annotations.all())
    st.text(" ".join(run.id for run in chosen))


@pytest.fixture
def three(store: RunStore, small) -> list[str]:
    return [store.submit(small(f"seed={seed}")).id for seed in range(3)]


def opened(ticked: list[str]) -> AppTest:
    app = AppTest.from_function(page)
    app.session_state["ticked_runs"] = ticked
    return app.run()


def test_ticked_runs_are_compared_and_in_the_link(three: list[str]) -> None:
    app = opened([three[2], three[0]])
    button = app.button(key="compare-ticked")
    assert button.label == "Compare the 2 ticked" and not button.disabled
    button.click().run()
    assert not app.exception
    # Newest first, as the list shows them.
    assert app.text[0].value == f"{three[2]} {three[0]}"
    assert app.query_params["runs"] in (f"{three[2]},{three[0]}", [f"{three[2]},{three[0]}"])


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_are_not_compared(three: list[str], count: int) -> None:
    button = opened(three[:count]).button(key="compare-ticked")
    assert button.disabled
    assert f"{count} are ticked" in button.help


def test_ticks_belong_to_runs_and_not_to_rows(three: list[str], store: RunStore, small) -> None:
    app = opened(three[:2])
    store.submit(small("seed=9"))
    app.run()
    app.button(key="compare-ticked").click().run()
    assert set(app.text[0].value.split()) == set(three[:2])


def test_a_filter_keeps_ticks_of_runs_it_hides(three: list[str]) -> None:
    app = opened(three[:2])
    app.text_input(key="find").set_value(three[0]).run()
    assert [list(table.value["run"]) for table in app.dataframe] == [[three[0]]]
    assert app.button(key="compare-ticked").label == "Compare the 2 ticked"
