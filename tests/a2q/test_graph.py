import pytest
import torch
from torch import Tensor
from torch.testing import assert_close
from torch_geometric.data import Data

from a2q import prepare
from a2q.sparse.matrix import SparseMatrix

# 0 and 1 cite 2, 2 cites 3, 3 cites itself; nobody knows 4.
_EDGES = torch.tensor([[0, 1, 2, 3], [2, 2, 3, 3]])


def _data(edges: Tensor = _EDGES, x: Tensor | None = None, **changes: object) -> Data:
    values: dict[str, object] = {
        "x": torch.eye(5) if x is None else x,
        "edge_index": edges,
        "y": torch.tensor([0, 1, 2, 0, 1]),
        "train_mask": torch.tensor([True, True, True, False, False]),
        "val_mask": torch.tensor([False, False, False, True, False]),
        "test_mask": torch.tensor([False, False, False, False, True]),
    }
    return Data(**(values | changes))


def _dense_operator(edges: Tensor, num_nodes: int) -> Tensor:
    """D^-1/2 (A + I) D^-1/2 from its definition; row i holds what arrives at node i, every node one self-loop."""
    adjacency = torch.zeros(num_nodes, num_nodes)
    for source, target in edges.T.tolist():
        if source != target:
            adjacency[target, source] += 1
    adjacency += torch.eye(num_nodes)
    scale = adjacency.sum(1).rsqrt()
    return scale[:, None] * adjacency * scale[None, :]


@pytest.mark.parametrize("seed", range(3))
def test_adjacency_equals_its_dense_definition(seed: int) -> None:
    edges = torch.randint(0, 12, (2, 40), generator=torch.Generator().manual_seed(seed)).unique(dim=1)
    both = torch.cat([edges, edges.flip(0)], 1).unique(dim=1)
    for given in (edges, both):
        masks = dict.fromkeys(("train_mask", "val_mask", "test_mask"), torch.ones(12, dtype=torch.bool))
        graph = prepare(_data(given, torch.eye(12), y=torch.arange(12), **masks))
        assert_close(graph.edges.convolution().to_dense(), _dense_operator(given, 12))
    assert_close(graph.edges.convolution().to_dense(), graph.edges.convolution().to_dense().T)


def test_a_directed_graph_gathers_from_in_neighbours() -> None:
    arrived = prepare(_data()).edges.convolution().to_dense() > 0
    assert [row.nonzero().flatten().tolist() for row in arrived] == [[0], [1], [0, 1, 2], [2, 3], [4]]


def test_in_degree_ignores_self_loops() -> None:
    assert prepare(_data()).in_degree.tolist() == [0, 0, 2, 1, 0]


def test_a_graph_without_edges_is_every_node_by_itself() -> None:
    graph = prepare(_data(torch.empty(2, 0, dtype=torch.long)))
    assert torch.equal(graph.edges.convolution().to_dense(), torch.eye(5))
    assert graph.in_degree.tolist() == [0] * 5


def test_sizes_labels_and_masks_are_taken_over() -> None:
    graph = prepare(_data(x=torch.ones(5, 7)))
    assert (graph.num_nodes, graph.num_features, graph.num_classes) == (5, 7, 3)
    assert graph.labels.tolist() == [0, 1, 2, 0, 1]
    assert graph.train.nonzero().flatten().tolist() == [0, 1, 2]
    assert graph.validation.nonzero().flatten().tolist() == [3]
    assert graph.test.nonzero().flatten().tolist() == [4]


@pytest.mark.parametrize(("share", "sparse"), [(0.05, True), (0.6, False)])
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
def test_features_keep_their_values_sparse_or_not(share: float, sparse: bool) -> None:
    generator = torch.Generator().manual_seed(3)
    x = torch.rand(5, 40, generator=generator) * (torch.rand(5, 40, generator=generator) < share)
    features = prepare(_data(x=x)).features
    assert isinstance(features, SparseMatrix) == sparse
    assert torch.equal(features.to_dense() if isinstance(features, SparseMatrix) else features, x)
    given_sparse = prepare(_data(x=x.to_sparse_csr())).features
    assert isinstance(given_sparse, SparseMatrix)
    assert torch.equal(given_sparse.to_dense(), x)


