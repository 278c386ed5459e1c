import numpy as np
import pandas as pd
import pytest

from a2q_studio.charts import Palette
from a2q_studio.charts.chain import CELLS, chain_table, degree_to_magnitude, magnitude_to_bits, value_edges

COLUMN = "aggregation_fp32"


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


def test_every_node_falls_into_a_cell(nodes: pd.DataFrame) -> None:
    table = chain_table(nodes, COLUMN)
    assert table["degree_cell"].tolist()[:10] == nodes["in_degree"].tolist()[:10], "few edges: a cell each"
    assert table["degree_cell"].is_monotonic_increasing
    assert table["value_cell"].is_monotonic_increasing
    edges = value_edges(nodes[COLUMN].to_numpy())
    assert len(edges) == CELLS + 1
    for cell, value in zip(table["value_cell"], nodes[COLUMN], strict=True):
        assert edges[cell] * 0.999 <= value <= edges[cell + 1] * 1.001


@pytest.mark.parametrize("values", [[0.0] * 12, [1.0] * 12, [0.0] * 11 + [5.0], [1e-9] + [1.0] * 11])
def test_values_that_are_all_alike_or_nothing(nodes, colours: Palette, values: list[float]) -> None:
    table = chain_table(nodes.assign(**{COLUMN: values}), COLUMN)
    assert table["value_cell"].between(0, CELLS - 1).all()
    for draw in (degree_to_magnitude, magnitude_to_bits):
        assert sum(row[2] for row in draw(table, COLUMN, colours).data[0].customdata) == 12


@pytest.mark.parametrize("draw", [degree_to_magnitude, magnitude_to_bits])
class TestBoth:
    def test_bubbles_count_every_node_once_and_find_them_again(self, nodes, colours: Palette, draw) -> None:
        table = chain_table(nodes, COLUMN)
        keys = ["degree_cell", "value_cell"] if draw is degree_to_magnitude else ["value_cell", "bits"]
        bubbles = draw(table, COLUMN, colours).data[0]
        for (*cell, count), size in zip(bubbles.customdata, bubbles.marker.size, strict=True):
            assert (table[keys] == cell).all(axis=1).sum() == count == size

    def test_only_bubbles_can_be_selected(self, nodes, colours: Palette, draw) -> None:
        _, means = draw(chain_table(nodes, COLUMN), COLUMN, colours).data
        assert means.customdata is None

    def test_all_stay_in_grey_beneath_the_focus(self, nodes, colours: Palette, draw) -> None:
        table = chain_table(nodes, COLUMN)
        beneath, above, _ = draw(table, COLUMN, colours, table[table["bits"] >= 4]).data
        assert beneath.marker.color == colours.muted
        assert sum(beneath.marker.size) == 12
        assert sum(above.marker.size) == 4
        assert beneath.marker.sizeref == above.marker.sizeref

    def test_nobody_in_focus(self, nodes, colours: Palette, draw) -> None:
        table = chain_table(nodes, COLUMN)
        figure = draw(table, COLUMN, colours, table[:0])
        assert sum(figure.data[0].marker.size) == 12
        assert title(figure).endswith("no node to show")

    def test_axes_have_their_units(self, nodes, colours: Palette, draw) -> None:
        layout = draw(chain_table(nodes, "aggregation"), "aggregation", colours).layout
        axis = layout.yaxis if draw is degree_to_magnitude else layout.xaxis
        assert axis.title.text == "Mean |feature| after aggregation (quantized)"
        assert axis.type == "log"
        assert layout.dragmode == "select"


def test_the_titles_tell_both_arrows(nodes, colours: Palette) -> None:
    table = chain_table(nodes, COLUMN)
    first, last = nodes[COLUMN][:3].mean(), nodes[COLUMN][11]
    words = f"rises from {first:.3g} (in-degree ≤ 1) to {last:.3g} (in-degree > 30)"
    assert title(degree_to_magnitude(table, COLUMN, colours)) == f"In-degree → aggregation value: the mean {words}"
    found = title(magnitude_to_bits(table, COLUMN, colours))
    assert found.startswith("Aggregation value → bits: the mean rises from ")
    assert found.endswith("(highest tenth)")


def test_means_are_those_of_all_nodes(colours: Palette) -> None:
    generator = np.random.default_rng(0)
    degrees = generator.integers(1, 9, 1000)
    from a2q.reports.node_table import degree_groups

    nodes = pd.DataFrame(
        {
            "node": range(1000),
            "in_degree": degrees,
            "degree_group": degree_groups(degrees),
            "bits": generator.integers(1, 9, 1000),
            "magnitude": generator.random(1000),
        }
    )
    means = magnitude_to_bits(chain_table(nodes, "magnitude"), "magnitude", colours).data[-1]
    ordered = nodes.sort_values("magnitude")["bits"].to_numpy().reshape(10, 100)
    assert list(means.y) == pytest.approx(ordered.mean(axis=1))
    assert list(means.error_y.array) == pytest.approx(
        [max(0, np.quantile(tenth, 0.75) - tenth.mean()) for tenth in ordered]
    )
