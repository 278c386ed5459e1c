from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from a2q_studio.pages.explore import graph_view
from a2q_studio.pages.explore.graph_view import _lines, _select_region
from a2q_studio.ui import selection
from a2q_studio.ui.selection import chart_key, selections

PLACES = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict:
    """The session's state, without a session."""
    state: dict = {}
    for module in (selection, graph_view):
        monkeypatch.setattr(module, "st", SimpleNamespace(session_state=state))
    return state


def drawn(session: dict, **event: object) -> list[int]:
    """What is selected after an event in a graph of which only some nodes are drawn."""
    scene = SimpleNamespace(run=SimpleNamespace(id="r"), nodes=pd.DataFrame({"node": range(4)}))
    session[chart_key("r", "graph")] = SimpleNamespace(
        selection=type("Event", (dict,), {"points": property(lambda self: self["points"])})({"points": []} | event)
    )
    _select_region(scene, PLACES)()
    now = selections("r").now
    return [] if now is None else now.nodes.tolist()


def test_a_region_takes_nodes_that_are_not_drawn_too(session: dict) -> None:
    assert drawn(session, box=[{"x": [0.5, 2.5], "y": [0.5, 2.5]}], points=[{"customdata": [1]}]) == [1, 2]
    assert drawn(session, lasso=[{"x": [-1, 4, -1], "y": [-1, 1.5, 1.5]}]) == [0, 1]


def test_a_click_takes_the_node_under_it(session: dict) -> None:
    assert drawn(session, box=[], lasso=[], points=[{"customdata": [3, 2, 1]}]) == [3]
    assert session[selection.INSPECTED] == "3"


def test_an_empty_event_changes_nothing(session: dict) -> None:
    assert drawn(session, points=[{"customdata": [3, 2, 1]}]) == [3]
    assert drawn(session) == [3]
    assert drawn(session, box=[{"x": [8, 9], "y": [8, 9]}]) == [3]


@pytest.mark.parametrize(
    ("chosen", "node", "expected"),
    [(None, None, 0), (None, 1, 2), (np.array([0]), None, 1), (np.array([0]), 3, 2), (np.arange(4), None, 3)],
)
def test_edges_of_few_selected_nodes_are_lines(chosen: np.ndarray | None, node: int | None, expected: int) -> None:
    chain = np.array([[0, 1, 2], [1, 2, 3]])
    assert _lines(chain, chosen, node, 4).shape == (2, expected)
    assert _lines(np.tile(chain, 2), np.arange(301), None, 400).shape == (2, 0), "too many to draw"
