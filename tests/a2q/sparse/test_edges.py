import gc
import weakref

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close
from torch_geometric import EdgeIndex

from a2q import Edges
from a2q.sparse.edges import as_edges
from a2q.sparse.matrix import SparseMatrix

NODES = 7


@pytest.fixture
def edge_index(generator: torch.Generator) -> Tensor:
    """A directed graph with a self-loop and a repeated edge; nothing reaches or leaves the last node."""
    edges = torch.randint(NODES - 1, (2, 15), generator=generator)
    edges = edges[:, edges[0] != edges[1]]
    return torch.cat([edges, edges[:, :1], torch.tensor([[3], [3]])], dim=1)


@pytest.fixture
def weight(edge_index: Tensor, generator: torch.Generator) -> Tensor:
    """One factor per edge."""
    return torch.rand(edge_index.shape[1], generator=generator)


def _dense(edge_index: Tensor, weight: Tensor | None = None) -> Tensor:
    """The adjacency matrix, target by source, by the definition."""
    matrix = torch.zeros(NODES, NODES)
    for number, (source, target) in enumerate(edge_index.t().tolist()):
        matrix[target, source] += 1 if weight is None else weight[number]
    return matrix


@pytest.mark.parametrize("weighted", [False, True])
def test_operators_are_those_of_the_definition(edge_index: Tensor, weight: Tensor, weighted: bool) -> None:
    given = weight if weighted else None
    edges = Edges(edge_index[0], edge_index[1], NODES, given)
    adjacency, plain = _dense(edge_index, given), _dense(edge_index)
    assert_close(edges.sum.to_dense(), adjacency)
    assert_close(edges.mean.to_dense(), adjacency / plain.sum(1, keepdim=True).clamp_min(1))
    assert edges.in_count.tolist() == plain.sum(1).tolist()
    assert edges.in_degree.tolist() == (plain - plain.diag().diag()).sum(1).tolist()
    # GCN's operator, in which a self-loop of the graph's own stands for the added one.
    looped = adjacency + torch.diag((plain.diag() == 0).float())
    root = looped.sum(1).rsqrt()
    assert_close(edges.convolution().to_dense(), root[:, None] * looped * root)
    assert_close(edges.convolution(normalize=False).to_dense(), adjacency)
    source, target, coefficient = edges.normalised()
    assert_close(_dense(torch.stack([source, target]), coefficient), edges.convolution().to_dense())
    assert edges.convolution() is edges.convolution()


def test_every_node_has_one_self_loop_at_the_end(edge_index: Tensor) -> None:
    source, target = Edges(edge_index[0], edge_index[1], NODES).with_self_loops
    assert source[-NODES:].tolist() == target[-NODES:].tolist() == list(range(NODES))
    assert bool((source[:-NODES] != target[:-NODES]).all())
    assert len(source) == NODES + int((edge_index[0] != edge_index[1]).sum())


def test_sums_of_constant_features_are_made_once(edge_index: Tensor, generator: torch.Generator) -> None:
    dense = torch.rand(NODES, 40, generator=generator) * (torch.rand(NODES, 40, generator=generator) < 0.03)
    x, edges = SparseMatrix(dense), Edges(edge_index[0], edge_index[1], NODES)
    summed = edges.sum_of_constant(x)
    assert_close(summed, _dense(edge_index) @ dense)
    assert edges.sum_of_constant(x) is summed
    sums = edges.sparse_sums(x)
    assert sums is not None and edges.sparse_sums(x) is sums
    pattern, values, own = sums
    assert_close(pattern.csr(values).to_dense(), summed)
    assert_close(pattern.csr(own).to_dense(), dense)
    assert edges.sparse_sums(SparseMatrix(torch.ones(NODES, 40))) is None


@pytest.mark.filterwarnings("ignore:Sparse CS[RC] tensor support is in beta")
@pytest.mark.parametrize("layout", [torch.sparse_coo, torch.sparse_csr, torch.sparse_csc], ids=str)
def test_all_forms_of_a_graph_are_one_graph(edge_index: Tensor, weight: Tensor, layout: torch.layout) -> None:
    matrix = _dense(edge_index, weight)
    found = as_edges(matrix.to_sparse(layout=layout), NODES)
    assert_close(found.sum.to_dense(), as_edges(edge_index, NODES, weight).sum.to_dense())
    ones = as_edges((matrix != 0).float().to_sparse(layout=layout), NODES)
    assert ones.weight is None


