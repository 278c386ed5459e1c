import numpy as np
import pytest

from a2q_studio.charts import Palette
from a2q_studio.pages.learn.lesson.groups import GROUPS
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.width.chart import bits_needed, error_by_group
from a2q_studio.pages.learn.steps.width.uniform import needed, needed_alone, uniform_error
from tests.dashboard.pages.learn.figures import BITS, DEGREES, named, title


def test_needed_bits() -> None:
    table = np.array([[0.9, 0.5, 0.1, 0, 0, 0, 0, 0], [9, 8, 7, 6, 5, 4, 3, 2]])
    assert needed(table, 0.5).tolist() == [2, 8]
    assert needed(table, 1.0).tolist() == [1, 8]
    assert needed(table, 6.5).tolist() == [1, 4]


def test_uniform_error_and_needed_bits_agree(teaching: Teaching) -> None:
    for bits in (2, 5):
        mean = uniform_error(teaching, bits).mean()
        fewest = needed_alone(teaching, bits)
        rows = range(len(fewest))
        table = teaching.main.table
        assert all(table[row, fewest[row] - 1] <= mean for row in rows if fewest[row] < 8)
        assert all(table[row, fewest[row] - 2] > mean for row in rows if fewest[row] > 1)


def test_error_by_group(colours: Palette) -> None:
    error = DEGREES / 10
    figure = error_by_group(DEGREES, error, 3, colours)
    (bars,) = figure.data
    assert list(bars.x) == list(GROUPS)
    assert bars.y == pytest.approx([0.2 / 3, 0.25, 0.4, 0.7, 2.6])
    assert sum(custom[0] for custom in bars.customdata) == pytest.approx(1)
    assert title(figure) == "At 3 bits for all, the 22% of nodes with in-degree > 10 carry 74% of the error"


def test_groups_without_nodes_are_left_out(colours: Palette) -> None:
    few = np.array([0, 1, 3])
    assert list(error_by_group(few, few / 10, 1, colours).data[0].x) == ["≤ 1", "2–3"]
    assert list(bits_needed(few, few + 1, 1, colours).data[0].x) == ["≤ 1", "2–3"]
    assert error_by_group(few, few * 0.0, 1, colours).layout.yaxis.range[1] > 0


def test_bits_needed(colours: Palette) -> None:
    figure = bits_needed(DEGREES, BITS, 4, colours)
    assert list(named(figure, "needed").y) == pytest.approx([4 / 3, 2.5, 3, 4, 6.5])
    assert set(named(figure, "one width for all").y) == {4}
    assert "a leaf (≤ 1) needs 1.3 bits of its own ruler, a hub (> 10) 6.5" in title(figure)
