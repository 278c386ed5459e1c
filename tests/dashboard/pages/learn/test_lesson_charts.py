"""Every figure of the lesson, on numbers made by hand and on those of the sample runs."""

import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from a2q.reports.node_table import degree_groups
from a2q.training import EpochMetrics
from a2q_studio.charts import Palette
from a2q_studio.charts.twin import table_of
from a2q_studio.pages.learn.lesson.groups_chart import nodes_by_group
from a2q_studio.pages.learn.steps.budget.allocations import GROUPS, groups
from a2q_studio.pages.learn.steps.budget.chart import allocation, scores
from a2q_studio.pages.learn.steps.fails.chart import contrast, memory
from a2q_studio.pages.learn.steps.fails.savings import per_value
from a2q_studio.pages.learn.steps.listen.aggregation import AGGREGATIONS, heard
from a2q_studio.pages.learn.steps.listen.chart import heard_by_edges, toy_graph
from a2q_studio.pages.learn.steps.mess.chart import error_map
from a2q_studio.pages.learn.steps.mess.correlations import error_by_degree_and_bits
from a2q_studio.pages.learn.steps.ruler.chart import error_split, on_a_line, ruler
from a2q_studio.pages.learn.steps.ruler.quantizer import errors
from a2q_studio.pages.learn.steps.watch.chart import bits_at, way
from a2q_studio.pages.learn.steps.width.chart import bits_needed, error_by_group

DEGREES = np.array([0, 1, 1, 2, 3, 4, 7, 12, 40])
BITS = np.array([1, 1, 2, 2, 3, 3, 4, 5, 8])
NODES = {"leaf": np.array([0.0, 0.4, 1.2]), "hub": np.array([0.3, 6.0, 9.0])}