def test_other_number_types_and_pygs_own_edge_index_are_read(edge_index: Tensor, weight: Tensor) -> None:
    expected = as_edges(edge_index, NODES, weight)
    for index in (edge_index.int(), EdgeIndex(edge_index, sparse_size=(NODES, NODES))):
        for factors in (weight, weight.double(), weight[:, None]):
            found = as_edges(index, NODES, factors)
            assert found.source.dtype == torch.int64
            assert_close(found.convolution().to_dense(), expected.convolution().to_dense())
    # Whole numbers are normalised as any others.
    assert as_edges(edge_index, NODES, torch.full_like(edge_index[0], 2)).convolution().values.dtype == torch.float32


def test_edges_are_made_once_for_each_tensor_until_it_changes(edge_index: Tensor, weight: Tensor) -> None:
    first, weighted = as_edges(edge_index, NODES), as_edges(edge_index, NODES, weight)
    assert as_edges(edge_index, NODES) is first
    assert as_edges(edge_index, NODES, weight) is weighted
    assert as_edges(first, NODES) is first
    assert as_edges(edge_index.clone(), NODES, weight) is not weighted
    weighted = as_edges(edge_index, NODES, weight)
    weight[0] = 5
    assert as_edges(edge_index, NODES, weight).sum.to_dense().max() >= 5
    edge_index[0, 0] = NODES - 1
    assert int(as_edges(edge_index, NODES).source[0]) == int(as_edges(edge_index, NODES, weight).source[0]) == NODES - 1
    assert as_edges(edge_index, NODES + 1).num_nodes == NODES + 1
    with pytest.raises(ValueError, match="edge_weight requires a gradient"):
        as_edges(edge_index, NODES, weight.requires_grad_())


@pytest.mark.parametrize("form", ["list", "matrix", "weighted"])
def test_edges_go_with_their_tensors(edge_index: Tensor, weight: Tensor, form: str) -> None:
    matrix = _dense(edge_index).to_sparse_coo()
    given, factors = {"list": (edge_index.clone(), None), "matrix": (matrix, None)}.get(form, (edge_index, weight * 2))
    edges = as_edges(given, NODES, factors)
    _ = edges.convolution(), edges.sum, edges.with_self_loops
    gone = weakref.ref(edges)
    del edges
    gc.collect()
    assert gone() is not None
    del given, factors, matrix
    gc.collect()
    assert gone() is None


def test_what_inference_mode_asks_for_first_serves_training(edge_index: Tensor, weight: Tensor) -> None:
    with torch.inference_mode():
        edges = as_edges(edge_index, NODES, weight)
        made = (edges.source, edges.with_self_loops[0], edges.in_degree, edges.convolution().values, edges.sum.values)
        fresh = edge_index + 0
        assert fresh.is_inference()
        assert as_edges(fresh, NODES).source.tolist() == edge_index[0].tolist()
    assert not any(tensor.is_inference() for tensor in made)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda index, weight: (index - 1, None), r"names node -1; the graph has nodes 0 to 6\."),
        (lambda index, weight: (index + 2, None), r"names node 7; the graph has nodes 0 to 6\."),
        (lambda index, weight: (index.t(), None), r"edge_index is torch.int64 of shape \[\d+, 2\]; give an edge list"),
        (lambda index, weight: (_dense(index), None), r"of shape \[7, 7\]; give an edge list .* a sparse torch tensor"),
        (lambda index, weight: (index.float(), None), "edge_index is torch.float32"),
        (
            lambda index, weight: (torch.eye(5).to_sparse(), None),
            r"adj_t has shape \[5, 5\]; of 7 nodes, give \[7, 7\]",
        ),
        (lambda index, weight: (index, weight[:3]), r"edge_weight has 3 entries for \d+ edges"),
        (lambda index, weight: (torch.eye(7).to_sparse(), weight), "beside a graph that carries its own"),
        (lambda index, weight: (Edges(index[0], index[1], 7), weight), "beside a graph that carries its own"),
        (lambda index, weight: (Edges(index[0], index[1], 9), None), "The edges are of 9 nodes but the features of 7"),
        (lambda index, weight: (torch.eye(7).to_sparse().requires_grad_(), None), "requires a gradient"),
    ],
)
def test_what_is_no_graph_is_a_sentence(change, sentence: str, edge_index: Tensor, weight: Tensor) -> None:
    index, factors = change(edge_index, weight)
    with pytest.raises(ValueError, match=sentence):
        as_edges(index, NODES, factors)


def test_a_list_of_lists_is_refused() -> None:
    with pytest.raises(TypeError, match="edge_index is a list; give an edge list"):
        as_edges([[0], [1]], 2)  # type: ignore[arg-type]


def test_a_graph_without_edges_has_operators() -> None:
    edges = as_edges(torch.empty(2, 0, dtype=torch.int64), 3)
    assert edges.sum.to_dense().tolist() == edges.mean.to_dense().tolist() == [[0.0] * 3] * 3
    assert_close(edges.convolution().to_dense(), torch.eye(3))
    assert edges.in_degree.tolist() == [0, 0, 0]
