from collections import Counter

import numpy as np
import pandas as pd
import pytest

from a2q_studio.charts import Palette, bits_against_degree
from a2q_studio.charts.scatter import LARGEST_BUBBLE


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


class TestAgainstDegree:
    def test_bubbles_count_every_node_once(self, nodes, colours: Palette) -> None:
        bubbles = bits_against_degree(nodes, colours, "linear", None).data[0]
        expected = Counter(zip(nodes["in_degree"], nodes["bits"], strict=True))
        found = {(x, y): size for x, y, size in zip(bubbles.x, bubbles.y, bubbles.marker.size, strict=True)}
        assert found == dict(expected)
        assert [tuple(row) for row in bubbles.customdata] == [(x, y, size) for (x, y), size in found.items()]

    def test_area_is_the_number_of_nodes(self, nodes, colours: Palette) -> None:
        crowd = pd.concat([nodes, *[nodes[:1]] * 8])
        marker = bits_against_degree(crowd, colours, "log", None).data[0].marker
        assert marker.sizemode == "area"
        # plotly.js: the diameter of a bubble is sqrt(size / sizeref · 2), its radius half of that.
        diameter = np.sqrt(2 * max(marker.size) / marker.sizeref)
        assert max(marker.size) == 9
        assert diameter == pytest.approx(LARGEST_BUBBLE)

    def test_bubbles_have_the_colour_of_their_bits(self, nodes, colours: Palette) -> None:
        bubbles = bits_against_degree(nodes, colours, "log", None).data[0]
        assert list(bubbles.marker.color) == [colours.bits[bits] for bits in bubbles.y]

    def test_a_logarithmic_axis_shows_in_degree_0_at_one_half(self, nodes, colours: Palette) -> None:
        figure = bits_against_degree(nodes, colours, "log", None)
        axis, bubbles = figure.layout.xaxis, figure.data[0]
        assert axis.type == "log"
        labels = dict(zip(axis.tickvals, axis.ticktext, strict=True))
        assert labels[0.5] == "0"
        assert labels[1000] == "1,000"
        assert all(label == f"{value:,}" for value, label in labels.items() if value != 0.5)
        assert min(bubbles.x) == 0.5
        assert sorted(row[0] for row in bubbles.customdata)[0] == 0

    def test_a_linear_axis_shows_it_at_0(self, nodes, colours: Palette) -> None:
        figure = bits_against_degree(nodes, colours, "linear", None)
        assert figure.layout.xaxis.type == "linear"
        assert figure.layout.xaxis.tickvals is None
        assert min(figure.data[0].x) == 0

    def test_title_and_axes(self, nodes, colours: Palette) -> None:
        figure = bits_against_degree(nodes, colours, "log", None)
        assert title(figure) == "12 nodes: most have 2 bits; the largest in-degree is 40"
        assert figure.layout.xaxis.title.text == "In-degree (edges)"
        assert figure.layout.yaxis.title.text == "Effective bits (area = nodes)"
        assert figure.layout.dragmode == "select"

    def test_all_nodes_stay_in_grey_beneath_the_focus(self, nodes, colours: Palette) -> None:
        figure = bits_against_degree(nodes, colours, "log", nodes[nodes["bits"] >= 4])
        beneath, above = figure.data
        assert beneath.marker.color == colours.muted
        assert sum(beneath.marker.size) == 12
        assert sum(above.marker.size) == 4
        assert beneath.marker.sizeref == above.marker.sizeref
        assert title(figure) == "4 nodes selected: most have 4 bits; the largest in-degree is 40"

    def test_nobody_in_focus(self, nodes, colours: Palette) -> None:
        figure = bits_against_degree(nodes, colours, "log", nodes[:0])
        assert sum(figure.data[0].marker.size) == 12
        assert len(figure.data[1].x) == 0
        assert title(figure).startswith("0 nodes selected")

    def test_one_bitwidth(self, nodes, colours: Palette) -> None:
        figure = bits_against_degree(nodes.assign(bits=4), colours, "log", None)
        assert set(figure.data[0].y) == {4}
        low, high = figure.layout.yaxis.range
        assert low < 4 < high


@pytest.fixture
def pruned(nodes, colours: Palette):
    """The figure of a run that pruned its first three nodes."""
    return bits_against_degree(nodes.assign(bits=[0, 0, 0, *nodes["bits"][3:]]), colours, "log", None)


def test_pruned_nodes_are_hollow(pruned, colours: Palette) -> None:
    points = pruned.data[0]
    bits = [row[1] for row in points.customdata]
    assert 0 in bits
    for kept, symbol, colour in zip(bits, points.marker.symbol, points.marker.color, strict=True):
        assert symbol == ("circle" if kept else "circle-open")
        assert colour == (colours.bits[kept] if kept else colours.muted)


def test_pruned_nodes_are_named(pruned) -> None:
    labels = dict(zip(pruned.layout.yaxis.tickvals, pruned.layout.yaxis.ticktext, strict=True))
    assert labels[0] == "0 (pruned)"
    assert labels[8] == "8"
    assert list(labels) == list(range(9))
