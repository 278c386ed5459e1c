from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from a2q.reports.node_table import degree_groups
from a2q_studio.charts import palette
from a2q_studio.charts.chain import chain_table, degree_to_magnitude, magnitude_to_bits
from a2q_studio.charts.graph import graph_figure
from a2q_studio.charts.shares import bit_shares
from a2q_studio.ui import selection
from a2q_studio.ui.selection import HOW, INSPECTED, MOST_STEPS, chart_key, select, select_by, selections


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


def chosen() -> list[int]:
    return selections("r").now.nodes.tolist()


def pick(session: dict, nodes: pd.DataFrame, *rows: object, columns: tuple[str, ...] = ("node",), name="graph") -> None:
    """What happens when somebody selects points in a chart."""
    session[chart_key("r", name)] = event(*rows)
    select_by("r", name, nodes, columns, name)()


@pytest.mark.parametrize("form", [list, lambda row: {str(place): value for place, value in enumerate(row)}])
def test_what_charts_carry_finds_their_nodes(session: dict, nodes, as_sent, form) -> None:
    light = palette("light")
    table = chain_table(nodes, "aggregation")
    places = np.random.default_rng(0).normal(size=(30, 2))
    charts = {
        ("degree_cell", "value_cell"): (degree_to_magnitude(table, "aggregation", light), 0),
        ("value_cell", "bits"): (magnitude_to_bits(table, "aggregation", light), 0),
        ("degree_group", "bits"): (bit_shares(nodes, light), 1),
        ("node",): (graph_figure(nodes, places, "bits", light), 0),
    }
    for columns, (figure, first) in charts.items():
        found = 0
        for trace in as_sent(figure)["data"][first:]:
            for row in trace.get("customdata") or []:
                pick(session, table, form(row), columns=columns)
                agrees = [
                    int(node["node"])
                    for _, node in table.iterrows()
                    if all(str(node[column]) == str(value) for column, value in zip(columns, row, strict=False))
                ]
                if agrees:
                    assert chosen() == agrees
                    found += len(agrees)
        assert found == 30, columns


def test_points_add_up(session: dict, nodes) -> None:
    pick(session, nodes, ["2", 3], ["3", 4], columns=("degree_group", "bits"))
    assert chosen() == [2, 3]
    assert selections("r").now.origin == "graph"


def test_an_empty_event_keeps_the_selection(session: dict, nodes) -> None:
    # Streamlit sends one whenever a chart is redrawn.
    select("r", [1], "one")
    before = selections("r").now
    for nothing in (event(), event(None), event([]), SimpleNamespace(selection=SimpleNamespace(points=[{"x": 1}]))):
        session[chart_key("r", "graph")] = nothing
        select_by("r", "graph", nodes, ("node",), "graph")()
    assert selections("r").now is before


@pytest.mark.parametrize(
    ("how", "expected"), [("replace", [3, 4]), ("add", [1, 2, 3, 4]), ("intersect", [3]), (None, [3, 4])]
)
def test_what_a_new_pick_does(session: dict, nodes, how: str | None, expected: list[int]) -> None:
    select("r", [1, 2, 3], "first")
    session[HOW] = how
    pick(session, nodes, [3], [4])
    assert chosen() == expected


def test_add_and_intersect_begin_with_the_pick_where_nothing_is_selected(session: dict) -> None:
    for how in ("add", "intersect"):
        select("r", [5, 5, 2], "pick", how=how)
        assert chosen() == [2, 5]
        selections("r").set(None)


def test_a_selection_belongs_to_its_run(session: dict) -> None:
    select("r", [1], "one")
    assert selections("other").now is None
    assert selections("r").now is None, "a session looks at one run at a time"


def test_strangers_in_the_session_are_no_selection(session: dict) -> None:
    session["selections"] = "something else"
    assert selections("r").now is None


class TestHistory:
    def test_ten_steps_back_and_forth(self, session: dict) -> None:
        for number in range(15):
            select("r", [number], "step")
        kept = selections("r")
        for number in range(13, 13 - MOST_STEPS, -1):
            kept.undo()
            assert chosen() == [number]
        before = kept.now
        kept.undo()
        assert kept.now is before, "ten steps are kept"
        for number in range(5, 15):
            kept.redo()
            assert chosen() == [number]
        kept.redo()
        assert chosen() == [14]

    def test_a_new_pick_ends_redo(self, session: dict) -> None:
        select("r", [1], "one")
        select("r", [2], "two")
        selections("r").undo()
        select("r", [3], "three")
        selections("r").redo()
        assert chosen() == [3]

    def test_clearing_can_be_undone(self, session: dict) -> None:
        select("r", [1], "one")
        selections("r").set(None)
        assert selections("r").now is None
        selections("r").undo()
        assert chosen() == [1]

    def test_what_is_brought_back_has_lost_its_box(self, session: dict, nodes) -> None:
        pick(session, nodes, [1], [2])
        pick(session, nodes, [3])
        selections("r").undo()
        assert selections("r").now.origin == ""


class TestMarks:
    def test_clearing_makes_the_chart_forget_its_box(self, session: dict, nodes) -> None:
        pick(session, nodes, [1])
        before, other = chart_key("r", "graph"), chart_key("r", "errors")
        selections("r").set(None)
        assert chart_key("r", "graph") != before
        assert chart_key("r", "errors") == other

    def test_a_second_box_in_the_same_chart_stays(self, session: dict, nodes) -> None:
        pick(session, nodes, [1])
        before = chart_key("r", "graph")
        pick(session, nodes, [2])
        assert chart_key("r", "graph") == before
        assert selections("r").now.origin == "graph"

    def test_a_box_that_is_only_a_part_of_the_selection_goes(self, session: dict, nodes) -> None:
        pick(session, nodes, [1])
        before = chart_key("r", "graph")
        session[HOW] = "add"
        pick(session, nodes, [2])
        assert chart_key("r", "graph") != before
        assert selections("r").now.origin == ""


def test_one_node_comes_under_the_glass(session: dict, nodes) -> None:
    pick(session, nodes, [7])
    assert session[INSPECTED] == "7"
    pick(session, nodes, [3], [4])
    assert session[INSPECTED] == "7"
