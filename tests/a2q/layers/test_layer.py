import copy

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from a2q import A2QConfig, BinaryConfig, DegreeQuantConfig, UniformConfig
from a2q.layers import GATLayer, GCNLayer, GINLayer, LinearLayer, SAGELayer, quantized_layers, watching
from a2q.quantizers import FakeQuantizer

KINDS = ("gcn", "gin", "sage", "gat")
METHODS = {
    "a2q": A2QConfig(),
    "groups": A2QConfig(groups=4),
    "uniform": UniformConfig(),
    "degree-quant": DegreeQuantConfig(),
    "binary": BinaryConfig(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_tells_its_widths(prepared, kind: str) -> None:
    layer = prepared(kind, UniformConfig())
    assert (layer.in_channels, getattr(layer, "out_channels", 6)) == (5, 6)


def test_a_printed_layer_shows_its_average_bits(prepared, x: Tensor, edge_index: Tensor) -> None:
    layer = prepared("gcn", A2QConfig(initial_bits=3))
    layer(x, edge_index)
    with torch.no_grad():
        layer.lin.quantizers["input"].bits[:6] = 5
    assert "(input): Quantizer(12 rows, 4.00 bits (learned), signed=True)" in str(layer)
    assert "(weight): Quantizer(6 columns, 4.00 bits (fixed), signed=True)" in str(layer)


@pytest.mark.parametrize("kind", KINDS)
def test_watchers_see_every_tensor_before_it_is_quantized(prepared, kind: str, x: Tensor, edge_index: Tensor) -> None:
    layer = prepared(kind, A2QConfig())
    layer(x, edge_index)
    seen: dict[tuple[str, str], Tensor] = {}
    with watching(layer, lambda name, role, values: seen.update({(name, role): values})):
        found = layer(x, edge_index)
    quantized = {(name, role) for name, part in quantized_layers(layer).items() for role in part.quantizers}
    assert quantized <= set(seen)
    first = ("lin" if kind in ("gcn", "gat") else "", "input")
    assert torch.equal(seen[first], x)
    if kind in ("gcn", "gat"):
        assert torch.equal(seen["", "output"], found)
    count = len(seen)
    layer(x, edge_index)
    assert len(seen) == count
    with pytest.raises(ZeroDivisionError), watching(layer, lambda name, role, values: 1 / 0):
        layer(x, edge_index)
    layer(x, edge_index)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", KINDS)
def test_seeds_repeat_bit_for_bit(prepared, kind: str, method: str, x: Tensor, edge_index: Tensor) -> None:
    results = []
    for _ in range(2):
        layer = prepared(kind, METHODS[method]).train()
        optimizer = torch.optim.Adam(layer.parameters(), 0.1)
        for _ in range(4):
            optimizer.zero_grad()
            layer(x, edge_index).square().sum().backward()
            optimizer.step()
        results.append([value.clone() for value in layer.state_dict().values()])
    assert all(torch.equal(first, second) for first, second in zip(*results, strict=True))


@pytest.mark.parametrize("precision", [torch.float16, torch.bfloat16, torch.float64], ids=str)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", KINDS)
def test_other_precisions_train(
    prepared, kind: str, method: str, precision: torch.dtype, x: Tensor, edge_index: Tensor
) -> None:
    layer = prepared(kind, METHODS[method])
    low = copy.deepcopy(layer).to(precision)
    found = low(x.to(precision), edge_index)
    assert found.dtype == precision
    found.sum().backward()
    assert all(parameter.grad is None or bool(parameter.grad.isfinite().all()) for parameter in low.parameters())
    sums_of_codes = kind in ("gin", "sage")
    if precision == torch.float64 and method != "degree-quant" and not (method == "groups" and sums_of_codes):
        # Ranges of Degree-Quant and of groups end at values. Where those are whole multiples of one step size, others
        # lie right between two codes, and rounding of either precision decides.
        assert_close(found, layer(x, edge_index).double(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", KINDS)
def test_mixed_precision_trains(prepared, kind: str, method: str, x: Tensor, edge_index: Tensor) -> None:
    layer = prepared(kind, METHODS[method])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = layer(x, edge_index).float().sum()
    loss.backward()
    assert bool(loss.isfinite())


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_inferred_first_can_be_trained(prepared, kind: str, x: Tensor, edge_index: Tensor) -> None:
    for method in ("a2q", "degree-quant"):
        layer = prepared(kind, METHODS[method]).eval()
        with torch.inference_mode():
            inferred = layer(x, edge_index)
            assert torch.equal(layer(x, edge_index + 0), inferred)
        layer(x, edge_index).sum().backward()
        assert torch.equal(layer(x, edge_index), inferred)


@pytest.mark.parametrize("kind", KINDS)
def test_degree_quants_edge_by_edge_sums_are_the_operators(
    prepared, kind: str, x: Tensor, edge_index: Tensor, generator: torch.Generator
) -> None:
    # Repeated edges of a matrix are one edge of their summed weight; attention has no weights.
    unique = edge_index.unique(dim=1)
    weight = torch.rand(unique.shape[1], generator=generator)
    adj_t = torch.sparse_coo_tensor(unique.flip(0), weight, (12, 12), check_invariants=True)
    layer = prepared(kind, DegreeQuantConfig())
    assert "messages" in layer.quantizers or kind == "gat"
    for part in layer.modules():
        if isinstance(part, FakeQuantizer):
            part.enabled = False
    slow = layer(x, adj_t)
    for part in quantized_layers(layer).values():
        part.quantizers = nn.ModuleDict()
    assert_close(slow, layer(x, adj_t), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_protected_nodes_pass_unchanged_in_training_and_nobody_in_evaluation(
    prepared, kind: str, x: Tensor, edge_index: Tensor
) -> None:
    everyone = prepared(kind, DegreeQuantConfig(bits=2, protect_low=1.0, protect_high=1.0))
    for part in quantized_layers(everyone).values():
        # What is masked: all but weights, coefficients, attention vectors and the maps within GIN.
        fixed = {"weight", "norm", "attention"} if kind != "gin" or part is everyone else set(part.quantizers)
        part.quantizers = nn.ModuleDict({role: q for role, q in part.quantizers.items() if role not in fixed})
    plain = copy.deepcopy(everyone)
    for part in quantized_layers(plain).values():
        part.quantizers = nn.ModuleDict()
    expected = plain.train()(x, edge_index)
    assert_close(everyone.train()(x, edge_index), expected, atol=1e-5, rtol=1e-5)
    assert everyone.quantizers
    changed = everyone.eval()(x, edge_index)
    assert not torch.allclose(changed, plain.eval()(x, edge_index), atol=1e-2)
    nobody = prepared(kind, DegreeQuantConfig(bits=2, protect_low=0.0, protect_high=0.0))
    nobody.train()(x, edge_index)
    nobody.eval()
    assert torch.equal(nobody(x, edge_index), nobody(x, edge_index))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_graph_without_edges_is_nothing_special(prepared, kind: str, method: str, x: Tensor) -> None:
    none = torch.empty(2, 0, dtype=torch.int64)
    layer = prepared(kind, METHODS[method])
    assert bool(layer.eval()(x, none).isfinite().all())
    assert bool(layer.train()(x, none).isfinite().all())
    if method == "degree-quant" and kind in ("gin", "sage"):
        # No message has been seen, so none has decided the sign.
        assert not layer.quantizers["messages"].started


@pytest.mark.parametrize("kind", KINDS)
def test_a_pair_of_node_sets_is_a_sentence(prepared, kind: str, x: Tensor, edge_index: Tensor) -> None:
    with pytest.raises(TypeError, match="x is a pair of source and target nodes"):
        prepared(kind, UniformConfig())((x, x[:3]), edge_index)


@pytest.mark.parametrize("kind", KINDS)
def test_another_number_of_nodes_is_a_sentence(prepared, kind: str, x: Tensor, edge_index: Tensor) -> None:
    layer = prepared(kind, A2QConfig())
    layer(x, edge_index)
    with pytest.raises(ValueError, match="learned step sizes for 12 nodes"):
        layer(torch.cat([x, x]), edge_index)


@pytest.mark.parametrize("kind", KINDS)
def test_groups_serve_graphs_of_any_size(prepared, kind: str, x: Tensor, edge_index: Tensor) -> None:
    layer = prepared(kind, A2QConfig(groups=4))
    layer(x, edge_index)
    layer.eval()
    with torch.no_grad():
        for name, step in layer.named_parameters():
            if name.endswith(".step"):
                # Ranges no longer end at sums of codes, between whose codes other sums would lie exactly.
                step.mul_(1.01)
    twice = torch.cat([edge_index, edge_index + 12], 1)
    assert_close(layer(torch.cat([x, x]), twice), layer(x, edge_index).repeat(2, 1), atol=1e-5, rtol=1e-5)


def test_edge_features_are_a_sentence(prepared, x: Tensor, edge_index: Tensor) -> None:
    with pytest.raises(ValueError, match="edge_attr is given, but quantized attention takes no edge features"):
        prepared("gat", UniformConfig())(x, edge_index, edge_attr=torch.ones(edge_index.shape[1], 2))


@pytest.mark.parametrize(
    "layer", [GCNLayer(2, 3), GATLayer(2, 3), SAGELayer(2, 3), GINLayer(nn.Sequential(), 2), LinearLayer(2, 3)]
)
def test_resetting_a_quantized_layer_is_a_sentence(layer: nn.Module) -> None:
    with pytest.raises(RuntimeError, match=r"reset_parameters\(\) is for models without quantizers; call it before"):
        layer.reset_parameters()


def test_attention_dropout_is_the_generators(x: Tensor, edge_index: Tensor) -> None:
    layer = GATLayer(5, 3, dropout=0.5)
    results = []
    for noise, seed in ((1, 0), (2, 0), (3, 1)):
        torch.manual_seed(noise)
        layer.generator = torch.Generator().manual_seed(seed)
        results.append(layer(x, edge_index))
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])
    assert torch.equal(layer.eval()(x, edge_index), layer(x, edge_index))


@pytest.mark.parametrize("kind", KINDS)
def test_a_gpu_gives_the_same_result(prepared, kind: str, x: Tensor, edge_index: Tensor) -> None:
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    for config in METHODS.values():
        layer = prepared(kind, config).eval()
        expected = layer(x, edge_index)
        assert_close(layer.cuda()(x.cuda(), edge_index.cuda()).cpu(), expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("batch", [5, 50])
@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_of_features_on_one_graph_is_told_as_such(prepared, kind: str, batch: int) -> None:
    nodes, edges = 40, torch.tensor([[0, 39], [39, 1]])
    with pytest.raises(
        ValueError, match=rf"x has shape \[{batch}, {nodes}, 5\]; .* take one graph, \[nodes, features\]"
    ):
        prepared(kind, UniformConfig())(torch.ones(batch, nodes, 5), edges)
