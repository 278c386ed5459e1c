import pandas as pd
import pytest

from a2q_studio.charts import Palette
from a2q_studio.comparison.charts.pareto import Spread, front, pareto

NONE = pd.DataFrame({"bits": [], "score": [], "name": []})


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


def test_the_front_is_what_no_other_point_beats() -> None:
    points = pd.DataFrame({"bits": [2, 1, 4, 4, 32, 2], "score": [0.8, 0.7, 0.8, 0.82, 0.81, 0.75]})
    assert list(front(points, "highest").index) == [1, 0, 3]
    assert list(front(points, "lowest").index) == [1]
    by_hand = [
        index
        for index, point in points.iterrows()
        if not (
            (points["bits"] <= point["bits"])
            & (points["score"] >= point["score"])
            & ((points["bits"] < point["bits"]) | (points["score"] > point["score"]))
        ).any()
    ]
    assert sorted(front(points, "highest").index) == sorted(by_hand)


def test_runs_others_seeds_and_front(three, colours: Palette) -> None:
    others = pd.DataFrame({"bits": [1.5, 3.0], "score": [0.79, 0.70], "name": ["one", "two"]})
    spread = Spread(three[0], 3, 1.8, 0.1, 0.78, 0.02)
    figure = pareto(
        [(three[0], 1.7, 0.8), (three[1], 4.0, 0.81)], others, [spread], "average_bits", "accuracy", "A", colours
    )
    line, grey, cross, first, last = figure.data
    assert list(line.x) == [1.5, 1.7, 4.0] and line.line.shape == "hv"
    assert list(grey.x) == [1.5, 3.0]
    assert list(cross.error_x.array) == [0.1] and list(cross.error_y.array) == [0.02]
    assert "3 seeds" in cross.hovertemplate and "1.80 ± 0.10" in cross.hovertemplate
    assert (list(first.text), list(last.text)) == (["<b>A</b>"], ["<b>B</b>"])
    assert first.marker.size > last.marker.size and first.opacity > last.opacity
    assert figure.layout.xaxis.title.text == "Average bits (the paper's account)"
    assert title(figure) == "A, B are on the Pareto front: no run has fewer bits and a better accuracy"


def test_fp32_is_a_line_across_and_stays_on_the_front(three, colours: Palette) -> None:
    others = pd.DataFrame({"bits": [32.0], "score": [0.5], "name": ["another FP32 run"]})
    figure = pareto(
        [(three[0], 1.7, 0.8), (three[2], 32.0, 0.82)], others, [], "average_bits", "accuracy", None, colours
    )
    assert [list(trace.x) for trace in figure.data] == [[1.7], [1.7]]
    (across,) = figure.layout.shapes
    assert (across.y0, across.y1, across.line.dash) == (0.82, 0.82, three[2].dash)
    assert figure.layout.annotations[0].text == "<b>C</b> FP32, 32 bits: 82.0%"
    assert title(figure).startswith("A, C are on the Pareto front")


@pytest.mark.parametrize(("score", "said"), [(0.5, "A is on the Pareto front"), (0.9, "Each compared run is beaten")])
def test_of_errors_the_lowest_is_best(three, colours: Palette, score: float, said: str) -> None:
    others = pd.DataFrame({"bits": [1.0], "score": [0.6], "name": ["one"]})
    figure = pareto([(three[0], 2.0, score)], others, [], "full_bits_per_value", "mae", None, colours)
    assert title(figure).startswith(said)
    assert "lower is better" in figure.layout.yaxis.title.text


def test_runs_at_the_same_place_are_both_on_the_front(three, colours: Palette) -> None:
    figure = pareto([(mark, 2.0, 0.8) for mark in three], NONE, [], "average_bits", "accuracy", None, colours)
    assert title(figure).startswith("A, B, C are on the Pareto front")


def test_nothing_finished(colours: Palette) -> None:
    figure = pareto([], NONE, [], "average_bits", "accuracy", None, colours)
    assert title(figure) == "No compared run has finished yet"
