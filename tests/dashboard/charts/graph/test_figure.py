import numpy as np
import pandas as pd
import pytest

from a2q_studio.charts import Palette
from a2q_studio.charts.graph import graph_figure
from a2q_studio.charts.graph.colouring import available
from a2q_studio.charts.graph.figure import MOST_LINES
from a2q_studio.charts.graph.raster import Raster

PLACES = np.random.default_rng(0).normal(size=(12, 2)).astype(np.float32)


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


@pytest.fixture
def labelled(nodes: pd.DataFrame) -> pd.DataFrame:
    """The twelve nodes with classes, predictions and errors."""
    return nodes.assign(label=[0, 1, 2] * 4, prediction=[0, 1, 1] * 4, correct=[True, True, False] * 4, error=0.1)


def drawn(figure) -> list[int]:
    return sorted(int(row[0]) for trace in figure.data if trace.customdata is not None for row in trace.customdata)


class TestBits:
    def test_every_node_once_at_its_place_in_the_colour_of_its_bits(self, labelled, colours: Palette) -> None:
        figure = graph_figure(labelled, PLACES, "bits", colours)
        assert drawn(figure) == list(range(12))
        for trace in figure.data:
            for row, x, y in zip(trace.customdata, trace.x, trace.y, strict=True):
                assert (x, y) == tuple(PLACES[row[0]])
                assert trace.marker.color == colours.of_bits(row[1])
                assert labelled["in_degree"][row[0]] == row[2]

    def test_the_legend_names_and_counts_bitwidths(self, labelled, colours: Palette) -> None:
        figure = graph_figure(labelled, PLACES, "bits", colours)
        assert figure.layout.showlegend
        names = [trace.name for trace in figure.data]
        assert names == ["1 bit (3)", "2 bits (4)", "3 bits (1)", "4 bits (2)", "5 bits (1)", "8 bits (1)"]

    def test_pruned_nodes_are_hollow(self, labelled, colours: Palette) -> None:
        figure = graph_figure(labelled.assign(bits=[0] * 6 + [3] * 6), PLACES, "bits", colours)
        assert [(trace.name, trace.marker.symbol) for trace in figure.data] == [
            ("0 bits (pruned) (6)", "circle-open"),
            ("3 bits (6)", "circle"),
        ]

    def test_size_is_the_square_root_of_the_in_degree(self, labelled, colours: Palette) -> None:
        sizes = {
            row[0]: size
            for trace in graph_figure(labelled, PLACES, "bits", colours).data
            for row, size in zip(trace.customdata, trace.marker.size, strict=True)
        }
        base = sizes[0]
        grown = [(sizes[node] - base) / np.sqrt(labelled["in_degree"][node]) for node in range(1, 12)]
        assert grown == pytest.approx([grown[0]] * 11, rel=1e-4)

    def test_where_nobody_has_many_edges_nobody_is_drawn_as_a_hub(self, labelled, colours: Palette) -> None:
        few = labelled.assign(in_degree=[1, 2, 3] * 4)
        sizes = [size for trace in graph_figure(few, PLACES, "bits", colours).data for size in trace.marker.size]
        hubs = [size for trace in graph_figure(labelled, PLACES, "bits", colours).data for size in trace.marker.size]
        assert max(sizes) < 0.6 * max(hubs)

    def test_the_title_tells_the_trend(self, labelled, colours: Palette) -> None:
        first, last = labelled["bits"][:3].mean(), 8
        words = f"rises from {first:.2f} (in-degree ≤ 1) to {last:.2f} (in-degree > 30)"
        assert title(graph_figure(labelled, PLACES, "bits", colours)) == f"Graph: 12 nodes; mean bitwidth {words}"
        one = labelled.assign(degree_group=labelled["degree_group"].iloc[0])
        assert "with" in title(graph_figure(one, PLACES, "bits", colours))


