import json

from streamlit.testing.v1 import AppTest

from a2q.experiments.results import result
from a2q.experiments.store import RunStore


def page(runs) -> None:
    from a2q_studio.ui.run_table import run_table

    run_table(runs, "table")


def test_one_row_for_each_run(store: RunStore, runs_here, small) -> None:
    queued = store.submit(small("seed=4"))
    app = AppTest.from_function(page, args=(store.list(),)).run()
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table["run"]) == [queued.id, runs_here.a2q, runs_here.fp32]
    assert list(table["state"]) == ["queued", "finished", "finished"]
    assert list(table.columns) == list(result(queued))
    assert table["test_accuracy"].isna().tolist() == [True, False, False]
    assert table["average_bits"].tolist()[2] == 32


def test_every_column_is_named_for_people(store: RunStore, runs_here) -> None:
    app = AppTest.from_function(page, args=(store.list(),)).run()
    columns = json.loads(app.dataframe[0].proto.columns)
    named = {name for name, settings in columns.items() if settings.get("label")}
    # Scores tell their metric by their own names; no run here has a fold.
    assert set(result(store.list()[0])) - {"metric", "fold"} <= named
    assert columns["fold"]["hidden"]
    assert "2 runs" in app.dataframe[0].proto.alt


def test_folds_and_errors_have_columns_where_they_occur(store: RunStore, graphs_here) -> None:
    app = AppTest.from_function(page, args=(store.list(),)).run()
    assert not app.exception
    columns = json.loads(app.dataframe[0].proto.columns)
    assert columns["fold"]["label"] == "Fold"
    table = app.dataframe[0].value
    assert table["run"].tolist() == [graphs_here.values, graphs_here.classes]
    assert table["test_mae"].isna().tolist() == table["fold"].isna().tolist()[::-1] == [False, True]
    assert table["test_accuracy"].isna().tolist() == [True, False]
    assert "lower is better" in columns["test_mae"]["help"]
