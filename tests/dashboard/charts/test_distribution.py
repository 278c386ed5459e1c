import pytest

from a2q_studio.charts import Palette, bit_distribution
from a2q_studio.charts.distribution import ALL_INPUTS
from a2q_studio.charts.frame import TITLE_LINES

ONE = {2: [0, 30, 50, 0, 10, 0, 0, 0, 10]}
TWO = {2: [5, 10, 0, 0, 0, 0, 0, 0, 5], 3: [0, 0, 0, 12, 8, 0, 0, 0, 0]}


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


def test_one_bar_for_each_bitwidth_that_occurs(colours: Palette) -> None:
    (bars,) = bit_distribution(ONE, colours).data
    assert list(bars.x) == ["1", "2", "4", "8"]
    assert list(bars.y) == [30, 50, 10, 10]
    assert [list(row) for row in bars.customdata] == [[2, 1], [2, 2], [2, 4], [2, 8]]
    assert list(bars.marker.color) == [colours.bits[bits] for bits in (1, 2, 4, 8)]
    assert list(bars.text) == ["30", "50", "10", "10"]


def test_title_and_axes(colours: Palette) -> None:
    figure = bit_distribution(ONE, colours)
    assert title(figure) == "Layer 2: 80% of 100 nodes have 2 bits or fewer"
    assert figure.layout.xaxis.title.text == "Effective bits"
    assert figure.layout.yaxis.title.text == "Nodes"
    assert figure.layout.xaxis.type == "category"


def test_layers_side_by_side(colours: Palette) -> None:
    figure = bit_distribution(TWO, colours)
    second, third = figure.data
    assert figure.layout.barmode == "group"
    assert list(second.x) == list(third.x) == ["0 (pruned)", "1", "3", "4", "8"]
    assert list(third.y) == [0, 0, 12, 8, 0]
    assert [list(row) for row in third.customdata] == [[3, 0], [3, 1], [3, 3], [3, 4], [3, 8]]
    # Not by colour, which says the bits.
    assert second.marker.pattern.shape != third.marker.pattern.shape
    assert (second.text[0], third.text[2]) == ("L2 5", "L3 12")
    words = "Layer 2: 75% of 20 nodes have 2 bits or fewer; layer 3: 0% of 20 nodes have 2 bits or fewer"
    assert title(figure) == words


def test_as_many_layers_as_a_network_may_have(colours: Palette) -> None:
    figure = bit_distribution({layer: [0, 30, 0, 0, 70] + [0] * 4 for layer in range(1, 9)}, colours)
    assert title(figure).startswith("Share of 100 nodes that have 2 bits or fewer, by layer: L1 30%, L2 30%,")
    # Room for the title ends where the bars begin.
    assert figure.layout.title.text.count("<br>") < TITLE_LINES
    assert len({bars.marker.pattern.shape for bars in figure.data}) == 8


def test_all_inputs_together_count_rows_not_nodes(colours: Palette) -> None:
    figure = bit_distribution({ALL_INPUTS: [0, 3, 0, 0, 1, 0, 0, 0, 0]}, colours)
    assert title(figure) == "All inputs: 75% of 4 feature rows have 2 bits or fewer"
    assert figure.layout.yaxis.title.text == "Feature rows"
    (bars,) = figure.data
    assert list(bars.text) == ["3", "1"]
    assert bars.hovertemplate.startswith("all inputs<br>")


def test_pruned_nodes_are_hollow_and_named(colours: Palette) -> None:
    bars = bit_distribution(TWO, colours).data[0]
    assert bars.x[0] == "0 (pruned)"
    assert bars.marker.color[0] == "rgba(0,0,0,0)"
    assert bars.marker.line.color == colours.text
    assert bars.marker.line.width[0] > bars.marker.line.width[1]


def test_all_nodes_stay_in_grey_beneath_the_focus(colours: Palette) -> None:
    focus = {2: [0, 1, 3, 0, 0, 0, 0, 0, 4]}
    figure = bit_distribution(ONE, colours, focus)
    beneath, above = figure.data
    assert beneath.marker.color == colours.muted
    assert beneath.offsetgroup == above.offsetgroup
    assert beneath.customdata is None
    assert list(beneath.x) == list(above.x) == ["1", "2", "4", "8"]
    assert (list(beneath.y), list(above.y)) == ([30, 50, 10, 10], [1, 3, 0, 4])
    assert title(figure) == "Layer 2: 50% of 8 nodes have 2 bits or fewer"


def test_nobody_in_focus(colours: Palette) -> None:
    figure = bit_distribution(ONE, colours, {2: [0] * 9})
    assert list(figure.data[1].y) == [0, 0, 0, 0]
    assert title(figure) == "Layer 2: none of 0 nodes have 2 bits or fewer"


@pytest.mark.parametrize("bits", [0, 4])
def test_one_bitwidth(colours: Palette, bits: int) -> None:
    counts = [0] * 9
    counts[bits] = 7
    (bars,) = bit_distribution({2: counts}, colours).data
    assert (len(bars.x), list(bars.y)) == (1, [7])
