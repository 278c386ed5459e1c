from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from a2q.reports.nodes import degree_groups
from dashboard.charts import bits_against_aggregation, bits_against_degree, by_degree, palette
from dashboard.parts import selection
from dashboard.parts.selection import Selection, chart_key, clear_selection, current_selection, select_by


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict:
    """The session's state, without a session."""
    state: dict = {}
    monkeypatch.setattr(selection, "st", SimpleNamespace(session_state=state))
    return state


@pytest.fixture
def nodes() -> pd.DataFrame:
    """Thirty nodes in every group of in-degrees, with 1 to 8 bits."""
    degrees = np.array([0, 1, 2, 3, 4, 5, 7, 12, 31, 40] * 3)
    return pd.DataFrame(
        {
            "node": range(30),
            "in_degree": degrees,
            "degree_group": degree_groups(degrees),
            "bits": [1 + number % 8 for number in range(30)],
            "aggregation": [number / 7 for number in range(30)],
        }
    )


def event(*points: object) -> SimpleNamespace:
    """What Streamlit keeps of a chart's selection."""
    return SimpleNamespace(selection=SimpleNamespace(points=[{"customdata": custom} for custom in points]))


def chosen(session: dict) -> list[int]:
    return session["selected_nodes"].nodes.tolist()


@pytest.mark.parametrize("form", [list, lambda row: {str(place): value for place, value in enumerate(row)}])
def test_what_charts_carry_finds_their_nodes(session: dict, nodes, as_sent, form) -> None:
    light = palette("light")
    charts = {
        ("degree_group",): by_degree(nodes, "bits", light),
        ("in_degree", "bits"): bits_against_degree(nodes, light, "log", None),
        ("node",): bits_against_aggregation(nodes, "aggregation", light, None),
    }
    for columns, figure in charts.items():
        rows = as_sent(figure)["data"][0]["customdata"]
        for row in rows:
            session["chart"] = event(form(row))
            select_by("r", "chart", nodes, columns)()
            expected = [
                int(node["node"])
                for _, node in nodes.iterrows()
                if all(node[column] == value for column, value in zip(columns, row, strict=False))
            ]
            assert expected
            assert chosen(session) == expected


def test_points_add_up(session: dict, nodes) -> None:
    session["chart"] = event(["2", 3], ["3", 3])
    select_by("r", "chart", nodes, ("degree_group",))()
    assert chosen(session) == [2, 3, 12, 13, 22, 23]
    assert session["selected_nodes"].origin == "chart"


def test_an_empty_event_keeps_the_selection(session: dict, nodes) -> None:
    # Streamlit sends one whenever a chart is redrawn.
    before = session["selected_nodes"] = Selection("r", "chart", np.array([1]))
    for nothing in (event(), event(None), event([]), SimpleNamespace(selection=SimpleNamespace(points=[{"x": 1}]))):
        session["chart"] = nothing
        select_by("r", "chart", nodes, ("node",))()
    assert session["selected_nodes"] is before


def test_a_selection_belongs_to_its_run(session: dict) -> None:
    mine = session["selected_nodes"] = Selection("r", "chart", np.array([1]))
    assert current_selection("r") is mine
    assert current_selection("other") is None


def test_nothing_is_selected_at_first_or_by_strangers(session: dict) -> None:
    assert current_selection("r") is None
    session["selected_nodes"] = "something else"
    assert current_selection("r") is None


def test_clearing_makes_browsers_forget_their_marks(session: dict) -> None:
    session["selected_nodes"] = Selection("r", chart_key("a"), np.array([1]))
    before = chart_key("a")
    assert before == chart_key("a") != chart_key("b")
    clear_selection()
    assert current_selection("r") is None
    assert chart_key("a") != before
    clear_selection()
