import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q import GCN, Graph, ModelConfig, QuantizationConfig, TrainingConfig
from a2q.training import feature_kib, memory_penalty


def _model(graph: Graph, generator: torch.Generator, layers: int = 3, hidden: int = 5) -> GCN:
    """A network whose nodes have real-valued bits from 1 to 8."""
    model = GCN(graph, ModelConfig(layers=layers, hidden=hidden), QuantizationConfig(), generator)
    with torch.no_grad():
        for quantizer in model.node_quantizers().values():
            quantizer.bits.uniform_(1, 8, generator=generator)
    return model


def _bits(model: GCN) -> Tensor:
    return torch.stack([quantizer.bits.detach().flatten() for quantizer in model.node_quantizers().values()])


@pytest.mark.parametrize("layers", [2, 3, 4])
@pytest.mark.parametrize("hidden", [5, 32])
def test_memory_is_width_times_bits_over_8192(
    citations: Graph, generator: torch.Generator, layers: int, hidden: int
) -> None:
    model = _model(citations, generator, layers, hidden)
    assert _bits(model).shape == (layers - 1, 300)
    assert_close(feature_kib(model, "effective"), hidden * _bits(model).sum() / 8192)


def test_code_bits_cost_one_more_per_value(citations: Graph, generator: torch.Generator) -> None:
    model = _model(citations, generator)
    difference = feature_kib(model, "code") - feature_kib(model, "effective")
    assert_close(difference, torch.tensor(2 * 300 * 5 / 8192))


@pytest.mark.parametrize("priced", ["effective", "code"])
def test_penalty_and_its_gradient_equal_the_closed_form(
    citations: Graph, generator: torch.Generator, priced: str
) -> None:
    model = _model(citations, generator)
    memory_penalty(model, TrainingConfig(penalty=2.5, target_kib=0.7, priced_bits=priced)).backward()
    excess = 5 * (_bits(model) + (priced == "code")).sum() / 8192 - 0.7
    assert float(excess) > 0
    penalty = memory_penalty(model, TrainingConfig(penalty=2.5, target_kib=0.7, priced_bits=priced))
    assert_close(penalty, 2.5 * excess**2)
    for quantizer in model.node_quantizers().values():
        assert_close(quantizer.bits.grad, (2 * 2.5 * excess * 5 / 8192).expand(300, 1))


def test_nothing_pulls_below_the_target(citations: Graph, generator: torch.Generator) -> None:
    model = _model(citations, generator)
    penalty = memory_penalty(model, TrainingConfig(penalty=2.5, target_kib=100))
    penalty.backward()
    assert penalty.item() == 0
    assert not any(torch.count_nonzero(quantizer.bits.grad) for quantizer in model.node_quantizers().values())


def test_fp32_costs_nothing(citations: Graph, generator: torch.Generator) -> None:
    model = GCN(citations, ModelConfig(), None, generator)
    assert memory_penalty(model, TrainingConfig(penalty=2.5, target_kib=0)).item() == 0
