"""Every chart of a dataset on one graph, one set to classify and one to give values to."""

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from torch_geometric.data import Data

from a2q.datasets import DatasetConfig, card, load
from a2q.datasets.dataset import GraphDataset
from a2q.datasets.statistics import Statistics
from a2q.datasets.statistics.compute import compute
from a2q_studio.charts import Palette
from a2q_studio.charts.twin import table_of
from a2q_studio.pages.data.charts import (
    aggregation_by_operator,
    aggregation_of_nodes,
    class_balance,
    degree_distribution,
    feature_values,
    graph_preview,
    graph_sizes,
    label_coverage,
)
from a2q_studio.pages.data.charts.degrees import fit_sentence


@pytest.fixture(scope="module")
def one() -> Statistics:
    """A graph with hubs."""
    return compute(load(DatasetConfig(name="power-law", nodes=800)))


@pytest.fixture(scope="module")
def ring() -> Statistics:
    """A graph of one in-degree."""
    return compute(load(DatasetConfig(name="ring", nodes=100)))


@pytest.fixture(scope="module")
def molecules() -> Statistics:
    """Graphs of node types with a value each."""
    graphs = [
        Data(x=torch.arange(size).view(-1, 1) % 28, edge_index=torch.tensor([[0], [1]]), y=torch.tensor([0.1 * size]))
        for size in (2, 3, 3, 5, 200)
    ]
    parts = torch.tensor([0, 1, 2]), torch.tensor([3]), torch.tensor([4])
    return compute(GraphDataset(graphs, *parts, card=card("zinc"), source="drawn"))


def _title(figure: go.Figure) -> str:
    return str(figure.layout.title.text).replace("<br>", " ").replace("\u00a0", " ").strip()


def test_the_degree_distribution_falls_from_all_nodes_and_has_its_fit(one: Statistics, colours: Palette) -> None:
    figure = degree_distribution(one, colours)
    nodes, fit = figure.data
    assert list(nodes.x) == [value for value in one.degrees.values if value > 0]
    assert list(nodes.y) == sorted(nodes.y, reverse=True)
    with_edges = 1 - one.degrees.counts[0] / 800
    assert nodes.y[0] == pytest.approx(with_edges)
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    law = one.degrees.fit
    assert law is not None
    slope = np.polyfit(np.log(fit.x), np.log(fit.y), 1)[0]
    assert slope == pytest.approx(1 - law.exponent)
    assert f"exponent {law.exponent:.2f}" in _title(figure)
    assert f"{law.exponent:.2f} ± {law.error:.2f}" in fit_sentence(one)


def test_where_there_is_no_fit_the_sentence_says_why(ring: Statistics, colours: Palette) -> None:
    assert len(degree_distribution(ring, colours).data) == 1
    assert fit_sentence(ring) == ring.degrees.no_fit


def test_operators_are_told_apart_by_dash_and_marker_and_start_at_one(one: Statistics, colours: Palette) -> None:
    figure = aggregation_by_operator(one, colours)
    assert [line.name for line in figure.data] == ["Sum", "Mean", "GCN", "Attention-like"]
    assert len({(line.line.dash, line.marker.symbol) for line in figure.data}) == 4
    assert {line.y[0] for line in figure.data} == {1.0}
    growth = figure.data[0].y[-1]
    assert f"sums grow {growth:,.0f} times" in _title(figure)
    assert "GCN" in _title(figure)


@pytest.mark.parametrize("operator", ["sum", "mean", "gcn", "attention"])
def test_every_node_drawn_stands_at_its_value(one: Statistics, operator: str, colours: Palette) -> None:
    figure = aggregation_of_nodes(one, operator, colours)
    points, groups = figure.data
    assert len(points.x) == 800
    assert min(points.x) == 1
    found = next(values for values in one.aggregation if values.operator == operator)
    assert list(groups.y) == [group.median for group in found.groups]
    assert ("rises with" in _title(figure)) == (found.rank_correlation > 0.2)


def test_one_in_degree_only_is_said(ring: Statistics, colours: Palette) -> None:
    assert "one in-degree only" in _title(aggregation_by_operator(ring, colours))
    assert "all in-degrees or all values are alike" in _title(aggregation_of_nodes(ring, "sum", colours))


def test_feature_bars_sum_to_all_values(one: Statistics, molecules: Statistics, colours: Palette) -> None:
    for statistics in (one, molecules):
        figure = feature_values(statistics, colours)
        assert sum(sum(bar.y) for bar in figure.data) == pytest.approx(1)
        assert figure.layout.yaxis.range[0] < np.log10(min(min(y for y in bar.y if y) for bar in figure.data))
    assert "1 bit loses nothing" in _title(feature_values(one, colours))
    assert "28 node types" in _title(feature_values(molecules, colours))


def test_each_part_has_its_classes_as_shares(one: Statistics, colours: Palette) -> None:
    figure = class_balance(one, colours)
    assert [bar.name.partition(" (")[0] for bar in figure.data] == ["training", "validation", "test"]
    assert all(sum(bar.y) == pytest.approx(1) for bar in figure.data)
    assert len({bar.marker.pattern.shape for bar in figure.data}) == 3
    assert "7 classes" in _title(figure)


def test_values_to_predict_are_boxes(molecules: Statistics, colours: Palette) -> None:
    figure = class_balance(molecules, colours)
    assert [box.type for box in figure.data] == ["box"] * 3
    assert figure.data[0].median[0] == pytest.approx(0.3)


def test_coverage_never_falls_and_is_said(one: Statistics, colours: Palette) -> None:
    figure = label_coverage(one, colours)
    assert list(figure.data[0].y) == sorted(figure.data[0].y)
    assert f"{one.labels.coverage[1]:.1%}" in _title(figure)


def test_the_preview_draws_every_class_and_edge(one: Statistics, molecules: Statistics, colours: Palette) -> None:
    edges, *classes = graph_preview(one, colours).data
    assert len(edges.x) == 3 * len(one.preview.edges)
    assert sum(len(kind.x) for kind in classes) == len(one.preview.nodes)
    # Seven classes and six colours: the seventh has another marker.
    assert len({(kind.marker.color, kind.marker.symbol) for kind in classes}) == len(classes) == 7
    assert "the first graphs" in _title(graph_preview(molecules, colours)) or molecules.preview.whole


def test_sizes_are_of_sets_of_graphs_only(molecules: Statistics, one: Statistics, colours: Palette) -> None:
    figure = graph_sizes(molecules, colours)
    assert list(figure.data[0].y) == pytest.approx([0.2, 0.6, 0.8, 1.0])
    assert figure.layout.xaxis.type == "log"
    assert "2 to 200 nodes, 3 in the median" in _title(figure)
    with pytest.raises(ValueError, match="one graph"):
        graph_sizes(one, colours)


def test_every_chart_has_axes_a_title_and_a_table(one: Statistics, colours: Palette) -> None:
    figures = [
        degree_distribution(one, colours),
        aggregation_by_operator(one, colours),
        aggregation_of_nodes(one, "sum", colours),
        feature_values(one, colours),
        class_balance(one, colours),
        label_coverage(one, colours),
    ]
    for figure in figures:
        assert figure.layout.xaxis.title.text and figure.layout.yaxis.title.text
        assert _title(figure).startswith("Power law")
        assert len(table_of(figure))
