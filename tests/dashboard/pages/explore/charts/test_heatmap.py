import numpy as np
import pytest

from a2q.reports.error_decomposition import ErrorMatrix
from a2q_studio.charts import Palette
from a2q_studio.pages.explore.charts import error_heatmap

MATRIX = ErrorMatrix(
    np.array([[0.5, 0.1], [0.25, np.nan]]),
    ("≤ 1", "> 30"),
    np.array([4, 0]),
    (np.array([1, 2, 3]), np.array([7])),
    (2, 1),
)


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


def test_cells_carry_their_row(colours: Palette) -> None:
    heatmap, cells = error_heatmap(MATRIX, "absolute", colours, "In-degree (edges)", 2).data
    assert np.array_equal(heatmap.z, MATRIX.values, equal_nan=True)
    assert list(heatmap.x) == ["4", "0"]
    assert list(heatmap.y) == ["≤ 1", "> 30"]
    for row, x, y in zip(cells.customdata, cells.x, cells.y, strict=True):
        assert MATRIX.rows[int(row[0])] == y
        assert row[1] == MATRIX.counted[int(row[0])]
        cell = MATRIX.values[int(row[0]), list(heatmap.x).index(x)]
        assert row[2] == cell or np.isnan(cell)


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("absolute", "Mean |x_q − x|: highest 0.5, at in-degree ≤ 1 in dimension 4"),
        ("relative", "Error over magnitude: highest 50.0%, at in-degree ≤ 1 in dimension 4"),
        ("clipped", "Share of values clipped: highest 50.0%, at in-degree ≤ 1 in dimension 4"),
    ],
)
def test_titles_name_the_highest(colours: Palette, metric: str, words: str) -> None:
    figure = error_heatmap(MATRIX, metric, colours, "In-degree (edges)", 2)
    assert title(figure) == words
    assert figure.data[0].colorbar.title.text == words.partition(":")[0]


def test_what_is_left_out_is_said(colours: Palette) -> None:
    assert title(error_heatmap(MATRIX, "absolute", colours, "Node", 16)).endswith("(2 of 16 dimensions drawn)")


def test_no_error_and_no_node(colours: Palette) -> None:
    exact = ErrorMatrix(np.zeros((1, 2)), ("3",), np.arange(2), (np.array([0]),), (1,))
    assert title(error_heatmap(exact, "clipped", colours, "Node", 2)) == "Share of values clipped: none anywhere"
    nobody = ErrorMatrix(np.zeros((0, 2)), (), np.arange(2), (), ())
    assert "no node to show" in title(error_heatmap(nobody, "absolute", colours, "Node", 2))


def test_many_rows_are_taller_and_read_from_the_top(colours: Palette) -> None:
    rows = 50
    tall = ErrorMatrix(
        np.ones((rows, 2)), tuple(map(str, range(rows))), np.arange(2), (np.array([0]),) * rows, (1,) * rows
    )
    layout = error_heatmap(tall, "absolute", colours, "Node", 2).layout
    assert layout.yaxis.autorange == "reversed"
    assert layout.height > error_heatmap(MATRIX, "absolute", colours, "Node", 2).layout.height
