from streamlit.testing.v1 import AppTest

from a2q.runs import RunStore
from a2q.runs.results import result


def page(runs) -> None:
    from dashboard.parts.run_table import run_table

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
    import json

    app = AppTest.from_function(page, args=(store.list(),)).run()
    columns = json.loads(app.dataframe[0].proto.columns)
    named = {name for name, settings in columns.items() if settings.get("label")}
    # Scores tell their metric by their own names.
    assert set(result(store.list()[0])) - {"metric"} <= named
    assert "2 runs" in app.dataframe[0].proto.alt
