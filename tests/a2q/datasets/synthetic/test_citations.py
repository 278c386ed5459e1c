import pytest
import torch
from torch_geometric.utils import contains_self_loops, homophily, is_undirected

from a2q.datasets import DatasetConfig, load
from a2q.datasets.synthetic.citations import generated_citations
from a2q.datasets.synthetic.words import LARGEST_DENSE


def test_the_same_seed_gives_the_same_graph_and_another_another() -> None:
    one, same, other = generated_citations(500, 3), generated_citations(500, 3), generated_citations(500, 4)
    for key in ("x", "edge_index", "y", "train_mask", "val_mask", "test_mask"):
        assert torch.equal(one[key], same[key])
    assert not torch.equal(one.y, other.y)


@pytest.mark.parametrize("seed", [0, 1])
def test_statistics_are_those_of_a_citation_graph(seed: int) -> None:
    graph = load(DatasetConfig(name="generated-citations", graph_seed=seed))
    assert graph.source == f"generated citations, 2,708 nodes, seed {seed}"
    assert (graph.num_nodes, graph.num_features, graph.num_classes) == (2708, 1433, 7)
    assert 11_400 < graph.num_edges < 12_400
    in_degree = graph.in_degree.float()
    assert in_degree.median() == 3
    assert 25 < in_degree.quantile(0.99) < 36
    assert 150 < in_degree.max() < 280
    assert 0.70 < homophily(graph.data.edge_index, graph.data.y) < 0.75
    assert 16 < graph.data.x.sum(1).mean() < 17


def test_edges_are_undirected_without_loops() -> None:
    data = generated_citations(1000, 0)
    assert is_undirected(data.edge_index)
    assert not contains_self_loops(data.edge_index)


def test_more_references_give_more_edges() -> None:
    assert generated_citations(1000, 0, references=2.0).num_edges > 1.3 * generated_citations(1000, 0).num_edges


def test_split_is_planetoids_when_there_are_nodes_enough() -> None:
    data = generated_citations(2708, 0)
    masks = torch.stack([data.train_mask, data.val_mask, data.test_mask])
    assert masks.sum(1).tolist() == [140, 500, 1000]
    assert int(masks.sum(0).max()) == 1
    assert data.y[data.train_mask].bincount().tolist() == [20] * 7


def test_the_smallest_graph_has_nodes_in_every_part() -> None:
    data = generated_citations(50, 0)
    masks = torch.stack([data.train_mask, data.val_mask, data.test_mask])
    assert masks.sum(1).min() >= 5
    assert masks.sum(0).eq(1).all()


def test_a_large_graph_has_sparse_features() -> None:
    graph = load(DatasetConfig(name="generated-citations", nodes=30_000))
    features = graph.data.x
    assert features.layout == torch.sparse_csr
    assert (graph.num_nodes, graph.num_features) == (30_000, 1433)
    assert features.values().unique().tolist() == [1.0]
    assert (features @ torch.ones(1433, 1)).min() >= 1
    assert generated_citations(LARGEST_DENSE, 0).x.layout == torch.strided
