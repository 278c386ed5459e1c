import numpy as np
import pytest

from a2q_studio.charts import Palette
from a2q_studio.pages.learn.lesson.quantizer import errors
from a2q_studio.pages.learn.steps.ruler.chart import error_split, on_a_line, ruler
from a2q_studio.pages.learn.steps.ruler.leaf_and_hub import nearest_step, step_scale
from tests.dashboard.pages.learn.figures import named, title

NODES = {"leaf": np.array([0.0, 0.4, 1.2]), "hub": np.array([0.3, 6.0, 9.0])}


def test_step_sizes_to_choose_from() -> None:
    scale = step_scale({"leaf": np.array([1.0, 4.0]), "hub": np.array([40.0])})
    assert scale == sorted(set(scale))
    assert scale[0] == pytest.approx(4 / 32, rel=0.01)
    assert scale[-1] == 40
    assert nearest_step([1.0, 10.0, 100.0], 20.0) == 10.0
    assert nearest_step([1.0, 10.0, 100.0], 40.0) == 100.0
    assert len(step_scale({"leaf": np.zeros(3), "hub": np.zeros(3)})) > 1


def test_ruler_marks_what_lies_beyond(colours: Palette) -> None:
    figure = ruler(NODES, step=0.5, bits=2, palette=colours)
    marks = named(figure, "marks").x
    assert sorted({x for x in marks if x == x}) == [0, 0.5, 1, 1.5]
    assert list(named(figure, "leaf").marker.symbol) == ["circle", "circle", "circle"]
    assert list(named(figure, "hub").marker.symbol) == ["circle", "x", "x"]
    assert named(figure, "hub").customdata[2].tolist() == pytest.approx([1.5, 7.5])
    assert title(figure).startswith("2 bits: 3 marks above zero reach to 1.5; of 3 values 0 of the leaf and 2 of the")


def test_a_ruler_with_very_many_marks_is_a_band(colours: Palette) -> None:
    assert "marks" not in [trace.name for trace in ruler(NODES, 0.1, 8, colours).data]
    assert len(ruler(NODES, 0.1, 8, colours).layout.shapes) == 1
    assert title(ruler(NODES, 0.1, 1, colours)).startswith("1 bit: 1 mark above zero")


def test_error_split_is_both_parts(colours: Palette) -> None:
    figure = error_split(NODES, 0.5, 2, colours)
    for part in ("rounding", "clipping"):
        expected = [getattr(errors(values, 0.5, 2), part) for values in NODES.values()]
        assert list(named(figure, part).x) == pytest.approx(expected)
    assert named(figure, "clipping").marker.pattern.shape == "/"
    hub = errors(NODES["hub"], 0.5, 2)
    assert f"The hub has the larger error: {hub.total:.2f}" in title(figure)
    assert f"{hub.clipping / hub.total:.0%} of it from clipping" in title(figure)
    assert "0% of it" in title(error_split({"leaf": np.zeros(2), "hub": np.zeros(2)}, 1, 2, colours))


def test_values_on_a_line_give_no_ruler_away(colours: Palette) -> None:
    figure = on_a_line(NODES, colours)
    assert [trace.name for trace in figure.data] == ["leaf", "hub"]
    assert not figure.layout.shapes
    assert "up to 1.2, those of a hub to 9" in title(figure)
