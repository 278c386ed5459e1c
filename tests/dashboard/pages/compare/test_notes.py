import pytest
from streamlit.testing.v1 import AppTest

from a2q.experiments.store import RunStore
from a2q.experiments.store.annotations import Annotation


def form(run_id: str) -> None:
    from unittest.mock import patch

    import streamlit as st

    from a2q_studio.pages.compare.notes import edit_notes
    from a2q_studio.ui.run_store import open_store

    store = open_store()
    real = st.popover

    class Open:
        """A popover that somebody has opened, which AppTest cannot do."""

        open = True

        def __init__(self, *given, **named) -> None:
            self.inner = real(*given, **{name: value for name, value in named.items() if name != "on_change"})

        def __enter__(self):
            return self.inner.__enter__()

        def __exit__(self, *error) -> None:
            self.inner.__exit__(*error)

    with patch.object(st, "popover", Open):
        edit_notes(store, store.get(run_id), store.annotations.of(run_id), ["baseline"], "here")


@pytest.fixture
def run_id(store: RunStore, small) -> str:
    return store.submit(small()).id


def test_what_is_filled_in_is_kept(store: RunStore, run_id: str) -> None:
    app = AppTest.from_function(form, kwargs={"run_id": run_id}).run()
    app.toggle(key=f"star-here-{run_id}").set_value(True)
    app.multiselect(key=f"tags-here-{run_id}").set_value(["baseline"])
    app.text_area(key=f"note-here-{run_id}").set_value("Look again.")
    app.button[0].click().run()
    assert not app.exception
    assert store.annotations.of(run_id) == Annotation(True, ("baseline",), "Look again.")
    assert app.text_area(key=f"note-here-{run_id}").value == "Look again."


def test_a_refusal_is_a_sentence(store: RunStore, run_id: str) -> None:
    app = AppTest.from_function(form, kwargs={"run_id": run_id}).run()
    app.session_state[f"tags-here-{run_id}"] = ["two words"]
    app.button[0].click().run()
    assert not app.exception
    assert "is no tag" in app.toast[0].value
    assert store.annotations.all() == {}


def test_a_read_only_server_keeps_nothing(run_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_READONLY", "1")
    app = AppTest.from_function(form, kwargs={"run_id": run_id}).run()
    assert app.button[0].disabled
