"""Without quantizers, or with 32-bit ones, every layer is PyG's layer of the same kind."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close
from torch_geometric.nn import MLP, GATConv, GCNConv, GINConv, SAGEConv

from a2q.layers import quantized_layers
from a2q.quantize.replace_layers import replace_layers
from a2q.quantizers import Quantizer
from a2q.sparse.matrix import SparseMatrix

NODES, FEATURES, OUTPUTS = 12, 5, 6

CONVS: dict[str, Callable[[], nn.Module]] = {
    "gcn": lambda: GCNConv(FEATURES, OUTPUTS),
    "gcn improved": lambda: GCNConv(FEATURES, OUTPUTS, improved=True),
    "gcn without self-loops": lambda: GCNConv(FEATURES, OUTPUTS, add_self_loops=False, bias=False),
    "gcn not normalised": lambda: GCNConv(FEATURES, OUTPUTS, normalize=False),
    "gin": lambda: GINConv(nn.Linear(FEATURES, OUTPUTS), eps=0.5, train_eps=True),
    "gin mlp": lambda: GINConv(MLP([FEATURES, 8, OUTPUTS], norm="batch_norm")),
    "gin sequential": lambda: GINConv(nn.Sequential(nn.Linear(FEATURES, 8), nn.ReLU(), nn.Linear(8, OUTPUTS))),
    "sage mean": lambda: SAGEConv(FEATURES, OUTPUTS),
    "sage sum, normalised": lambda: SAGEConv(FEATURES, OUTPUTS, aggr="sum", normalize=True),
    "sage without root": lambda: SAGEConv(FEATURES, OUTPUTS, root_weight=False, bias=False),
    "gat": lambda: GATConv(FEATURES, OUTPUTS),
    "gat heads": lambda: GATConv(FEATURES, OUTPUTS, heads=3, negative_slope=0.1),
    "gat mean of heads": lambda: GATConv(FEATURES, OUTPUTS, heads=3, concat=False),
    "gat without self-loops": lambda: GATConv(FEATURES, OUTPUTS, heads=2, add_self_loops=False),
}


def _adj_t(edge_index: Tensor) -> Tensor:
    ones = torch.ones(edge_index.shape[1])
    coordinates = torch.sparse_coo_tensor(edge_index.flip(0), ones, (NODES, NODES), check_invariants=True)
    return coordinates.coalesce().to_sparse_csr()


def _pair(name: str) -> tuple[nn.ModuleList, nn.ModuleList]:
    """PyG's layer, and ours around equal parameters."""
    torch.manual_seed(0)
    theirs = nn.ModuleList([CONVS[name]()])
    torch.manual_seed(0)
    ours = nn.ModuleList([CONVS[name]()])
    for module in (theirs, ours):
        for parameter in module.parameters():
            # Biases start at 0, which would hide them.
            nn.init.normal_(parameter, generator=torch.Generator().manual_seed(parameter.numel()))
    replace_layers(ours, lambda name: False)
    assert type(ours[0]) is not type(theirs[0])
    return theirs.eval(), ours.eval()


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta", "ignore:Sparse invariant checks")
@pytest.mark.parametrize("name", CONVS)
def test_without_quantizers_values_and_gradients_are_pygs(name: str, x: Tensor, edge_index: Tensor) -> None:
    theirs, ours = _pair(name)
    given, taken = x.clone().requires_grad_(), x.clone().requires_grad_()
    expected, found = theirs[0](given, edge_index), ours[0](taken, edge_index)
    assert_close(found, expected, atol=1e-4, rtol=1e-4)
    upstream = torch.randn(expected.shape, generator=torch.Generator().manual_seed(1))
    expected.backward(upstream)
    found.backward(upstream)
    assert_close(taken.grad, given.grad, atol=1e-4, rtol=1e-4)
    gradients = {name: parameter.grad for name, parameter in theirs.named_parameters()}
    assert {name for name, _ in ours.named_parameters()} == set(gradients)
    for name, parameter in ours.named_parameters():
        assert_close(parameter.grad, gradients[name], atol=1e-4, rtol=1e-4)


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta", "ignore:Sparse invariant checks")
@pytest.mark.parametrize("name", CONVS)
def test_an_edge_list_and_a_sparse_matrix_are_the_same_graph(name: str, x: Tensor, edge_index: Tensor) -> None:
    theirs, ours = _pair(name)
    # One edge twice is one entry of weight 2 in a matrix; attention has no weights, so there it must not be.
    unique = edge_index.unique(dim=1)
    assert_close(ours[0](x, _adj_t(unique)), ours[0](x, unique), atol=1e-5, rtol=1e-5)
    # PyG's GCNConv itself differs between the two forms where a graph has self-loops already, or improved=True.
    proper = unique[:, unique[0] != unique[1]]
    given = proper if "improved" in name else _adj_t(proper)
    assert_close(ours[0](x, _adj_t(proper)), theirs[0](x, given), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["gcn", "gcn not normalised", "gcn without self-loops"])
def test_edge_weights_count(name: str, x: Tensor, edge_index: Tensor, generator: torch.Generator) -> None:
    theirs, ours = _pair(name)
    weight = torch.rand(edge_index.shape[1], generator=generator)
    assert_close(ours[0](x, edge_index, weight), theirs[0](x, edge_index, weight), atol=1e-5, rtol=1e-5)
    with pytest.raises(ValueError, match="edge_weight requires a gradient"):
        ours[0](x, edge_index, weight.requires_grad_())


@pytest.mark.parametrize("name", CONVS)
def test_32_bit_quantizers_change_nothing(name: str, x: Tensor, edge_index: Tensor) -> None:
    theirs, ours = _pair(name)
    for layer in quantized_layers(ours).values():
        for role in layer.roles:
            # By a power of 2 single precision divides exactly; so only what is smaller than the step is lost.
            layer.quantizers[role] = Quantizer(1, "tensor", signed=True, bits=32, max_bits=32, start="random")
            with torch.no_grad():
                layer.quantizers[role].step.fill_(2.0**-24)
    ours.eval()
    assert_close(ours[0](x, edge_index), theirs[0](x, edge_index), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", [name for name in CONVS if "mlp" not in name])
def test_sparse_features_are_the_same_features(name: str, edge_index: Tensor, generator: torch.Generator) -> None:
    _, ours = _pair(name)
    dense = torch.rand(NODES, FEATURES, generator=generator) * (torch.rand(NODES, FEATURES, generator=generator) < 0.2)
    assert_close(ours[0](SparseMatrix(dense), edge_index), ours[0](dense, edge_index), atol=1e-5, rtol=1e-5)
