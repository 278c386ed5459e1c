from dataclasses import replace
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from a2q.experiments.bundle.bundle import bundle_of, import_bundle
from a2q.experiments.store import RunStore
from a2q_studio.comparison.charts.marks import MOST_RUNS
from a2q_studio.pages.compare import choice, parallel
from a2q_studio.pages.compare.parallel import KEY, brushed, choose_brushed
from a2q_studio.ui import selection

LISTED = [f"run{number}" for number in range(8)]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The session's state and address, without a session."""
    st = SimpleNamespace(session_state={}, query_params={})
    for module in (selection, choice, parallel):
        monkeypatch.setattr(module, "st", st)
    return st


def brush(session: SimpleNamespace, *points: tuple[str, str]) -> str:
    """What happens when somebody selects points; returns what is said."""
    sent = [{"customdata": list(point)} for point in points]
    session.session_state[KEY] = SimpleNamespace(selection=SimpleNamespace(points=sent))
    choose_brushed(LISTED, ["old", "older"])()
    return session.session_state.get("parallel_said", ("", []))[0]


def test_runs_need_a_point_on_every_axis_that_is_brushed() -> None:
    points = [("c", "bits"), ("a", "bits"), ("b", "bits"), ("a", "score"), ("c", "score"), ("d", "score")]
    assert brushed(points, ["a", "b", "c", "d"]) == ["a", "c"]
    assert brushed(points[:3], ["a", "b", "c", "d"]) == ["a", "b", "c"]
    assert brushed([], ["a"]) == []
    assert brushed([("gone", "bits")], ["a"]) == []


def test_brushed_runs_are_compared_and_in_the_link(session: SimpleNamespace) -> None:
    assert brush(session, ("run3", "bits"), ("run1", "bits")) == ""
    assert session.query_params["runs"] == "run1,run3"
    assert session.session_state["compared_runs"] == ["run1", "run3"]


def test_an_empty_event_changes_nothing(session: SimpleNamespace) -> None:
    session.query_params["runs"] = "old,older"
    assert brush(session) == ""
    assert session.query_params == {"runs": "old,older"}
    assert set(session.session_state) == {KEY}


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([("run1", "bits")], "1 run passes through what you brushed; 2 are needed"),
        ([("run1", "bits"), ("run2", "score")], "No run passes through what you brushed; 2 are needed"),
    ],
)
def test_fewer_than_two_change_nothing_and_it_is_said(session: SimpleNamespace, points, said: str) -> None:
    session.query_params["runs"] = "old,older"
    assert brush(session, *points).startswith(said)
    assert session.query_params == {"runs": "old,older"}
    assert "compared_runs" not in session.session_state


def test_of_more_than_six_the_newest_are_compared_and_it_is_said(session: SimpleNamespace) -> None:
    said = brush(session, *((run, "bits") for run in reversed(LISTED)))
    assert said.startswith("8 runs pass through what you brushed; at most 6 fit side by side")
    assert session.session_state["compared_runs"] == LISTED[:MOST_RUNS]


def test_what_was_said_is_taken_back_by_the_next_brush(session: SimpleNamespace) -> None:
    assert brush(session, ("run1", "bits"))
    assert brush(session, ("run1", "bits"), ("run2", "bits")) == ""


def page() -> None:
    import streamlit as st

    from a2q_studio.pages.compare.parallel import parallel_runs
    from a2q_studio.ui.run_store import open_store

    st.session_state["parallel"] = st.session_state.get("folded_out", True)
    runs = open_store().list()
    parallel_runs(runs, [run for run in runs if run.id in st.session_state.get("chosen", [])])


def opened(**state: object) -> AppTest:
    app = AppTest.from_function(page)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    return " ".join(element.value for kind in (app.info, app.caption) for element in kind)


def test_it_is_drawn_only_where_it_is_opened(runs_here) -> None:
    assert not opened(folded_out=False).get("plotly_chart")
    app = opened()
    (chart,) = app.get("plotly_chart")
    assert "average bits" in chart.proto.alt
    assert chart.proto.alt.startswith("2 runs")
    assert "Draw a box or a lasso" in told(app)


def test_too_few_runs_are_told(open_page, store: RunStore, small) -> None:
    assert "No finished run fits the filters above" in told(opened())
    store.submit(small())
    assert "No finished run fits the filters above" in told(opened())


def test_runs_with_the_same_figures_are_told(runs_here, store: RunStore) -> None:
    store.delete(runs_here.fp32)
    assert "Only one finished run fits" in told(opened())
    _again(store, runs_here.a2q, 1)
    assert "The 2 newest finished runs that fit have the same figures throughout" in told(opened())


def test_more_runs_than_lines_are_told(runs_here, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    _again(store, runs_here.fp32, 1)
    monkeypatch.setattr(parallel, "MOST_LINES", 2)
    assert "Drawn are the newest 2 of 3 finished runs" in told(opened())


def test_what_a_brush_could_not_do_is_said_until_the_choice_is_another(runs_here) -> None:
    chosen = {"chosen": [runs_here.a2q], "parallel_said": ("1 run passes", [runs_here.a2q])}
    assert "1 run passes" in told(opened(**chosen))
    assert "1 run passes" not in told(opened(**chosen | {"chosen": [runs_here.fp32]}))


def _again(store: RunStore, run_id: str, count: int) -> None:
    bundle = bundle_of(store, store.get(run_id))
    for number in range(count):
        import_bundle(store, replace(bundle, run=replace(bundle.run, id=f"{number:012x}")))
