import pandas as pd
import pytest

from a2q_studio.charts import Palette, by_degree

GROUPS = {"≤ 1": (0, 1), "2": (2, 2), "3": (3, 3), "4–5": (4, 5), "6–10": (6, 10), "11–30": (11, 30), "> 30": (31, 999)}


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


def by_hand(nodes: pd.DataFrame, column: str) -> dict[str, list[float]]:
    """The sorted values of each group that has any."""
    rows = list(zip(nodes["in_degree"], nodes[column], strict=True))
    groups = {name: sorted(value for degree, value in rows if a <= degree <= b) for name, (a, b) in GROUPS.items()}
    return {name: values for name, values in groups.items() if values}


def quantile(values: list[float], share: float) -> float:
    """Linear between neighbours."""
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


@pytest.mark.parametrize("column", ["bits", "aggregation_fp32", "aggregation"])
def test_bars_are_group_means_with_quartiles_and_counts(nodes, colours: Palette, column: str) -> None:
    expected = by_hand(nodes, column)
    bars = by_degree(nodes, column, colours).data[0]
    assert list(bars.x) == list(expected)
    means = [sum(values) / len(values) for values in expected.values()]
    assert list(bars.y) == pytest.approx(means)
    for position, (group, values) in enumerate(expected.items()):
        low, high = quantile(values, 0.25), quantile(values, 0.75)
        custom = bars.customdata[position]
        assert list(custom[:2]) == [group, len(values)]
        assert list(custom[2:]) == pytest.approx([low, high])
        # A mean may lie outside the quartiles: a whisker never points backwards.
        assert bars.error_y.array[position] == pytest.approx(max(0, high - means[position]))
        assert bars.error_y.arrayminus[position] == pytest.approx(max(0, means[position] - low))
        assert f"n = {len(values):,}" in bars.text[position]


def test_axes_have_units(nodes, colours: Palette) -> None:
    figure = by_degree(nodes, "bits", colours)
    assert figure.layout.xaxis.title.text == "In-degree (edges)"
    assert figure.layout.yaxis.title.text == "Mean effective bits (quartiles as whiskers)"
    assert by_degree(nodes, "aggregation_fp32", colours).layout.yaxis.title.text == "Mean |feature| after aggregation"
    assert by_degree(nodes, "aggregation", colours).layout.yaxis.title.text.endswith("quantized")


def test_bars_have_the_colour_of_their_bits(nodes, colours: Palette) -> None:
    # Means 4/3, 1.5, 2, 2.5, 4, 5 and 8; Python rounds halves to even.
    expected = [colours.bits[bits] for bits in (1, 2, 2, 2, 4, 5, 8)]
    assert list(by_degree(nodes, "bits", colours).data[0].marker.color) == expected
    assert set(by_degree(nodes, "aggregation", colours).data[0].marker.color) == {colours.muted}


def test_pruned_groups_take_the_colour_of_one_bit(nodes, colours: Palette) -> None:
    pruned = nodes.assign(bits=0)
    assert set(by_degree(pruned, "bits", colours).data[0].marker.color) == {colours.bits[1]}


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        ([1, 1, 2, 2, 1, 2, 3, 2, 4, 4, 5, 8], "rises from 1.33 (in-degree ≤ 1) to 8 (in-degree > 30)"),
        ([8, 7, 8, 4, 4, 4, 3, 3, 2, 2, 2, 1], "falls from 7.67 (in-degree ≤ 1) to 1 (in-degree > 30)"),
        ([3, 3, 3, 1, 8, 1, 8, 1, 8, 1, 8, 3], "stays level from 3 (in-degree ≤ 1) to 3 (in-degree > 30)"),
    ],
)
def test_the_title_says_what_is_there(nodes, colours: Palette, bits: list[int], words: str) -> None:
    assert title(by_degree(nodes.assign(bits=bits), "bits", colours)) == f"Mean bitwidth {words}"


def test_the_title_of_one_group(nodes, colours: Palette) -> None:
    hub = by_degree(nodes[nodes["in_degree"] == 40], "bits", colours)
    assert title(hub) == "Mean bitwidth is 8 at in-degree > 30"
    assert list(hub.data[0].x) == ["> 30"]


def test_all_nodes_stay_in_grey_beneath_the_focus(nodes, colours: Palette) -> None:
    focus = nodes[nodes["node"].isin([8, 9, 11])]
    figure = by_degree(nodes, "bits", colours, focus)
    beneath, above = figure.data
    assert figure.layout.barmode == "overlay"
    assert beneath.marker.color == colours.muted
    assert list(beneath.y) == pytest.approx([4 / 3, 1.5, 2, 2.5, 4, 5, 8])
    assert (list(above.x), list(above.y)) == (["6–10", "> 30"], [4, 8])
    assert beneath.customdata is None, "grey bars must not look selectable"
    assert title(figure) == (
        "Mean bitwidth of the 3 nodes selected rises from 4 (in-degree 6–10) to 8 (in-degree > 30)"
    )


def test_groups_stay_in_order_whatever_is_in_focus(nodes, colours: Palette) -> None:
    figure = by_degree(nodes, "bits", colours, nodes[nodes["in_degree"] == 40])
    assert figure.layout.xaxis.categoryorder == "array"
    # plotly.js puts groups that the array leaves out behind all others.
    assert list(figure.layout.xaxis.categoryarray) == list(GROUPS)


def test_nobody_in_focus(nodes, colours: Palette) -> None:
    figure = by_degree(nodes, "bits", colours, nodes[:0])
    assert len(figure.data[0].x) == 7
    assert len(figure.data[1].x) == 0
    assert title(figure) == "Mean bitwidth: no node to show"
