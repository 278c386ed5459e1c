import pytest
from streamlit.testing.v1 import AppTest

from a2q.experiments.run_config import RunConfig
from a2q.experiments.store import Run, RunStore


def page(store) -> None:
    import streamlit as st

    from a2q_studio.ui.run_picker import pick_run

    run = pick_run(store)
    st.session_state["picked"] = run and run.id


@pytest.fixture
def picker(store: RunStore):
    """Open the picker, as a link with ``run=`` where one is given."""

    def opened(run: str | None = None, of: RunStore = store) -> AppTest:
        app = AppTest.from_function(page, args=(of,))
        if run is not None:
            app.query_params["run"] = run
        app.run()
        assert not app.exception
        return app

    return opened


@pytest.fixture
def three(store: RunStore, small) -> list[Run]:
    """Queued runs, oldest first."""
    return [store.submit(small(f"seed={seed}")) for seed in range(3)]


def test_no_runs(picker) -> None:
    app = picker()
    assert app.session_state["picked"] is None
    assert not app.selectbox
    assert not app.warning


def test_the_newest_run_comes_first_and_is_in_the_url(picker, three: list[Run]) -> None:
    app = picker()
    assert app.session_state["picked"] == three[2].id
    assert app.query_params["run"] == three[2].id
    assert app.selectbox[0].options == [f"{run.title} · queued · {run.id}" for run in reversed(three)]


def test_a_link_opens_its_run(picker, three: list[Run]) -> None:
    assert picker(three[0].id).session_state["picked"] == three[0].id


def test_the_start_of_an_id_is_enough(picker, three: list[Run]) -> None:
    app = picker(three[1].id[:11])
    assert app.session_state["picked"] == three[1].id
    assert app.query_params["run"] == three[1].id


def test_a_choice_is_in_the_url(picker, three: list[Run]) -> None:
    app = picker(three[0].id)
    app.selectbox[0].set_value(three[1].id).run()
    assert app.session_state["picked"] == three[1].id
    assert app.query_params["run"] == three[1].id
    assert app.run().session_state["picked"] == three[1].id


def test_another_link_in_the_same_tab_opens_its_run(picker, three: list[Run]) -> None:
    app = picker(three[0].id)
    app.selectbox[0].set_value(three[1].id).run()
    app.query_params["run"] = three[2].id
    assert app.run().session_state["picked"] == three[2].id
    assert app.selectbox[0].value == three[2].id


def test_a_new_run_does_not_take_the_place_of_the_one_shown(picker, three: list[Run], store: RunStore, small) -> None:
    app = picker()
    newer = store.submit(small("seed=9"))
    app.run()
    assert app.session_state["picked"] == three[2].id
    assert newer.id in app.selectbox[0].options[0]


@pytest.mark.parametrize("asked", ["nope", "%", "../../etc", "<b>x</b>"])
def test_a_stale_link_says_so_and_shows_the_newest(picker, three: list[Run], asked: str) -> None:
    app = picker(asked)
    (warning,) = app.warning
    assert f"`{asked}`" in warning.value
    assert "newest run instead" in warning.value
    assert app.session_state["picked"] == three[2].id
    assert not app.run().warning, "the URL names the run shown by now"


def test_a_link_puts_no_markdown_onto_the_page(picker) -> None:
    app = picker("a`\n\n![x](http://elsewhere/x.png)")
    assert "run `a ![x](http://elsewhere/x.png)`, which" in app.warning[0].value


def test_a_stale_link_into_an_empty_store(picker) -> None:
    app = picker("nope")
    assert "there are no other runs" in app.warning[0].value
    assert app.session_state["picked"] is None


def test_a_link_to_a_run_older_than_the_list(picker, three: list[Run], store: RunStore) -> None:
    class Short(RunStore):
        def list(self, *_: object) -> list[Run]:
            return super().list(1)

    with Short() as short:
        app = picker(three[0].id, short)
        assert app.session_state["picked"] == three[0].id
        assert not app.warning


def test_a_run_that_was_deleted_meanwhile(picker, three: list[Run], store: RunStore) -> None:
    app = picker(three[0].id)
    store.cancel(three[0].id)
    store.delete(three[0].id)
    app.run()
    assert not app.exception
    assert three[0].id in app.warning[0].value
    assert app.session_state["picked"] == three[2].id


def test_a_link_to_a_run_that_another_version_wrote(
    picker, three: list[Run], store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = RunConfig.model_validate

    def validate(values: dict) -> RunConfig:
        return known(values | ({"colour": "blue"} if values["seed"] == 0 else {}))

    monkeypatch.setattr(RunConfig, "model_validate", validate)
    app = picker(three[0].id)
    assert f"`{three[0].id}`, which cannot be read" in app.warning[0].value
    assert app.session_state["picked"] == three[2].id