def title(figure: go.Figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").replace("\u00a0", " ").split())


def named(figure: go.Figure, name: str):
    (trace,) = [trace for trace in figure.data if trace.name == name]
    return trace


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_toy_graph_draws_an_arrow_for_each_edge(colours: Palette, aggregation: str) -> None:
    for edges in (1, 6, 11):
        figure = toy_graph(edges, aggregation, colours)
        assert len(figure.layout.annotations) == edges
        assert f"{heard(edges, aggregation):.1f}" in named(figure, "listening node").text[0]
        assert f"holds {heard(edges, aggregation):.2f}" in title(figure)
        assert len(named(figure, "neighbours").x) == 11


def test_the_curve_shows_all_four_and_where_we_are(colours: Palette) -> None:
    figure = heard_by_edges(8, "gcn", colours)
    assert [trace.name for trace in figure.data] == [*AGGREGATIONS.values(), "here"]
    assert list(named(figure, "Sum (GIN)").y) == pytest.approx([heard(edges, "sum") for edges in range(1, 12)])
    here = named(figure, "here")
    assert (list(here.x), list(here.y)) == ([8], [pytest.approx(heard(8, "gcn"))])
    assert len({trace.line.dash for trace in figure.data[:4]}) == 4, "told apart without colour"
    assert f"{heard(8, 'gcn') / heard(4, 'gcn'):.2f}-fold" in title(figure)


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


def test_allocation_hides_a2q_until_it_is_revealed(colours: Palette) -> None:
    found = groups(DEGREES)
    mine, theirs = [1.0, 2.0, 3.5, 4.0, 8.0], [1.3, 2.5, 3.0, 4.0, 6.5]
    assert [trace.name for trace in allocation(mine, found, colours).data] == ["yours"]
    assert "A²Q" not in title(allocation(mine, found, colours))
    figure = allocation(mine, found, colours, theirs)
    assert list(named(figure, "A²Q").y) == theirs
    assert named(figure, "yours").text[2] == "3.5"


def test_scores_are_in_order(colours: Palette) -> None:
    figure = scores({"You": 0.2, "Best": 0.1, "Same": 0.3}, "You", colours)
    assert list(figure.data[0].y) == ["Best", "You", "Same"]
    assert title(figure) == "You is number 2 of 3 with a mean error of 0.200 (less is better)"


def test_bits_at_an_epoch(colours: Palette) -> None:
    figure = bits_at(DEGREES, BITS, 17, colours)
    stacked = [trace for trace in figure.data if trace.type == "bar"]
    assert [trace.name for trace in stacked] == ["1 bit", "2 bits", "3 bits", "4 bits", "5 bits", "8 bits"]
    assert np.sum([trace.y for trace in stacked], axis=0) == pytest.approx(1)
    assert title(figure) == "Epoch 17: 1.33 bits on average at in-degree ≤ 1, 8.00 at > 30"
    assert named(figure, "mean bits").text[0] == "<b>1.33</b><br>3"
    # Groups are called "2" and "3": an axis of numbers would put them elsewhere.
    assert figure.layout.xaxis.type == "category"


def test_pruned_nodes_are_hollow(colours: Palette) -> None:
    hollow = bits_at(np.array([1, 1]), np.array([0, 3]), 1, colours).data[0]
    assert hollow.name == "0 (pruned) bits"
    assert hollow.marker.color == "rgba(0,0,0,0)"


def test_the_way_of_the_run(colours: Palette) -> None:
    history = [EpochMetrics(epoch, 1, 0, 0.5, 0.6, 0.5, 1, 4, [[0] * 9], 0.1) for epoch in (1, 2, 3)]
    figure = way(history, {1: (4.0, 4.0), 3: (2.0, 6.0)}, 3, colours)
    assert list(named(figure, "leaves").y) == [4, 2]
    assert list(named(figure, "hubs").y) == [4, 6]
    assert named(figure, "leaves").line.dash != named(figure, "hubs").line.dash
    assert figure.layout.shapes[0].x0 == 3
    assert "part; validation accuracy here 60%" in title(figure)
    assert "stay together" in title(way(history, {1: (4.0, 4.0), 3: (3.9, 4.0)}, 1, colours))


def test_error_map(colours: Palette) -> None:
    table = pd.DataFrame(
        {"degree_group": degree_groups(DEGREES), "bits": BITS, "relative_error": 1 / BITS, "in_degree": DEGREES}
    )
    figure = error_map(*error_by_degree_and_bits(table), colours)
    (cells,) = figure.data
    assert list(cells.x) == ["1", "2", "3", "4", "5", "8"]
    assert cells.z[0][0] == 1
    assert cells.text[0][0] == "100%<br>n = 2"
    assert cells.text[0][5] == ""
    assert "falls from 100% at 1 bit to 12% at 8" in title(figure)


def test_contrast_names_both_and_says_where_they_go(colours: Palette) -> None:
    groups_of = degree_groups(DEGREES)
    rising = pd.DataFrame({"degree_group": groups_of, "bits": BITS, "magnitude": BITS * 3.0})
    falling = rising.assign(bits=9 - BITS, magnitude=1.0)
    figure = contrast({"GIN": rising, "GAT": falling}, "bits", colours)
    assert "GIN rises from 1.33 to 8.00; GAT falls from 7.67 to 1.00" in title(figure)
    assert [trace.text[-1] for trace in figure.data] == ["<b>GIN</b>", "<b>GAT</b>"]
    assert len({(trace.line.dash, trace.marker.symbol) for trace in figure.data}) == 2
    scaled = contrast({"GIN": rising, "GAT": falling}, "magnitude", colours)
    assert scaled.data[0].y[0] == scaled.data[1].y[0] == 1
    assert "GAT stays level" in title(scaled)
    assert len(contrast({"GIN": rising}, "bits", colours).data) == 1


def test_memory_stacks_to_the_total(colours: Palette) -> None:
    accounts = {"paper": per_value(1.7, 16, overhead=False), "full": per_value(1.7, 16)}
    figure = memory(accounts, colours)
    totals = np.sum([trace.x for trace in figure.data], axis=0)
    assert totals == pytest.approx([1.7, accounts["full"].total])
    assert len({trace.marker.pattern.shape for trace in figure.data}) == 3
    assert "takes 3.89 bits: 1.70 of code, 2.00 of its node's step size" in title(figure)
    assert [note.text.strip() for note in figure.layout.annotations] == ["1.70 bits, 18.8×", "3.89 bits, 8.2×"]


def test_nodes_by_group(colours: Palette) -> None:
    figure = nodes_by_group(DEGREES, colours)
    assert dict(zip(figure.data[0].x, figure.data[0].y, strict=True))["≤ 1"] == 3
    assert sum(figure.data[0].y) == len(DEGREES)
    assert title(figure) == "56% of 9 nodes have an in-degree of 3 or less; the largest is 40"


def test_every_figure_has_a_title_axes_and_a_table(colours: Palette) -> None:
    found = groups(DEGREES)
    for figure in (
        heard_by_edges(3, "sum", colours),
        ruler(NODES, 0.5, 2, colours),
        error_split(NODES, 0.5, 2, colours),
        error_by_group(DEGREES, DEGREES / 10, 2, colours),
        bits_needed(DEGREES, BITS, 2, colours),
        allocation([1] * 5, found, colours, [2] * 5),
        scores({"You": 1.0, "Same": 2.0}, "You", colours),
        bits_at(DEGREES, BITS, 1, colours),
        nodes_by_group(DEGREES, colours),
        memory({"full": per_value(2, 16)}, colours),
    ):
        assert title(figure)
        assert figure.layout.xaxis.title.text
        assert len(table_of(figure)) >= 1
        assert not re.search(r"\bnan\b", title(figure))
        # In the look of the theme.
        assert figure.layout.font.color == colours.text
