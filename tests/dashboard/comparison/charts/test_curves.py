import pytest

from a2q.training import EpochMetrics
from a2q_studio.charts import Palette
from a2q_studio.comparison.charts.curves import AVERAGE_BITS, MOST_POINTS, Quantity, curves

SCORE = Quantity("validation_score", "Validation accuracy", ".1%")


def history(scores: list[float]) -> list[EpochMetrics]:
    return [
        EpochMetrics(epoch, 1.0, 0.0, score, score, score, 1.0, 2.0, [], 0.1) for epoch, score in enumerate(scores, 1)
    ]


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


def test_one_line_for_each_run_that_has_begun(three, colours: Palette) -> None:
    one, two, none = three
    figure = curves([(one, history([0.5, 0.8])), (two, history([0.4, 0.6, 0.7])), (none, [])], SCORE, 0, None, colours)
    assert [(line.name, list(line.x), list(line.y)) for line in figure.data] == [
        (one.title, [1, 2], [0.5, 0.8]),
        (two.title, [1, 2, 3], [0.4, 0.6, 0.7]),
    ]
    assert title(figure) == "Validation accuracy: at the last epoch A 80.0%, B 70.0%"
    # By letter, dash and colour.
    assert [note.text for note in figure.layout.annotations] == ["<b>A</b>", "<b>B</b>"]
    assert len({(line.line.dash, line.line.color) for line in figure.data}) == 2


def test_smoothing_is_an_average_that_does_not_start_from_zero(three, colours: Palette) -> None:
    raw, smooth = curves([(three[0], history([1.0, 0.0, 0.0]))], SCORE, 0.5, None, colours).data
    assert list(raw.y) == [1, 0, 0]
    assert list(smooth.y) == pytest.approx([1, 0.5 / 1.5, 0.25 / 1.75])
    assert raw.opacity < smooth.opacity


def test_the_title_tells_unsmoothed_values_and_that_lines_are_smoothed(three, colours: Palette) -> None:
    figure = curves([(three[0], history([1.0, 0.0]))], SCORE, 0.9, None, colours)
    assert title(figure) == "Validation accuracy: at the last epoch A 0.0% (lines smoothed by 0.9)"


def test_the_highlighted_run_stands_out(three, colours: Palette) -> None:
    figure = curves([(mark, history([0.5])) for mark in three], AVERAGE_BITS, 0, "B", colours)
    assert [line.line.width for line in figure.data] == [2, 4, 2]
    assert [line.opacity == 1 for line in figure.data] == [False, True, False]


def test_long_runs_are_thinned_and_keep_their_last_epoch(three, colours: Palette) -> None:
    (line,) = curves([(three[0], history([0.5] * 4_001))], SCORE, 0, None, colours).data
    assert len(line.x) <= MOST_POINTS + 1
    assert line.x[-1] == 4_001


def test_nothing_yet(three, colours: Palette) -> None:
    figure = curves([(three[0], [])], SCORE, 0, None, colours)
    assert not figure.data
    assert title(figure) == "Validation accuracy: no epoch yet"
