from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.path import Path

from a2q_studio.pages.explore import graph_view
from a2q_studio.pages.explore.graph_view import _lines, _select_region, within_regions
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


POINTS = np.random.default_rng(0).uniform(-1, 1, (2_000, 2)).astype(np.float32)


def test_a_box_between_any_two_corners() -> None:
    found = within_regions(POINTS, [{"x": [0.5, -0.25], "y": [-0.75, 0.1]}], [])
    expected = (POINTS[:, 0] >= -0.25) & (POINTS[:, 0] <= 0.5) & (POINTS[:, 1] >= -0.75) & (POINTS[:, 1] <= 0.1)
    assert found.tolist() == np.flatnonzero(expected).tolist()
    assert 0 < len(found) < 2_000


@pytest.mark.parametrize("seed", range(5))
def test_a_lasso_is_a_polygon(seed: int) -> None:
    generator = np.random.default_rng(seed)
    # A star round the middle, which no side crosses.
    angle = np.sort(generator.uniform(0, 2 * np.pi, 12))
    radius = generator.uniform(0.2, 1, 12)
    corners = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    found = within_regions(POINTS, [], [{"x": corners[:, 0].tolist(), "y": corners[:, 1].tolist()}])
    assert found.tolist() == np.flatnonzero(Path(corners).contains_points(POINTS)).tolist()


def test_several_regions_add_up_and_none_is_nobody() -> None:
    left, right = {"x": [-1, -0.5], "y": [-1, 1]}, {"x": [0.5, 1], "y": [-1, 1]}
    both = within_regions(POINTS, [left, right], [])
    assert set(both) == set(within_regions(POINTS, [left], [])) | set(within_regions(POINTS, [right], []))
    assert within_regions(POINTS, [], []).tolist() == []
    assert within_regions(np.full((3, 2), np.nan), [left], []).tolist() == []
