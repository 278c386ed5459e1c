import pytest
import torch
from torch_geometric.nn import GINConv, SimpleConv
from torch_geometric.nn.conv.gcn_conv import gcn_norm
from torch_geometric.utils import softmax

from a2q_studio.pages.learn.steps.listen.aggregation import AGGREGATIONS, NEIGHBOURS, heard, weights


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
