import math

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close
from torch_geometric.data import Data

from a2q import GCN, Graph, ModelConfig, QuantizationConfig, fake_quantize, prepare
from a2q.training.start import start_at_random, start_from_data


def _folded_mean(mean: float, std: float) -> float:
    """Mean of |N(mean, std)|."""
    tail = std * math.sqrt(2 / math.pi) * math.exp(-((mean / std) ** 2) / 2)
    return tail + mean * math.erf(mean / (std * math.sqrt(2)))


def test_random_start_has_the_statistics_of_the_papers_code(generator: torch.Generator) -> None:
    nodes = 3000
    masks = dict.fromkeys(("train_mask", "val_mask", "test_mask"), torch.ones(nodes, dtype=torch.bool))
    ring = torch.stack([torch.arange(nodes), torch.arange(1, nodes + 1) % nodes])
    graph = prepare(Data(x=torch.ones(nodes, 3), edge_index=ring, y=torch.arange(nodes) % 2, **masks))
    model = GCN(graph, ModelConfig(hidden=1024), QuantizationConfig(start="paper"), generator)
    start_at_random(model, generator)
    first, second = model.convolutions()
    for quantizer, mean, std in (
        (second.input_quantizer, 0.01, 0.01),
        (first.weight_quantizer, 0.1, 0.2),
        (first.xw_quantizer, 0.01, 0.01),
    ):
        step = quantizer.step.detach()
        expected = _folded_mean(mean, std)
        assert float(step.min()) > 0
        assert float(step.mean()) == pytest.approx(expected, rel=0.05)
        assert float(step.square().mean()) == pytest.approx(mean**2 + std**2, rel=0.1)


def _twice_the_mean(x: Tensor, dim: int, limit: int) -> Tensor:
    mean = x.abs().mean(dim, keepdim=True)
    step = 2 * mean / math.sqrt(limit)
    return torch.where(step > 0, step, step[step > 0].median())


@pytest.mark.parametrize(("bits", "limit"), [(4, 15), (2, 3), (1, 1)])
def test_data_start_equals_the_formula_layer_by_layer(
    citations: Graph, generator: torch.Generator, bits: int, limit: int
) -> None:
    model = GCN(citations, ModelConfig(layers=3), QuantizationConfig(initial_bits=bits), generator)
    start_from_data(model, citations)
    hidden: Tensor | None = None
    with torch.no_grad():
        for layer in model.convolutions():
            x = citations.features
            if hidden is not None:
                x = hidden.relu()
                step = _twice_the_mean(x, 1, limit)
                assert_close(layer.input_quantizer.step, step)
                x = fake_quantize(x, step, torch.full_like(step, bits + 1), signed=False)
            step = _twice_the_mean(layer.weight, 0, 7)
            assert_close(layer.weight_quantizer.step, step)
            combined = x @ fake_quantize(layer.weight, step, torch.full_like(step, 4))
            step = _twice_the_mean(combined, 0, 7)
            assert_close(layer.xw_quantizer.step, step)
            hidden = citations.adjacency @ fake_quantize(combined, step, torch.full_like(step, 4)) + layer.bias


def test_nodes_without_any_feature_start_at_the_median(generator: torch.Generator) -> None:
    # Nodes 0 to 2 have no words and no neighbours: all their hidden features are 0.
    x = torch.zeros(10, 4)
    x[3:] = torch.rand(7, 4, generator=generator)
    edges = torch.tensor([[3, 4, 5], [4, 5, 6]])
    masks = dict.fromkeys(("train_mask", "val_mask", "test_mask"), torch.ones(10, dtype=torch.bool))
    graph = prepare(Data(x=x, edge_index=edges, y=torch.arange(10) % 3, **masks))
    model = GCN(graph, ModelConfig(), QuantizationConfig(), generator)
    start_from_data(model, graph)
    step = model.node_quantizers()[1].step.detach().flatten()
    others = step[3:]
    assert others.unique().numel() > 1
    assert step[:3].tolist() == [others.median().item()] * 3


def test_starting_leaves_no_hook_and_no_gradient_behind(citations: Graph, generator: torch.Generator) -> None:
    model = GCN(citations, ModelConfig(), QuantizationConfig(), generator)
    start_from_data(model, citations)
    before = {name: values.clone() for name, values in model.state_dict().items()}
    model(citations)
    assert all(torch.equal(values, before[name]) for name, values in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
