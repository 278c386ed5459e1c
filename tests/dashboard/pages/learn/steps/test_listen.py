import pytest
import torch
from torch_geometric.nn import GINConv, SimpleConv
from torch_geometric.nn.conv.gcn_conv import gcn_norm
from torch_geometric.utils import softmax

from a2q_studio.charts import Palette
from a2q_studio.pages.learn.steps.listen.aggregation import AGGREGATIONS, NEIGHBOURS, heard, weights
from a2q_studio.pages.learn.steps.listen.chart import aggregated_by_edges, toy_graph
from tests.dashboard.pages.learn.figures import named, title


def star(edges: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Values of a listening node 0 and its neighbours, and the edges towards it."""
    x = torch.tensor([0.0, *NEIGHBOURS[:edges]])[:, None]
    return x, torch.stack([torch.arange(1, edges + 1), torch.zeros(edges, dtype=torch.long)])


@pytest.mark.parametrize("edges", [1, 4, 8, 11])
def test_each_aggregation_is_what_pytorch_geometric_computes(edges: int) -> None:
    x, towards = star(edges)
    assert heard(edges, "sum") == pytest.approx(GINConv(torch.nn.Identity(), eps=-1.0)(x, towards)[0].item())
    assert heard(edges, "mean") == pytest.approx(SimpleConv("mean")(x, towards)[0].item())
    both = torch.cat([towards, towards.flip(0)], 1)
    kept, norm = gcn_norm(both, add_self_loops=False, num_nodes=edges + 1)
    arriving = kept[1] == 0
    assert heard(edges, "gcn") == pytest.approx((norm[arriving] * x[kept[0][arriving], 0]).sum().item())
    alpha = softmax(x[1:, 0], towards[1])
    assert heard(edges, "attention") == pytest.approx((alpha * x[1:, 0]).sum().item())


def test_nobody_to_hear() -> None:
    assert {heard(0, name) for name in AGGREGATIONS} == {0.0}


def test_averages_stay_among_the_neighbours() -> None:
    for edges in range(1, 12):
        for name in ("mean", "attention"):
            assert weights(edges, name).sum() == pytest.approx(1)
            assert min(NEIGHBOURS) <= heard(edges, name) <= max(NEIGHBOURS)


def test_an_unknown_aggregation() -> None:
    with pytest.raises(KeyError):
        heard(3, "max")


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_toy_graph_draws_an_arrow_for_each_edge(colours: Palette, aggregation: str) -> None:
    for edges in (1, 6, 11):
        figure = toy_graph(edges, aggregation, colours)
        assert len(figure.layout.annotations) == edges
        assert f"{heard(edges, aggregation):.1f}" in named(figure, "listening node").text[0]
        assert f"holds {heard(edges, aggregation):.2f}" in title(figure)
        assert len(named(figure, "neighbours").x) == 11


def test_the_curve_shows_all_four_and_where_we_are(colours: Palette) -> None:
    figure = aggregated_by_edges(8, "gcn", colours)
    assert [trace.name for trace in figure.data] == [*AGGREGATIONS.values(), "here"]
    assert list(named(figure, "Sum (GIN)").y) == pytest.approx([heard(edges, "sum") for edges in range(1, 12)])
    here = named(figure, "here")
    assert (list(here.x), list(here.y)) == ([8], [pytest.approx(heard(8, "gcn"))])
    assert len({trace.line.dash for trace in figure.data[:4]}) == 4, "told apart without colour"
    assert f"{heard(8, 'gcn') / heard(4, 'gcn'):.2f}-fold" in title(figure)
