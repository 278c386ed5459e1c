import numpy as np
import pytest

from a2q.experiments.store import RunStore
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.selection import Selection, Selections


def nodes_of(app) -> list[int]:
    """The numbers in the node table."""
    return app.dataframe[-1].value["node"].tolist()


def in_address(app) -> dict[str, str]:
    """What the address says of the selection."""
    return {name: app.query_params[name] for name in ("nodes", "selection") if name in app.query_params}


def select(app, run_id: str, nodes) -> None:
    """What remains of a lasso."""
    kept = app.session_state["selections"] if "selections" in app.session_state else Selections(run_id)
    kept.set(Selection("graph", np.array(nodes, dtype=np.int64), "a lasso"))
    app.session_state["selections"] = kept
    app.run()
    assert not app.exception


def test_few_nodes_go_into_the_address_and_come_out_elsewhere(open_page, runs_here) -> None:
    app = open_page("explore")
    assert in_address(app) == {}
    select(app, runs_here.a2q, [3, 17, 29])
    assert in_address(app) == {"nodes": "3,17,29"}
    assert not [caption for caption in app.caption if "Not in the link" in caption.value]
    elsewhere = open_page("explore", run=runs_here.a2q, nodes="3,17,29")
    assert nodes_of(elsewhere) == [3, 17, 29]
    assert in_address(elsewhere) == {"nodes": "3,17,29"}
    assert not elsewhere.warning


def test_numbers_in_any_order_and_twice(open_page, runs_here) -> None:
    app = open_page("explore", nodes="29,3,003,17")
    assert nodes_of(app) == [3, 17, 29]
    assert in_address(app) == {"nodes": "3,17,29"}


def test_fifty_nodes_fit_and_no_more(open_page, runs_here) -> None:
    app = open_page("explore")
    select(app, runs_here.a2q, range(70, 120))
    assert in_address(app) == {"nodes": ",".join(map(str, range(70, 120)))}
    assert nodes_of(open_page("explore", nodes=app.query_params["nodes"])) == list(range(70, 120))
    select(app, runs_here.a2q, range(69, 120))
    assert in_address(app) == {}
    assert "Not in the link, which has room for 50 nodes: save the selection to share it." in [
        caption.value for caption in app.caption
    ]


def test_clearing_takes_it_out_of_the_address_and_undo_puts_it_back(open_page, runs_here) -> None:
    app = open_page("explore", nodes="3,17")
    app.button(key="clear-selection").click().run()
    assert in_address(app) == {}
    assert len(nodes_of(app)) == 120
    app.button(key="undo-selection").click().run()
    assert in_address(app) == {"nodes": "3,17"}
    app.button(key="undo-selection").click().run()
    assert len(nodes_of(app)) == 120, "before the link nothing was selected"
    app.button(key="redo-selection").click().run()
    assert nodes_of(app) == [3, 17]


def test_back_and_forward_in_the_browser(open_page, runs_here) -> None:
    app = open_page("explore", nodes="3,17")
    app.button(key="clear-selection").click().run()
    app.query_params["nodes"] = "3,17"
    app.run()
    assert nodes_of(app) == [3, 17]
    del app.query_params["nodes"]
    app.run()
    assert len(nodes_of(app)) == 120
    assert in_address(app) == {}


def test_somebody_who_comes_back_to_the_page_keeps_it(open_page, runs_here) -> None:
    app = open_page("explore", nodes="3,17")
    app.switch_page(page_script("help")).run()
    app.query_params.clear()
    app.switch_page(page_script("explore")).run()
    assert not app.exception
    assert nodes_of(app) == [3, 17]
    assert in_address(app) == {"nodes": "3,17"}


def test_another_run_drops_it(open_page, runs_here) -> None:
    app = open_page("explore", run=runs_here.a2q, nodes="3,17")
    app.selectbox[0].set_value(runs_here.fp32).run()
    assert not app.exception
    assert len(nodes_of(app)) == 120
    assert in_address(app) == {}


def test_a_saved_selection_is_named_by_its_id(open_page, runs_here, store: RunStore) -> None:
    saved = store.selections.save(runs_here.a2q, "the `upper` half", range(60, 120))
    app = open_page("explore", run=runs_here.a2q, selection=saved.id)
    assert nodes_of(app) == list(range(60, 120))
    assert in_address(app) == {"selection": saved.id}
    (said,) = [markdown.value for markdown in app.markdown if "of 120 nodes selected" in markdown.value]
    assert said.startswith("**60 of 120 nodes selected**")
    assert said.endswith(", saved as `the upper half`")
    app.button(key="clear-selection").click().run()
    assert in_address(app) == {}


@pytest.mark.parametrize(
    "strange",
    ["", "3,,4", "<b>", "-1", "3 4", "٣", ",".join(["1"] * 51), "," * 10**5, "9" * 5_000],
)
def test_nodes_that_cannot_be_read_are_a_sentence(open_page, runs_here, strange: str) -> None:
    app = open_page("explore", nodes=strange)
    assert len(nodes_of(app)) == 120
    assert in_address(app) == {}
    told = [warning.value for warning in app.warning]
    if strange:
        (sentence,) = told
        assert sentence.startswith("The link's nodes cannot be read: it takes 1 to 50 numbers from 0 to 119")
        app.run()
        assert [warning.value for warning in app.warning] == told, "it stays until somebody selects something"
        select(app, runs_here.a2q, [1, 2])
    assert not app.warning


@pytest.mark.parametrize("number", ["120", "9" * 900])
def test_a_node_the_run_does_not_have(open_page, runs_here, number: str) -> None:
    app = open_page("explore", nodes=f"3,{number}")
    assert app.warning[0].value == (
        f"The link names node {number[:20]}, but nodes of this run are numbered 0 to 119; all nodes are shown."
    )
    assert len(nodes_of(app)) == 120
    assert in_address(app) == {}


@pytest.mark.parametrize("strange", ["0" * 12, "`![](//x)`", "," * 10**5])
def test_a_selection_the_run_does_not_have(open_page, runs_here, store: RunStore, strange: str) -> None:
    app = open_page("explore", selection=strange, nodes="3")
    shown = strange[:40].replace("`", "")
    assert [warning.value for warning in app.warning] == [
        f"The link names selection `{shown}`, which is not saved with this run; all nodes are shown."
    ]
    assert len(nodes_of(app)) == 120
    assert in_address(app) == {}


def test_a_selection_of_another_run_or_of_nodes_that_are_gone(open_page, runs_here, store: RunStore) -> None:
    others = store.selections.save(runs_here.fp32, "hubs", [1, 2])
    gone = store.selections.save(runs_here.a2q, "gone", [1, 120])
    for saved in (others, gone):
        app = open_page("explore", run=runs_here.a2q, selection=saved.id)
        assert "is not saved with this run" in app.warning[0].value
        assert len(nodes_of(app)) == 120


def test_an_address_that_streamlit_itself_does_not_read(open_page, runs_here) -> None:
    assert len(nodes_of(open_page("explore", nodes="," * 10**6))) == 120