class TestOtherColours:
    def test_classes_have_a_shape_each(self, labelled, colours: Palette) -> None:
        figure = graph_figure(labelled, PLACES, "class", colours)
        looks = {(trace.marker.color, trace.marker.symbol) for trace in figure.data}
        assert len({symbol for _, symbol in looks}) == 3
        assert title(figure) == "Graph: 12 nodes in 3 classes, the largest with 4 nodes"

    def test_right_and_wrong(self, labelled, colours: Palette) -> None:
        figure = graph_figure(labelled, PLACES, "correct", colours)
        assert {trace.name: trace.marker.symbol for trace in figure.data} == {"correct (8)": "circle", "wrong (4)": "x"}
        assert "66.7% are predicted correctly" in title(figure)

    @pytest.mark.parametrize("name", ["degree", "aggregation", "error"])
    def test_numbers_have_a_scale_with_their_unit(self, labelled, colours: Palette, name: str) -> None:
        (trace,) = graph_figure(labelled, PLACES, name, colours).data
        bar = trace.marker.colorbar
        assert bar.title.text
        assert len(bar.tickvals) == len(bar.ticktext) == 5
        assert trace.marker.cmin <= min(trace.marker.color) <= max(trace.marker.color) <= trace.marker.cmax
        assert [colour for _, colour in trace.marker.colorscale] == colours.scale

    def test_a_logarithmic_scale_names_the_values(self, labelled, colours: Palette) -> None:
        (trace,) = graph_figure(labelled, PLACES, "degree", colours).data
        assert trace.marker.colorbar.ticktext[-1] == "40"
        (hub,) = graph_figure(labelled.assign(in_degree=1_234), PLACES, "degree", colours).data
        assert hub.marker.colorbar.ticktext[0] == "1,234"
        assert trace.marker.color[11] == pytest.approx(np.log10(40))

    def test_only_what_a_run_has_can_be_chosen(self, nodes, labelled) -> None:
        assert available(nodes) == ["bits", "degree", "aggregation"]
        assert available(labelled) == ["bits", "degree", "aggregation", "error", "class", "correct"]
        assert "class" not in available(labelled.assign(label=0.5))
        assert "bits" not in available(labelled.drop(columns="bits"))


class TestFocus:
    @pytest.mark.parametrize("colour_by", ["bits", "class", "error"])
    def test_others_stay_in_grey_beneath(self, labelled, colours: Palette, colour_by: str) -> None:
        figure = graph_figure(labelled, PLACES, colour_by, colours, focus=np.array([1, 4, 11]))
        beneath = figure.data[0]
        assert beneath.marker.color == colours.muted
        assert beneath.name == "not selected"
        assert len(beneath.x) == 9
        assert drawn(figure) == list(range(12)), "those in grey can still be selected"
        assert "3 of 12 nodes selected" in title(figure)

    def test_nobody_in_focus(self, labelled, colours: Palette) -> None:
        figure = graph_figure(labelled, PLACES, "bits", colours, focus=np.array([], dtype=int))
        assert len(figure.data[0].x) == 12
        assert title(figure) == "Graph: 0 of 12 nodes selected"

    def test_some_are_drawn_and_some_have_no_place(self, labelled, colours: Palette) -> None:
        places = PLACES.copy()
        places[3] = np.nan
        figure = graph_figure(labelled, places, "bits", colours, drawn=np.array([0, 3, 5, 9]))
        assert drawn(figure) == [0, 5, 9]


def test_edges_pictures_and_rings(labelled, colours: Palette) -> None:
    lines = np.array([[0, 1], [2, 3]])
    raster = Raster("data:image/png;base64,", -1, 1, 2, 2)
    figure = graph_figure(labelled, PLACES, "bits", colours, rasters=[raster], lines=lines, marked=[7])
    edge, ring = figure.data[0], figure.data[-1]
    assert edge.x[:2].tolist() == [PLACES[0, 0], PLACES[2, 0]]
    assert np.isnan(edge.x[2])
    assert ring.text == ("7",)
    assert (edge.customdata, ring.customdata) == (None, None), "neither is a node that can be selected"
    (image,) = figure.layout.images
    assert (image.layer, image.sizex, image.sizing) == ("below", 2, "stretch")
    many = np.zeros((2, MOST_LINES + 50), dtype=int)
    assert len(graph_figure(labelled, PLACES, "bits", colours, lines=many).data[0].x) == 3 * MOST_LINES
