import numpy as np
import pytest

from a2q.reports.bit_changes import bit_changes
from a2q_studio.charts import Palette
from a2q_studio.comparison.charts.change_by_degree import change_by_degree
from a2q_studio.comparison.charts.graphs import aligned_graphs, change_maps


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


class Drawing:
    """One run's points, of all symbols, in order of node numbers."""

    def __init__(self, traces: list) -> None:
        self.first = traces[0]
        self.name, self.hovertemplate = self.first.name, self.first.hovertemplate
        columns = {
            "x": [trace.x for trace in traces],
            "y": [trace.y for trace in traces],
            "size": [trace.marker.size for trace in traces],
            "symbol": [[trace.marker.symbol] * len(trace.x) for trace in traces],
        }
        if self.first.marker.coloraxis:
            columns["colour"] = [trace.marker.color for trace in traces]
        nodes = np.concatenate([[row[0] for row in trace.customdata] for trace in traces]).astype(int)
        order = np.argsort(nodes)
        self.nodes = nodes[order].tolist()
        self.facts = np.concatenate([trace.customdata for trace in traces])[order].tolist()
        self.columns = {name: np.concatenate(parts)[order].tolist() for name, parts in columns.items()}

    def __getitem__(self, name: str) -> list:
        return self.columns[name]


def drawings(figure) -> list[Drawing]:
    by_run: dict[str, list] = {}
    for trace in figure.data:
        if not trace.name.startswith("node "):
            by_run.setdefault(trace.name, []).append(trace)
    return [Drawing(traces) for traces in by_run.values()]


def test_every_run_is_drawn_at_the_same_places_with_one_zoom(tables, ground, colours: Palette) -> None:
    figure = aligned_graphs(tables, ground, "bits", None, colours)
    first, second, third = drawings(figure)
    assert [trace.name for trace in (first, second, third)] == [mark.title for mark, _ in tables]
    for other in (second, third):
        assert all(other[name] == first[name] for name in ("x", "y", "size"))
    assert {axis.matches for axis in figure.select_xaxes()} == {"x"}
    assert {axis.matches for axis in figure.select_yaxes()} == {"y"}
    assert first.nodes == list(range(12))
    assert [row[0] for row in first.first.customdata] == list(range(11, -1, -1))
    assert title(figure) == "The same 12 nodes in 3 runs; mean bits: A 2.92, B 2.50"


def test_colours_are_the_bits_own_in_every_drawing(tables, ground, colours: Palette) -> None:
    figure = aligned_graphs(tables, ground, "bits", None, colours)
    first, second, fp32 = drawings(figure)
    assert first.first.marker.coloraxis == second.first.marker.coloraxis == "coloraxis"
    assert first["colour"] == [1, 1, 2, 2, 1, 2, 3, 2, 4, 4, 5, 8]
    axis = figure.layout.coloraxis
    for bits in range(9):
        at = (bits - axis.cmin) / (axis.cmax - axis.cmin)
        steps = zip(axis.colorscale, axis.colorscale[1:], strict=False)
        assert {low[1] for low, high in steps if low[0] < at < high[0]} == {colours.of_bits(bits)}
    # Pruned is hollow, which is not said by colour alone.
    assert second["symbol"] == [100] + [0] * 11
    assert set(first["symbol"]) == {0}
    assert fp32.first.marker.color == colours.muted
    assert "FP32" in fp32.hovertemplate


def test_one_run_alone(tables, ground, colours: Palette) -> None:
    figure = aligned_graphs(tables[:1], ground, "bits", None, colours)
    assert title(figure) == "The graph's 12 nodes; mean bits: A 2.92"
    fp32 = aligned_graphs(tables[2:], ground, "bits", None, colours)
    assert title(fp32) == "The graph's 12 nodes; mean bits: none, since all is FP32"


def test_right_and_wrong(tables, ground, colours: Palette) -> None:
    figure = aligned_graphs(tables, ground, "correct", None, colours)
    assert title(figure) == "The same 12 nodes in 3 runs; predicted right, of all nodes: A 50%, B 50%, C 50%"
    for drawing in drawings(figure):
        assert drawing["colour"] == [1, 0] * 6
        assert drawing["symbol"] == [0, 4] * 6


def test_a_node_is_marked_in_every_drawing(tables, ground, colours: Palette) -> None:
    figure = aligned_graphs(tables, ground, "bits", None, colours)
    rings = [trace for trace in figure.data if trace.name == "node 11"]
    assert len(rings) == 3
    assert all(list(ring.x) == [pytest.approx(ground.coordinates[11, 0])] for ring in rings)


def test_the_highlighted_run_has_a_frame_of_its_own(tables, ground, colours: Palette) -> None:
    figure = aligned_graphs(tables, ground, "bits", "B", colours)
    assert [axis.linewidth for axis in figure.select_xaxes()][:3] == [1, 3, 1]
    assert [note.text.startswith("<b>") for note in figure.layout.annotations] == [False, True, False]


def test_changes_against_one_run(tables, ground, colours: Palette) -> None:
    (base, first), (other, second), _ = tables
    figure = change_maps([(other, bit_changes(first, second))], base, ground, None, colours)
    (drawing,) = drawings(figure)
    # Node 11 loses six bits, which are drawn as four or more.
    assert drawing["colour"] == [-1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, -4]
    assert drawing["symbol"] == [6, 0, 0, 5, 0, 0, 0, 0, 0, 0, 5, 6]
    assert drawing.facts[11] == [11, 40, 2, 8]
    assert title(figure) == "B against A: 2 of 12 nodes have more bits, 2 fewer, −0.42 on average"
    assert list(figure.layout.coloraxis.colorbar.ticktext)[0::4] == ["≤ −4", "0", "≥ +4"]


def test_several_changes_are_told_by_their_means(tables, ground, colours: Palette) -> None:
    (base, first), (other, second), (third, _) = tables
    changes = [(other, bit_changes(first, second)), (third, bit_changes(first, first))]
    assert (
        title(change_maps(changes, base, ground, None, colours)) == "Bits against A, mean over nodes: B −0.42, C +0.00"
    )


def test_change_by_in_degree(tables, colours: Palette) -> None:
    (base, first), (other, second), _ = tables
    figure = change_by_degree([(other, bit_changes(first, second))], base, None, colours)
    (line,) = figure.data
    assert list(line.y) == pytest.approx([-1 / 3, 0.5, 0, 0, 0, 1, -6])
    assert [row[1] for row in line.customdata] == [3, 2, 1, 2, 2, 1, 1]
    assert figure.layout.xaxis.ticktext[0] == "≤ 1<br>n = 3"
    assert title(figure) == "Bits against A, from the lowest to the highest in-degree: B −0.33 to −6.00"
    assert figure.layout.yaxis.title.text == "Mean change in effective bits (run − A)"