@pytest.mark.parametrize(
    ("value", "bits"), [(1.0, 1), (0.0, 1), (2.0, 32), (0.5, 32), (-1.0, 32)], ids=lambda value: str(value)
)
@pytest.mark.parametrize("sparse", [True, False])
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
def test_only_0_and_1_features_take_1_bit(value: float, bits: int, sparse: bool) -> None:
    x = torch.eye(5)
    x[2, 3] = value
    assert prepare(_data(x=x.to_sparse_csr() if sparse else x)).input_bits == bits


@pytest.mark.parametrize("name", ["train_mask", "val_mask", "test_mask"])
@pytest.mark.parametrize("mask", [None, torch.zeros(5, dtype=torch.bool), torch.ones(4, dtype=torch.bool)])
def test_a_mask_that_selects_nothing_is_refused(name: str, mask: Tensor | None) -> None:
    with pytest.raises(ValueError, match=f"^{name} selects no node; give a boolean mask of 5 entries"):
        prepare(_data(**{name: mask}))


@pytest.mark.parametrize(("name", "what"), [("x", "features"), ("y", "labels")])
def test_a_graph_without_features_or_labels_is_refused(name: str, what: str) -> None:
    data = _data()
    del data[name]
    with pytest.raises(ValueError, match=rf"^The nodes have no {what}; give them as {name}\.$"):
        prepare(data)


@pytest.mark.parametrize("unknown", [5, 77, -1])
def test_an_edge_to_an_unknown_node_is_refused(unknown: int) -> None:
    edges = torch.tensor([[0, 1], [2, unknown]])
    with pytest.raises(ValueError, match=f"^edge_index names node {unknown}; the graph has nodes 0 to 4"):
        prepare(_data(edges))


def test_labels_and_masks_of_other_kinds_are_taken_where_they_are_clear() -> None:
    plain = prepare(_data())
    other = prepare(
        _data(y=torch.tensor([[0], [1], [2], [0], [1]], dtype=torch.int32), val_mask=_data().val_mask.int())
    )
    assert torch.equal(other.labels, plain.labels) and other.labels.dtype == torch.int64
    assert torch.equal(other.validation, plain.validation) and other.validation.dtype == torch.bool
    assert prepare(_data(y=torch.rand(5, dtype=torch.float64))).labels.dtype == torch.float32


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"x": torch.ones(5)}, r"x has shape \[5\]; give a row for each node"),
        ({"edge_index": None}, "edge_index is missing; give node numbers"),
        ({"edge_index": _EDGES.T}, r"edge_index is torch.int64 of shape \[4, 2\]; give node numbers"),
        ({"edge_index": _EDGES.float()}, r"edge_index is torch.float32 of shape \[2, 4\]"),
        ({"y": torch.zeros(5, 2)}, r"y has shape \[5, 2\]; give one class or value for each of 5 nodes"),
        ({"train_mask": torch.ones(5, 10, dtype=torch.bool)}, r"has 10 columns, .* of them: data.train_mask\[:, 0\]"),
        ({"test_mask": torch.tensor([1, 2, 3, 4, 0])}, "test_mask holds other numbers than 0 and 1"),
        ({"y": torch.tensor([0, -1, 2, 0, 1])}, "train_mask selects node 1, whose label is -1; take it out"),
        ({"y": torch.tensor([0, 1, torch.nan, 0, 1])}, "train_mask selects node 2, whose label is nan"),
    ],
)
def test_data_of_other_shapes_is_told_in_a_sentence(changes: dict[str, Tensor | None], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        prepare(_data(**changes))
