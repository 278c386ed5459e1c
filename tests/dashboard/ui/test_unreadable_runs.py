import pytest
from sqlalchemy import create_engine, text
from streamlit.testing.v1 import AppTest

from a2q.experiments.store import RunStore


def page(store) -> None:
    from a2q_studio.ui.unreadable_runs import unreadable_runs

    unreadable_runs(store, store.newest()[1])


@pytest.fixture
def damaged(store: RunStore, small) -> str:
    """The id of a run whose settings are no JSON; a sound run is there too."""
    odd, _ = store.submit(small("seed=1")), store.submit(small("seed=2"))
    engine = create_engine(store.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE runs SET config = '{{{' WHERE id = :id"), {"id": odd.id})
    engine.dispose()
    return odd.id


def test_a_run_that_cannot_be_read_can_be_deleted(store: RunStore, damaged: str) -> None:
    app = AppTest.from_function(page, args=(store,)).run()
    assert not app.exception
    assert damaged in app.warning[0].value
    app.button(key=f"delete-unreadable-{damaged}").click().run()
    assert not app.exception
    assert not app.warning
    assert len(store.list()) == 1


def test_a_read_only_server_only_says_so(store: RunStore, damaged: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_READONLY", "1")
    app = AppTest.from_function(page, args=(store,)).run()
    assert len(app.warning) == 1
    assert not app.button


def test_pages_stay_up_beside_it(damaged: str, open_page) -> None:
    assert any(damaged in warning.value for warning in open_page("train").warning)
    for name in ("learn", "explore", "compare"):
        assert not open_page(name).exception


def test_pages_show_runs_whose_graph_is_gone(runs_here, store: RunStore, open_page) -> None:
    queued = store.submit(store.get(runs_here.a2q).config)
    engine = create_engine(store.url)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE runs SET config = json_set(config, '$.dataset', json('{\"name\": \"own-0123456789ab\"}'))")
        )
    engine.dispose()
    for name in ("learn", "train", "explore", "accelerator"):
        app = open_page(name, **({"run": runs_here.a2q} if name != "train" else {"from": runs_here.a2q}))
        assert not app.exception
        assert not app.error
        if name == "train":
            assert any("is not on this machine any more" in warning.value for warning in app.warning)
            assert any(queued.id in markdown.value for markdown in app.markdown)
    assert not open_page("compare", runs=f"{runs_here.a2q},{runs_here.fp32}").exception
