"""Prepared layers against the formulas of their docstrings, written out with one call per quantizer."""

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu
from torch.testing import assert_close

from a2q import A2QConfig, UniformConfig
from a2q.layers import quantized_layers
from a2q.quantizers import Quantizer, fake_quantize

NODES = 12


def _apply(quantizer: Quantizer, values: Tensor) -> Tensor:
    """The formula, with the quantizer's own parameters."""
    return fake_quantize(
        values,
        quantizer.coded(quantizer.step),
        quantizer.code_bits,
        quantizer.signed,
        quantizer.gradient,
        quantizer.straight_through,
        quantizer.step_gradient_scale,
    )


def _linear(layer: nn.Module, x: Tensor) -> Tensor:
    weight = _apply(layer.quantizers["weight"], layer.weight.t())
    result = _apply(layer.quantizers["input"], x) @ weight + (0 if layer.bias is None else layer.bias)
    return _apply(layer.quantizers["output"], result) if "output" in layer.quantizers else result


def _adjacency(edge_index: Tensor) -> Tensor:
    matrix = torch.zeros(NODES, NODES)
    for source, target in edge_index.t().tolist():
        matrix[target, source] += 1
    return matrix


def _gcn(layer: nn.Module, x: Tensor, edge_index: Tensor) -> Tensor:
    looped = _adjacency(edge_index)
    looped.fill_diagonal_(1)
    root = looped.sum(1).rsqrt()
    return (root[:, None] * looped * root) @ _linear(layer.lin, x) + layer.bias


def _gin(layer: nn.Module, x: Tensor, edge_index: Tensor) -> Tensor:
    features = _apply(layer.quantizers["input"], x)
    first, second = layer.nn.lins
    summed = _adjacency(edge_index) @ features + (1 + layer.eps) * features
    hidden = layer.nn.norms[0](_linear(first, summed))
    return _linear(second, torch.relu(hidden))


def _sage(layer: nn.Module, x: Tensor, edge_index: Tensor) -> Tensor:
    features, adjacency = _apply(layer.quantizers["input"], x), _adjacency(edge_index)
    mean = adjacency @ features / adjacency.sum(1, keepdim=True).clamp_min(1)
    return _linear(layer.lin_l, mean) + _linear(layer.lin_r, features)


def _gat(layer: nn.Module, x: Tensor, edge_index: Tensor) -> Tensor:
    combined = _linear(layer.lin, x).view(NODES, 2, -1)
    vectors = _apply(layer.quantizers["attention"], torch.cat([layer.att_src[0], layer.att_dst[0]], 1))
    sending, receiving = vectors.chunk(2, dim=1)
    proper = edge_index[:, edge_index[0] != edge_index[1]]
    source, target = torch.cat([proper, torch.arange(NODES).expand(2, NODES)], 1)
    scores = (combined[source] * sending).sum(2) + (combined[target] * receiving).sum(2)
    logits = leaky_relu(_apply(layer.quantizers["logits"], scores), layer.negative_slope)
    rows = []
    for node in range(NODES):
        here = target == node
        rows.append((logits[here].softmax(0).unsqueeze(2) * combined[source[here]]).sum(0).flatten())
    return torch.stack(rows) + layer.bias


FORMULAS = {"gcn": _gcn, "gin": _gin, "sage": _sage, "gat": _gat}
METHODS = {
    "local": A2QConfig(initial_bits=2, xw_bits=3, weight_bits=3),
    "task": A2QConfig(initial_bits=2, gradient="task", straight_through="identity"),
    "8-bit steps": A2QConfig(initial_bits=3, step_bits=8),
    "uniform": UniformConfig(bits=3),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", FORMULAS)
def test_values_and_every_gradient_are_the_formulas(
    prepared, kind: str, method: str, x: Tensor, edge_index: Tensor
) -> None:
    proper = edge_index if kind == "gin" or kind == "sage" else edge_index[:, edge_index[0] != edge_index[1]]
    layer = prepared(kind, METHODS[method]).train()
    for norm in (part for part in layer.modules() if isinstance(part, nn.BatchNorm1d)):
        norm.eval()
    layer(x, proper)
    with torch.no_grad():
        for quantizer in (part for part in layer.modules() if isinstance(part, Quantizer)):
            # Small enough for values to be clipped, so that bits have a gradient.
            quantizer.step.mul_(0.6)
    twin = copy.deepcopy(layer)
    given, taken = x.clone().requires_grad_(), x.clone().requires_grad_()
    expected, found = FORMULAS[kind](twin, given, proper), layer(taken, proper)
    assert_close(found, expected, atol=1e-5, rtol=1e-5)
    upstream = torch.randn(expected.shape, generator=torch.Generator().manual_seed(2))
    expected.backward(upstream)
    found.backward(upstream)
    assert_close(taken.grad, given.grad, atol=1e-4, rtol=1e-4)
    gradients = {name: parameter.grad for name, parameter in twin.named_parameters()}
    found_gradients = {name: parameter.grad for name, parameter in layer.named_parameters()}
    assert all(gradient is not None for gradient in found_gradients.values())
    assert_close(found_gradients, gradients, atol=1e-4, rtol=1e-4)
    if method != "uniform":
        assert any(float(gradients[name].abs().max()) > 0 for name in gradients if name.endswith(".bits"))


@pytest.mark.parametrize("kind", FORMULAS)
def test_every_linear_map_converts_to_the_same_codes_and_output(
    prepared, kind: str, x: Tensor, edge_index: Tensor
) -> None:
    layer = prepared(kind, A2QConfig(initial_bits=3))
    layer.train()(x, edge_index)
    fake = layer.eval()(x, edge_index)
    seen: dict[str, Tensor] = {}
    maps = {name: part for name, part in quantized_layers(layer).items() if "weight" in part.roles}
    handles = [
        part.register_forward_pre_hook(lambda part, given, name=name: seen.update({name: given[0]}))
        for name, part in maps.items()
    ]
    layer(x, edge_index)
    before = {name: maps[name].quantizer("input").codes(values)[0] for name, values in seen.items()}
    for part in maps.values():
        part.convert()
    integer = layer(x, edge_index)
    after = {name: maps[name].quantizer("input").codes(values)[0] for name, values in seen.items()}
    for handle in handles:
        handle.remove()
    assert before.keys() == after.keys() == maps.keys()
    assert all(torch.equal(before[name], after[name]) for name in maps)
    assert_close(integer, fake, atol=1e-4, rtol=0)
    assert torch.equal(integer.argmax(1), fake.argmax(1))
