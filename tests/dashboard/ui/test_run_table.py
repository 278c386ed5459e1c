import json
from dataclasses import replace

import pytest
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
    assert set(result(store.list()[0])) - {"metric", "fold", "bits_unmoved"} <= named
    assert columns["fold"]["hidden"]
    assert "2 runs" in app.dataframe[0].proto.alt


@pytest.mark.parametrize("bits", [4, None])
def test_bits_that_have_not_moved_are_told_where_there_are_any(store: RunStore, runs_here, bits: int | None) -> None:
    runs = [replace(run, summary={**(run.summary or {}), "unmoved_bits": bits}) for run in store.list()[:1]]
    app = AppTest.from_function(page, args=([*runs, *store.list()[1:]],)).run()
    assert not app.exception
    column = json.loads(app.dataframe[0].proto.columns)["bits_unmoved"]
    if bits is None:
        assert column["hidden"]
    else:
        assert column["label"] == "Bits moved?"
        assert app.dataframe[0].value["bits_unmoved"].dropna().tolist() == ["bits equal their start: uniform INT4"]


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
