from collections import Counter

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import Palette, bits_against_aggregation, bits_against_degree, palette
from dashboard.charts.scatter import LARGEST_BUBBLE, MOST_POINTS


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


def many(count: int) -> pd.DataFrame:
    """More nodes than are drawn; bits 1 to 5 by thirds and fifths, so that no stride meets equal nodes only."""
    numbers = np.arange(count)
    return pd.DataFrame(
        {
            "node": numbers,
            "in_degree": numbers % 50,
            "bits": 1 + (numbers * 7919 % 5) * (numbers > count // 3),
            "aggregation_fp32": ((numbers * 104729) % count) / count,
        }
    )


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


class TestAgainstAggregation:
    def test_every_node_is_a_point_near_its_bits(self, nodes, colours: Palette) -> None:
        points = bits_against_aggregation(nodes, "aggregation_fp32", colours, None).data[0]
        assert list(points.x) == list(nodes["aggregation_fp32"])
        assert [round(y) for y in points.y] == list(nodes["bits"])
        assert len(set(points.y - nodes["bits"])) == 12
        expected = nodes[["node", "bits", "in_degree"]].to_numpy()
        np.testing.assert_array_equal(points.customdata, expected)
        assert list(points.marker.color) == [colours.bits[bits] for bits in nodes["bits"]]

    def test_points_do_not_move_when_redrawn(self, nodes, colours: Palette) -> None:
        everyone = bits_against_aggregation(nodes, "aggregation", colours, None).data[0]
        some = bits_against_aggregation(nodes, "aggregation", colours, nodes[nodes["bits"] > 2]).data[1]
        places = {row[0]: y for row, y in zip(everyone.customdata, everyone.y, strict=True)}
        assert all(places[row[0]] == y for row, y in zip(some.customdata, some.y, strict=True))

    @pytest.mark.parametrize(
        ("column", "x"),
        [
            ("aggregation_fp32", "Mean |feature| after aggregation (FP32)"),
            ("aggregation", "Mean |feature| after aggregation (quantized)"),
        ],
    )
    def test_axes(self, nodes, colours: Palette, column: str, x: str) -> None:
        figure = bits_against_aggregation(nodes, column, colours, None)
        assert figure.layout.xaxis.title.text == x
        assert figure.layout.yaxis.title.text == "Effective bits"
        assert list(figure.data[0].x) == list(nodes[column])

    def test_the_title_tells_the_trend(self, colours: Palette) -> None:
        nodes = many(40)
        rising = nodes.assign(bits=1 + (nodes["aggregation_fp32"] * 8).astype(int))
        values = [bits for _, bits in sorted(zip(rising["aggregation_fp32"], rising["bits"], strict=True))]
        low, high = sum(values[:4]) / 4, sum(values[-4:]) / 4
        figure = bits_against_aggregation(rising, "aggregation_fp32", colours, None)
        words = f"from {low:.2f} (lowest tenth) to {high:.2f} (highest tenth)"
        assert title(figure) == f"Mean bitwidth rises with the aggregation value, {words}"
        falling = rising.assign(aggregation_fp32=-rising["aggregation_fp32"])
        found = title(bits_against_aggregation(falling, "aggregation_fp32", colours, None))
        words = f"from {high:.2f} (lowest tenth) to {low:.2f} (highest tenth)"
        assert found == f"Mean bitwidth falls with the aggregation value, {words}"
        level = title(bits_against_aggregation(rising.assign(bits=3), "aggregation_fp32", colours, None))
        assert level.startswith("Mean bitwidth stays level")

    def test_many_nodes_are_sampled_and_the_title_says_so(self) -> None:
        nodes = many(30_000)
        figure = bits_against_aggregation(nodes, "aggregation_fp32", palette("light"), None)
        points = figure.data[0]
        assert len(points.x) == MOST_POINTS
        assert len({row[0] for row in points.customdata}) == MOST_POINTS
        assert (min(points.x), max(points.x)) == (nodes["aggregation_fp32"].min(), nodes["aggregation_fp32"].max())
        assert title(figure).endswith("(20,000 of 30,000 drawn)")

    def test_means_use_all_nodes(self) -> None:
        nodes = many(30_000)
        line = bits_against_aggregation(nodes, "aggregation_fp32", palette("dark"), None).data[-1]
        ordered = nodes.sort_values("aggregation_fp32")
        tenths = [ordered[start : start + 3_000] for start in range(0, 30_000, 3_000)]
        assert list(line.y) == pytest.approx([sum(tenth["bits"]) / 3_000 for tenth in tenths])
        assert list(line.x) == pytest.approx([sum(tenth["aggregation_fp32"]) / 3_000 for tenth in tenths])

    def test_20_000_nodes_are_all_drawn(self) -> None:
        figure = bits_against_aggregation(many(MOST_POINTS), "aggregation_fp32", palette("light"), None)
        assert len(figure.data[0].x) == MOST_POINTS
        assert "drawn" not in title(figure)

    def test_all_nodes_stay_in_grey_beneath_the_focus(self, nodes, colours: Palette) -> None:
        figure = bits_against_aggregation(nodes, "aggregation", colours, nodes[nodes["bits"] >= 4])
        beneath, above, line = figure.data
        assert beneath.marker.color == colours.muted
        assert (len(beneath.x), len(above.x)) == (12, 4)
        assert list(line.y) == [4, 4, 5, 8]
        words = "from 4.00 (lowest tenth) to 8.00 (highest tenth)"
        assert title(figure) == f"Mean bitwidth rises with the aggregation value, {words}"

    def test_nobody_in_focus(self, nodes, colours: Palette) -> None:
        figure = bits_against_aggregation(nodes, "aggregation", colours, nodes[:0])
        assert len(figure.data[0].x) == 12
        assert len(figure.data[1].x) == len(figure.data[2].x) == 0
        assert title(figure) == "Bits against aggregation value: no node to show"

    @pytest.mark.parametrize("bits", [1, 8])
    def test_one_bitwidth(self, nodes, colours: Palette, bits: int) -> None:
        figure = bits_against_aggregation(nodes.assign(bits=bits), "aggregation", colours, None)
        low, high = figure.layout.yaxis.range
        assert low < min(figure.data[0].y) <= max(figure.data[0].y) < high

    def test_equal_aggregation_values_still_make_groups(self, nodes, colours: Palette) -> None:
        figure = bits_against_aggregation(nodes.assign(aggregation=0.0), "aggregation", colours, None)
        assert len(figure.data[-1].y) == 10


@pytest.fixture(params=["degree", "aggregation"])
def pruned(request: pytest.FixtureRequest, nodes, colours: Palette):
    """Either figure of a run that pruned its first three nodes."""
    table = nodes.assign(bits=[0, 0, 0, *nodes["bits"][3:]])
    if request.param == "degree":
        return bits_against_degree(table, colours, "log", None)
    return bits_against_aggregation(table, "aggregation", colours, None)


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
