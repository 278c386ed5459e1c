import numpy as np
import pytest

from a2q.experiments.store import RunStore
from a2q_studio.ui.selection import Selection, Selections


@pytest.fixture
def app(open_page, runs_here):
    """The A²Q run with 60 nodes selected by a lasso."""
    opened = open_page("explore", run=runs_here.a2q)
    kept = Selections(runs_here.a2q)
    kept.set(Selection("graph", np.arange(60, 120), "a lasso"))
    opened.session_state["selections"] = kept
    return opened.run()


def nodes_of(app) -> list[int]:
    """The numbers in the node table."""
    return app.dataframe[-1].value["node"].tolist()


def save(app, name: str) -> None:
    """Type a name and press Save."""
    app.text_input(key="selection-name").set_value(name)
    app.button(key="save-named").click().run()
    assert not app.exception


def keys(app) -> set[str | None]:
    """Keys of the page's buttons and lists."""
    return {widget.key for widget in (*app.button, *app.selectbox)}


def test_a_name_puts_any_number_of_nodes_into_the_link(app, open_page, runs_here, store: RunStore) -> None:
    save(app, "Upper half")
    (saved,) = store.selections.of(runs_here.a2q)
    assert (saved.name, saved.num_nodes) == ("Upper half", 60)
    assert app.query_params["selection"] == saved.id
    assert app.selectbox(key="saved-selection").value == saved.id
    assert app.selectbox(key="saved-selection").options == ["60 nodes · Upper half"]
    assert "save-named" not in keys(app), "what is saved need not be saved again"
    assert app.session_state["selections"].now.origin == "graph", "the lasso stays"
    elsewhere = open_page("explore", run=runs_here.a2q, selection=saved.id)
    assert nodes_of(elsewhere) == list(range(60, 120))
    assert "nodes" not in elsewhere.query_params


def test_another_can_be_chosen_and_undone(app, runs_here, store: RunStore) -> None:
    few = store.selections.save(runs_here.a2q, "few", [4, 2])
    app.run()
    app.selectbox(key="saved-selection").set_value(few.id).run()
    assert not app.exception
    assert nodes_of(app) == [2, 4]
    assert app.query_params["selection"] == few.id
    app.button(key="undo-selection").click().run()
    assert nodes_of(app) == list(range(60, 120))
    assert app.selectbox(key="saved-selection").value is None
    app.button(key="redo-selection").click().run()
    assert app.selectbox(key="saved-selection").value == few.id
    app.button(key="clear-selection").click().run()
    assert app.selectbox(key="saved-selection").value is None
    assert "selection" not in app.query_params


def test_deleting_leaves_the_nodes_selected(app, runs_here, store: RunStore) -> None:
    save(app, "Upper half")
    app.button(key="delete-saved").click().run()
    assert not app.exception
    assert store.selections.of(runs_here.a2q) == []
    assert nodes_of(app) == list(range(60, 120))
    assert "selection" not in app.query_params
    assert "saved-selection" not in keys(app)
    assert "save-named" in keys(app), "it can be saved again"


def test_somebody_else_deletes_it(app, runs_here, store: RunStore) -> None:
    save(app, "Upper half")
    (saved,) = store.selections.of(runs_here.a2q)
    other = store.selections.save(runs_here.a2q, "other", [1])
    app.run()
    store.selections.delete(runs_here.a2q, saved.id)
    store.selections.delete(runs_here.a2q, other.id)
    app.selectbox(key="saved-selection").set_value(other.id).run()
    assert not app.exception
    assert [toast.value for toast in app.toast] == ["This selection was deleted since; choose another."]
    assert nodes_of(app) == list(range(60, 120))
    assert "selection" not in app.query_params


@pytest.mark.parametrize(("name", "told"), [(" ", "has no name"), ("taken", "'taken' already")])
def test_a_name_that_cannot_be(app, runs_here, store: RunStore, name: str, told: str) -> None:
    store.selections.save(runs_here.a2q, "taken", [1])
    save(app, name)
    assert told in app.toast[0].value
    assert app.text_input(key="selection-name").value == name, "to be mended"
    assert len(store.selections.of(runs_here.a2q)) == 1
    assert nodes_of(app) == list(range(60, 120))


def test_servers_that_only_show_offer_what_is_saved(
    open_page, runs_here, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = store.selections.save(runs_here.a2q, "few", [4, 2])
    many = store.selections.save(runs_here.a2q, "many", range(60))
    monkeypatch.setenv("A2Q_READONLY", "1")
    app = open_page("explore", run=runs_here.a2q, selection=many.id)
    assert nodes_of(app) == list(range(60))
    app.selectbox(key="saved-selection").set_value(few.id).run()
    assert nodes_of(app) == [2, 4]
    assert not {"save-named", "delete-saved"} & keys(app)
    assert "saved-selection" in keys(app)
