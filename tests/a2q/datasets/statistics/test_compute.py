"""Numbers counted by hand, numbers of two ways that must agree, and the published ones of real sets."""

import sys

import networkx
import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv, SimpleConv
from torch_geometric.utils import homophily as edge_homophily
from torch_geometric.utils import to_networkx

from a2q.datasets import Dataset, DatasetConfig, card, load, load_graphs
from a2q.datasets.dataset import GraphDataset
from a2q.datasets.statistics import Statistics
from a2q.datasets.statistics import flat as flattening
from a2q.datasets.statistics.aggregation import mean_absolute, weights
from a2q.datasets.statistics.compute import compute
from a2q.datasets.statistics.degrees import power_law
from a2q.datasets.statistics.flat import flatten
from a2q.datasets.statistics.topology import local_clustering


@pytest.fixture
def few_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge a power law by 10 fits instead of 100, which take longer than everything else that is computed."""
    monkeypatch.setattr(sys.modules[power_law.__module__], "_MOST_FITS", 10)


def test_a_graph_made_by_hand(graph: Dataset) -> None:
    found = compute(graph)
    assert (found.title, found.source, found.nodes, found.edges) == (graph.card.title, "drawn by hand", 6, 8)
    shape = found.topology
    assert (shape.self_loops, shape.repeated, shape.isolated, shape.components) == (1, 1, 1, 2)
    # Of the six distinct edges between two nodes 0 → 1 and 1 → 0 have their reverse.
    assert shape.undirected == pytest.approx(2 / 6)
    assert shape.largest == pytest.approx(5 / 6)
    # 1, 2 and 3 form the one triangle: of node 1's three neighbours one pair of three, of 2 the one, of 3 one of three.
    assert shape.clustering == pytest.approx((1 / 3 + 1 + 1 / 3) / 6)
    assert (found.degrees.values, found.degrees.counts) == ((0, 1, 4), (2, 3, 1))
    assert "too few" in found.degrees.no_fit
    features = found.features
    assert (features.zeros, features.low, features.high, features.binary) == (6 / 12, -4, 5, False)
    assert features.per_node == (0, 1, 2)
    assert (features.range_low, features.range_high) == (4, 5)
    parts = {part.name: (part.size, part.counts) for part in found.labels.parts}
    assert parts == {"train": (1, (1, 0)), "validation": (1, (0, 1)), "test": (1, (0, 1)), "none": (3, (2, 1))}
    assert found.labels.rate == pytest.approx(1 / 6)
    # Node 1 has the label; 0, 2 and 3 send to it, 4 sends to 3; nobody hears 5.
    assert found.labels.coverage == pytest.approx((1 / 6, 4 / 6, 5 / 6))
    assert found.homophily is not None
    # Of seven edges between two nodes those of 0 and 1 (three) and 3 → 2 join nodes of one class.
    assert found.homophily.edge == pytest.approx(4 / 7)
    assert found.homophily.node == pytest.approx((1 + 2 / 4 + 1 + 0) / 4)
    assert not found.sampled


def test_the_operators_are_those_of_pyg(graph: Dataset) -> None:
    # Without the repeat and the self-loop, whose treatment by PyTorch Geometric's layers differs from ours.
    graph.data.edge_index = graph.data.edge_index[:, [0, 2, 3, 5, 6, 7]]
    flat, x = flatten(graph), graph.data.x
    everyone = np.arange(6)
    edge_index = graph.data.edge_index
    for operator, layer in (("sum", SimpleConv("sum")), ("mean", SimpleConv("mean"))):
        ours = weights(flat, operator, everyone, flat.x) @ x.numpy()
        np.testing.assert_allclose(ours, layer(x, edge_index).numpy(), rtol=1e-6)
    gcn = GCNConv(2, 2, bias=False)
    gcn.lin.weight.data = torch.eye(2)
    ours = weights(flat, "gcn", everyone, flat.x) @ x.numpy()
    np.testing.assert_allclose(ours, gcn(x, edge_index).detach().numpy(), rtol=1e-5)
    attention = weights(flat, "attention", everyone, flat.x).toarray()
    np.testing.assert_allclose(attention.sum(1), 1)
    cosine = torch.nn.functional.cosine_similarity(x[:, None], x[None], dim=-1).numpy()
    heard = np.eye(6, dtype=bool)
    heard[edge_index[1], edge_index[0]] = True
    expected = np.where(heard, np.exp(cosine), 0)
    np.testing.assert_allclose(attention, expected / expected.sum(1, keepdims=True), rtol=1e-5)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("dense", [False, True])
def test_the_mean_absolute_value_is_that_of_the_whole_product(signed: bool, dense: bool) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 150)) * (rng.random((40, 150)) < (1 if dense else 0.1))
    x = x if signed else abs(x)
    edges = torch.from_numpy(rng.integers(0, 40, (2, 200)))
    flat = flatten(_graph(torch.from_numpy(x).float(), edges))
    assert isinstance(flat.x, np.ndarray) == dense
    rows = weights(flat, "gcn", np.arange(40), flat.x)
    whole = np.abs(rows.toarray() @ x.astype(np.float32)).mean(axis=1)
    np.testing.assert_allclose(mean_absolute(rows, flat.x), whole, rtol=1e-5)


def _graph(x: torch.Tensor, edges: torch.Tensor) -> Dataset:
    nodes = x.size(0)
    part = torch.arange(nodes) % 3
    data = Data(x=x, edge_index=edges, y=part.clone(), train_mask=part == 0, val_mask=part == 1, test_mask=part == 2)
    return Dataset(data, card("karate-club"), "drawn")


@pytest.mark.usefixtures("few_fits")
def test_networkx_and_pyg_agree_on_the_karate_club() -> None:
    graph = load("karate-club")
    found = compute(graph)
    other = to_networkx(graph.data, to_undirected=True)
    assert found.topology.clustering == pytest.approx(networkx.average_clustering(other))
    assert found.topology.components == networkx.number_connected_components(other)
    assert found.homophily is not None
    for method in ("edge", "node"):
        expected = edge_homophily(graph.data.edge_index, graph.data.y, method=method)
        assert getattr(found.homophily, method) == pytest.approx(expected)
    assert found.preview.whole
    assert len(found.preview.edges) == 78


@pytest.mark.usefixtures("few_fits")
def test_adjusted_homophily_is_one_for_alike_and_nought_by_chance() -> None:
    alike = compute(load(DatasetConfig(name="stochastic-blocks", homophily=1.0))).homophily
    chance = compute(load(DatasetConfig(name="stochastic-blocks", homophily=1 / 7, nodes=6_000))).homophily
    assert alike is not None and chance is not None
    assert (alike.edge, alike.adjusted) == (1, 1)
    assert chance.adjusted == pytest.approx(0, abs=0.03)


@pytest.mark.usefixtures("few_fits")
def test_statistics_go_to_json_and_back_and_are_the_same_each_time() -> None:
    config = DatasetConfig(name="power-law", nodes=600)
    one, again = compute(load(config)), compute(load(config))
    assert Statistics.model_validate_json(one.model_dump_json()) == one
    assert one.model_copy(update={"seconds": 0.0}) == again.model_copy(update={"seconds": 0.0})


def test_the_fit_finds_the_exponent_that_a_sample_was_drawn_with() -> None:
    drawn = np.random.default_rng(0).zipf(2.5, 1500)
    fit = power_law(drawn)
    assert not isinstance(fit, str)
    assert fit.exponent == pytest.approx(2.5, abs=4 * fit.error)
    assert fit.low < 2.5 < fit.high
    assert fit.plausibility > 0.1
    other = power_law(np.random.default_rng(0).poisson(30, 1500))
    assert not isinstance(other, str)
    assert other.exponent > 5 or other.plausibility < 0.1


@pytest.mark.usefixtures("few_fits")
def test_sums_rise_with_in_degree_and_means_do_not() -> None:
    found = compute(load(DatasetConfig(name="power-law", homophily=1 / 7)))
    rank = {values.operator: values.rank_correlation for values in found.aggregation}
    assert rank["sum"] > 0.9
    assert abs(rank["attention"]) < 0.2
    for values in found.aggregation:
        assert sum(group.nodes for group in values.groups) == found.nodes
        assert [group.low for group in values.groups] == sorted(group.low for group in values.groups)
        assert len(values.points) == 1500


def test_a_ring_has_one_in_degree_and_nothing_to_correlate() -> None:
    found = compute(load(DatasetConfig(name="ring", nodes=100)))
    assert {values.rank_correlation for values in found.aggregation} == {None}
    assert "1 different in-degrees" in found.degrees.no_fit
    assert [group.name for group in found.aggregation[0].groups] == ["2"]


@pytest.mark.usefixtures("few_fits")
def test_beyond_the_limits_samples_are_near_the_exact_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = load("generated-citations")
    exact = compute(graph)
    monkeypatch.setattr(flattening, "EXACT_NODES", 1_000)
    monkeypatch.setattr("a2q.datasets.statistics.topology._SAMPLE", 1_000)
    monkeypatch.setattr("a2q.datasets.statistics.degrees._MOST_NODES", 1_000)
    monkeypatch.setattr("a2q.datasets.statistics.aggregation._MOST_WORK", 1_000)
    sampled = compute(graph)
    assert not exact.sampled
    assert sampled.sampled
    assert (sampled.topology.clustering_nodes, sampled.aggregation_nodes) == (1_000, 2_000)
    assert sampled.degrees.fit is not None and sampled.degrees.fit.nodes == 1_000
    assert sampled.topology.clustering == pytest.approx(exact.topology.clustering, abs=0.02)
    assert sampled.degrees.values == exact.degrees.values
    for one, other in zip(exact.aggregation, sampled.aggregation, strict=True):
        assert one.rank_correlation == pytest.approx(other.rank_correlation, abs=0.05)


def test_local_clustering_of_a_sampled_hub_is_near_the_exact() -> None:
    complete = flatten(_graph(torch.ones(300, 1), torch.combinations(torch.arange(300)).t())).messages
    both = (complete + complete.T).tocsr()
    assert local_clustering(both, 0, np.random.default_rng(0)) == 1.0


def test_many_graphs_are_counted_together() -> None:
    one = Data(x=torch.ones(3, 2), edge_index=torch.tensor([[0, 1], [1, 2]]), y=torch.tensor([0]))
    two = Data(x=torch.zeros(2, 2), edge_index=torch.tensor([[0], [1]]), y=torch.tensor([1]))
    numbers = [torch.tensor([number]) for number in range(3)]
    found = compute(GraphDataset([one, two, one], *numbers, card=card("mutag"), source="drawn"))
    assert (found.graphs, found.nodes, found.edges, found.homophily) == (3, 8, 5, None)
    assert found.sizes is not None
    assert (found.sizes.values, found.sizes.counts) == ((2, 3), (1, 2))
    assert found.labels.coverage == ()
    assert found.topology.components == 3
    assert found.features.zeros == 4 / 16


def test_values_and_types_are_told_in_their_own_terms() -> None:
    graphs = [
        Data(x=torch.tensor([[number], [27]]), edge_index=torch.tensor([[0], [1]]), y=torch.tensor([0.5 * number]))
        for number in range(4)
    ]
    numbers = torch.arange(2), torch.tensor([2]), torch.tensor([3])
    found = compute(GraphDataset(graphs, *numbers, card=card("zinc"), source="drawn"))
    assert found.features.types == 28
    assert found.labels.class_names == ()
    assert found.labels.parts[0].quantiles == pytest.approx((0, 0.125, 0.25, 0.375, 0.5))
    # A type counts as its one-hot code: each node that hears one node has a mean of 1/28.
    assert {round(value * 28) for _, value in found.aggregation[0].points} == {0, 1}


def test_nodes_without_a_class_are_left_out(graph: Dataset) -> None:
    graph.data.y[5] = graph.data.y[4] = -1
    found = compute(graph)
    assert found.homophily is not None
    assert found.homophily.edge == pytest.approx(4 / 6)
    assert {part.name: part.counts for part in found.labels.parts}["none"] == (1, 0)
    assert found.preview.labels[-1] == -1


@pytest.mark.usefixtures("few_fits")
@pytest.mark.parametrize(
    ("name", "clustering", "components", "one_hop", "two_hops"),
    [("cora", 0.241, 78, 0.238, 0.614), ("citeseer", 0.141, 438, 0.133, 0.328)],
)
def test_real_graphs_have_the_published_statistics(
    name: str,
    clustering: float,
    components: int,
    one_hop: float,
    two_hops: float,
    published_data: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    found = compute(load(name))
    assert found.topology.clustering == pytest.approx(clustering, abs=5e-4)
    assert found.topology.components == components
    assert found.labels.coverage[1:3] == pytest.approx((one_hop, two_hops), abs=5e-4)
    assert found.features.binary


@pytest.mark.usefixtures("few_fits")
def test_casts_of_films_are_cliques(published_data: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    found = compute(load_graphs("imdb-binary"))
    # Every graph is a clique or cliques that share one actor.
    assert found.topology.clustering > 0.9
    assert (found.graphs, found.sampled) == (1000, False)
