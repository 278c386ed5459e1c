"""What pages say when the database or the cluster is not there."""

import pytest
from sqlalchemy import create_engine, text

from a2q.experiments.launch import cluster
from a2q.experiments.store import RunStore
from a2q_studio.ui.access import READ_ONLY
from a2q_studio.ui.literal import message

PAGES = pytest.mark.parametrize("page", ["learn", "train", "explore", "compare"])
EVERY_PAGE = pytest.mark.parametrize("page", ["learn", "train", "explore", "compare", "accelerator", "data", "help"])


@EVERY_PAGE
def test_a_read_only_server(open_page, runs_here, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("A2Q_READONLY", "1")
    app = open_page(page)
    assert app.info[0].value == READ_ONLY
    assert not app.error
    assert app.caption[-1].value.endswith(f"· {page.capitalize()}")


@EVERY_PAGE
def test_every_page_stands_without_a_store(open_page, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("A2Q_DATABASE_URL", "secret")
    app = open_page(page)
    (error,) = app.error
    assert error.value.startswith("The run store at ")
    assert app.caption[-1].value.endswith(f"· {page.capitalize()}")


@PAGES
@pytest.mark.parametrize(
    "url", ["postgresql://user:secret@127.0.0.1:1/x", "no-such-server://user:secret@host/x", "secret"]
)
def test_a_database_that_cannot_be_opened(open_page, monkeypatch: pytest.MonkeyPatch, page: str, url: str) -> None:
    monkeypatch.setenv("A2Q_DATABASE_URL", url)
    app = open_page(page)
    assert app.title[0].value == page.capitalize()
    (error,) = app.error
    assert error.value.startswith("The run store at ")
    assert error.value.count("cannot be opened") == 1
    # As it is: between two marks of a dollar, Markdown would set a formula.
    assert message("check $A2Q_DATABASE_URL, or unset it to use a file under $A2Q_HOME.") in error.value
    assert app.caption[-1].value.endswith(f"· {page.capitalize()}"), "the frame is whole"
    shown = [element.value for kind in (app.error, app.warning, app.markdown, app.caption) for element in kind]
    assert not [text for text in shown if "secret" in text]


@PAGES
def test_a_database_that_comes_back(open_page, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("A2Q_DATABASE_URL", "sqlite:////proc/nowhere/runs.sqlite")
    app = open_page(page)
    assert len(app.error) == 1
    monkeypatch.delenv("A2Q_DATABASE_URL")
    app.run()
    assert not app.exception
    assert not app.error
    assert app.caption[-1].value.startswith("A²Q Studio ")


@PAGES
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_cannot_be_reached(
    open_page, store: RunStore, small, runs_here, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.05)
    monkeypatch.setenv("A2Q_SCHEDULER", "tcp://127.0.0.1:1")
    run_id = store.submit(small()).id
    links = {"explore": {"run": runs_here.a2q}, "compare": {"runs": f"{runs_here.a2q},{runs_here.fp32}"}}
    app = open_page(page, **links.get(page, {}))
    assert message("No Dask scheduler answers at tcp://127.0.0.1:1") in app.warning[0].value
    assert message("unset A2Q_SCHEDULER") in app.warning[0].value
    assert store.get(run_id).state == "queued"
    assert app.get("plotly_chart") or app.metric, "everything else still works"
    assert app.caption[-1].value.startswith("A²Q Studio ")


@PAGES
@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE epochs SET bit_counts = '{{{' WHERE run_id = :id", "The history"),
        ("UPDATE arrays SET payload = 'none' WHERE run_id = :id AND name = 'in_degree'", "The array in\\_degree"),
        ("UPDATE arrays SET payload = 'none' WHERE run_id = :id AND name LIKE 'tensor/%'", "The array tensor/"),
    ],
)
def test_a_damaged_run_is_told_where_it_is_looked_at(
    open_page, store: RunStore, runs_here, page: str, change: str, what: str
) -> None:
    engine = create_engine(store.url)
    with engine.begin() as connection:
        connection.execute(text(change), {"id": runs_here.a2q})
    engine.dispose()
    links = {"explore": {"run": runs_here.a2q}, "compare": {"runs": f"{runs_here.a2q},{runs_here.fp32}"}}
    app = open_page(page, **links.get(page, {}))
    assert app.caption[-1].value.endswith(f"· {page.capitalize()}")
    assert not app.error
    told = [warning.value for warning in app.warning if "it is damaged; delete the run" in warning.value]
    assert all(text.startswith(f"{what}") and runs_here.a2q in text for text in told)
    assert bool(told) == (page in ("compare", "train" if what == "The history" else "explore"))
