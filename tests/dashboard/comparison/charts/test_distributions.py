import numpy as np

from a2q_studio.charts import Palette
from a2q_studio.comparison.charts.distributions import overlaid_distributions


def test_shares_so_that_graphs_of_any_size_compare(three, colours: Palette) -> None:
    bits = [(three[0], np.array([1, 1, 2, 8])), (three[1], np.array([0] * 6 + [4] * 2))]
    figure = overlaid_distributions(bits, 2, None, colours)
    first, second = figure.data
    assert list(first.x) == list(second.x) == ["0 (pruned)", "1", "2", "4", "8"]
    assert list(first.y) == [0, 0.5, 0.25, 0, 0.25]
    assert list(second.y) == [0.75, 0, 0, 0.25, 0]
    assert [list(row) for row in second.customdata] == [[6, 8], [0, 8], [0, 8], [2, 8], [0, 8]]
    said = figure.layout.title.text.replace("<br>", " ")
    assert said.startswith("Layer 2: nodes that have 2 bits or fewer: A 75%, B 75%")
    assert {(line.line.dash, line.marker.symbol) for line in figure.data} == {("solid", "circle"), ("dash", "square")}


def test_no_run_with_bits(colours: Palette) -> None:
    assert overlaid_distributions([], 2, None, colours).layout.title.text.startswith("No run with bits")
