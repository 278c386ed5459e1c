import numpy as np
import pytest

from a2q.reports.inspection import contributions, node_codes
from a2q_studio.charts import Palette
from a2q_studio.pages.explore.charts import code_histogram, neighbour_bars, values_and_codes
from a2q_studio.pages.explore.charts.node import MOST_SENDERS

VALUES = np.array([[0.1, 0.6, 0.9, 9.0]])


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


@pytest.fixture
def seen():
    """Four values at two unsigned bits and a step of one half; the last is clipped."""
    quantized = np.array([[0.0, 0.5, 1.0, 1.5]])
    return node_codes(VALUES, quantized, np.array([0.5]), np.array([2]), 0, np.array([0]))


def test_codes_are_counted(seen, colours: Palette) -> None:
    figure = code_histogram(seen, 5, colours)
    (bars,) = figure.data
    assert list(bars.x) == ["0", "1", "2", "3"]
    assert sum(bars.y) == 4
    assert list(bars.customdata) == [0, 0.5, 1, 1.5]
    assert title(figure) == "Node 5: 4 values use 4 integer codes"


def test_values_beside_what_becomes_of_them(seen, colours: Palette) -> None:
    figure = values_and_codes(seen, 5, colours)
    exact, quantized = figure.data
    assert list(exact.y) == [0.1, 0.6, 0.9, 9.0]
    assert list(quantized.y) == [0, 0.5, 1, 1.5]
    assert exact.marker.symbol != quantized.marker.symbol
    assert [shape.y0 for shape in figure.layout.shapes] == [0, 1.5]
    assert title(figure) == "Node 5: mean error 1.95, of which rounding 0.075, clipping 1.88"


def test_neighbours_by_what_they_send(colours: Palette) -> None:
    edges = np.stack([np.arange(1, 20), np.zeros(19, int)])
    found = contributions(edges, np.arange(20, dtype=float)[:, None], 0, "gin")
    figure = neighbour_bars(found, 0, colours, np.full(20, 3))
    (bars,) = figure.data
    assert list(bars.y) == [str(node) for node in range(19, 19 - MOST_SENDERS, -1)]
    assert list(bars.x) == list(range(19, 19 - MOST_SENDERS, -1))
    assert set(bars.marker.color) == {colours.of_bits(3)}
    assert "20 messages arrive" in title(figure)
    assert f"({MOST_SENDERS} largest drawn)" in title(figure)


def test_nobody_sends(colours: Palette) -> None:
    found = contributions(np.zeros((2, 0), int), np.ones((2, 1)), 1, "sage")
    assert title(neighbour_bars(found, 1, colours)) == "Node 1: no message arrives"
    alone = contributions(np.zeros((2, 0), int), np.ones((2, 1)), 1, "gcn")
    assert "1 message arrives; the largest, from itself, is 100%" in title(neighbour_bars(alone, 1, colours))
