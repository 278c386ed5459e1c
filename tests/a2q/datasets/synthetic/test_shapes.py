import igraph
import numpy as np
import pytest
import torch
from torch_geometric.utils import homophily, is_undirected

from a2q.datasets import Dataset, DatasetConfig, DatasetError, load
from a2q.datasets.config import OPTIONS
from a2q.datasets.synthetic.edges import classes_along, pairs_by_weight, power_law_weights
from a2q.datasets.synthetic.words import LARGEST_DENSE

_SHAPES = ("power-law", "stochastic-blocks", "star", "ring")


def _graph(shape: str, **chosen: float) -> Dataset:
    return load(DatasetConfig(name=shape, **chosen))


@pytest.mark.parametrize("shape", _SHAPES)
def test_a_graph_is_whole_and_the_same_for_the_same_settings(shape: str) -> None:
    graph, again, other = _graph(shape), _graph(shape), _graph(shape, graph_seed=1)
    assert torch.equal(graph.data.edge_index, again.data.edge_index)
    assert torch.equal(graph.data.x, again.data.x)
    assert not torch.equal(graph.data.y, other.data.y)
    assert (graph.num_nodes, graph.num_features, graph.num_classes) == (2708, 1433, 7)
    assert is_undirected(graph.data.edge_index)
    assert not (graph.data.edge_index[0] == graph.data.edge_index[1]).any()
    masks = torch.stack([graph.data.train_mask, graph.data.val_mask, graph.data.test_mask])
    assert masks.sum(0).max() == 1
    assert masks[1:].sum(1).tolist() == [500, 1000]


@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize("wanted", [0.1, 0.5, 0.9])
def test_homophily_is_what_was_asked_for(shape: str, wanted: float) -> None:
    graph = _graph(shape, homophily=wanted, nodes=5000)
    assert homophily(graph.data.edge_index, graph.data.y) == pytest.approx(wanted, abs=0.05)


@pytest.mark.parametrize("wanted", [0.6, 0.9, 0.99])
def test_sparsity_is_what_was_asked_for(wanted: float) -> None:
    x = _graph("ring", feature_sparsity=wanted, nodes=500).data.x
    assert set(x.unique().tolist()) == {0.0, 1.0}
    assert float((x == 0).float().mean()) == pytest.approx(wanted, abs=0.05 * (1 - wanted))


@pytest.mark.parametrize("wanted", [0.01, 0.2])
def test_the_label_rate_is_that_of_every_class(wanted: float) -> None:
    data = _graph("stochastic-blocks", label_rate=wanted).data
    labelled, all_ = (torch.bincount(labels) for labels in (data.y[data.train_mask], data.y))
    assert labelled.tolist() == [max(1, round(wanted * count)) for count in all_.tolist()]


@pytest.mark.parametrize("exponent", [2.2, 2.8])
def test_the_tail_of_the_degrees_has_the_exponent(exponent: float) -> None:
    rng = np.random.default_rng(0)
    weights = power_law_weights(100_000, exponent, rng)
    # The continuous estimate at the known start; and the fit to the drawn degrees, which finds its own start.
    assert 1 + 1 / np.log(weights).mean() == pytest.approx(exponent, rel=0.02)
    degrees = _graph("power-law", exponent=exponent, nodes=20_000).in_degree.numpy()
    fitted = igraph.power_law_fit(degrees[degrees > 0], method="discrete", p_precision=0.5)
    assert fitted.alpha == pytest.approx(exponent, abs=0.35)


def test_a_lighter_tail_has_smaller_hubs_and_equal_weights_none() -> None:
    hubs = [int(_graph("power-law", exponent=exponent).in_degree.max()) for exponent in (2.1, 2.6, 4.0)]
    assert hubs == sorted(hubs, reverse=True)
    assert int(_graph("stochastic-blocks").in_degree.max()) < 20


def test_stars_have_a_hub_a_class_and_a_ring_two_neighbours_a_node() -> None:
    stars = _graph("star").in_degree
    assert (int((stars > 1).sum()), int((stars == 1).sum())) == (7, 2701)
    assert _graph("ring").in_degree.unique().tolist() == [2]


def test_the_other_end_is_never_of_the_own_class_where_homophily_is_nought() -> None:
    label = np.array([0] * 5 + [1] * 50 + [2])
    source, target = pairs_by_weight(label, np.ones(56), 0.0, 40.0, np.random.default_rng(0))
    assert source.size == 1120
    assert not (label[source] == label[target]).any()
    assert set(label[target]) == {0, 1, 2}


def test_classes_change_along_the_ring_as_often_as_asked() -> None:
    label = classes_along(20_000, 7, 0.25, np.random.default_rng(0))
    assert np.mean(label[1:] == label[:-1]) == pytest.approx(0.25, abs=0.01)
    assert set(label) == set(range(7))


def test_a_large_graph_has_sparse_features_and_too_large_a_one_is_refused() -> None:
    assert _graph("ring", nodes=LARGEST_DENSE + 1).data.x.layout == torch.sparse_csr
    with pytest.raises(
        DatasetError, match=r"2,000,000 nodes with a feature sparsity of 0\.5 are too many words to draw"
    ):
        _graph("ring", nodes=2_000_000, feature_sparsity=0.5)


def test_the_source_names_what_is_not_the_default() -> None:
    assert _graph("ring", nodes=100).source == "generated ring, 100 nodes, seed 0"
    chosen = _graph("power-law", nodes=100, graph_seed=2, exponent=3.0, feature_sparsity=0.95).source
    assert chosen == "generated power law, 100 nodes, exponent 3, feature sparsity 0.95, seed 2"


@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_ends_of_every_option_give_a_graph_to_train_on(shape: str, end: str) -> None:
    names = [name for name in ("exponent", "homophily", "label_rate") if shape == "power-law" or name != "exponent"]
    graph = _graph(shape, nodes=50, **{name: getattr(OPTIONS[name], end) for name in names})
    assert graph.num_classes == 7
    assert all(bool(graph.data[mask].any()) for mask in ("train_mask", "val_mask", "test_mask"))
