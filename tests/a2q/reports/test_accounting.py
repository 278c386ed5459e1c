import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from a2q import GCN, Graph, ModelConfig, QuantizationConfig, Trainer, prepare
from a2q.reports import account


def _tiny(x: Tensor | None = None) -> Graph:
    """5 nodes, 3 features and 2 classes."""
    masks = dict.fromkeys(("train_mask", "val_mask", "test_mask"), torch.ones(5, dtype=torch.bool))
    features = torch.tensor([[1.0, 0, 1]] * 5) if x is None else x
    return prepare(Data(x=features, edge_index=torch.tensor([[0, 1], [1, 2]]), y=torch.arange(5) % 2, **masks))


def _tiny_model(graph: Graph, generator: torch.Generator, quantization: QuantizationConfig | None, **model: int) -> GCN:
    return GCN(graph, ModelConfig(**{"hidden": 4} | model), quantization, generator)


def _set_bits(model: GCN, *layers: list[float]) -> None:
    with torch.no_grad():
        for quantizer, bits in zip(model.node_quantizers().values(), layers, strict=True):
            quantizer.bits.copy_(torch.tensor(bits)[:, None])


def test_a_tiny_model_counted_by_hand(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, QuantizationConfig(weight_bits=3, xw_bits=5))
    _set_bits(model, [1, 2, 3, 4, 8])
    accounts = account(model, graph)
    expected = {
        "Layer 1 input": (15, 15 * 32, 15 * 1),
        "Layer 1 XW": (20, 20 * 32, 20 * 5),
        "Layer 1 XW step sizes": (0, 0, 4 * 32),
        "Layer 1 weights": (12, 12 * 32, 12 * 3),
        "Layer 1 weights step sizes": (0, 0, 4 * 32),
        "Layer 1 bias": (4, 4 * 32, 4 * 32),
        "Layer 2 input": (20, 20 * 32, 4 * (1 + 2 + 3 + 4 + 8)),
        "Layer 2 node step sizes": (0, 0, 5 * 32),
        "Layer 2 bit tags": (0, 0, 5 * 3),
        "Layer 2 XW": (10, 10 * 32, 10 * 5),
        "Layer 2 XW step sizes": (0, 0, 2 * 32),
        "Layer 2 weights": (8, 8 * 32, 8 * 3),
        "Layer 2 weights step sizes": (0, 0, 2 * 32),
        "Layer 2 bias": (2, 2 * 32, 2 * 32),
    }
    assert {item.name: (item.values, item.fp32_bits, item.bits) for item in accounts.items} == expected
    assert accounts.average_bits == 18 / 5
    assert accounts.compression == 32 / (18 / 5)
    values, fp32, bits = (sum(column) for column in zip(*expected.values(), strict=True))
    assert (values, fp32, bits) == (91, 2912, 1048)
    assert accounts.full_bits_per_value == 1048 / 91
    assert accounts.full_compression == 2912 / 1048


def test_bits_are_rounded_as_they_are_stored(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, QuantizationConfig())
    _set_bits(model, [1.4, 1.6, 2.5, 3.5, -7])
    accounts = account(model, graph)
    assert accounts.average_bits == (1 + 2 + 2 + 4 + 1) / 5


def test_the_papers_average_weighs_layers_equally(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, QuantizationConfig(), layers=3)
    _set_bits(model, [1, 1, 1, 1, 2], [8, 8, 8, 8, 8])
    assert account(model, graph).average_bits == pytest.approx((1.2 + 8) / 2)


@pytest.mark.parametrize("layers", [2, 3])
@pytest.mark.parametrize("binary", [True, False])
def test_fp32_takes_32_bits_for_every_value(generator: torch.Generator, layers: int, binary: bool) -> None:
    graph = _tiny(None if binary else torch.rand(5, 3))
    accounts = account(_tiny_model(graph, generator, None, layers=layers), graph)
    assert accounts.average_bits == accounts.full_bits_per_value == 32
    assert accounts.compression == accounts.full_compression == 1
    assert all(item.bits == item.fp32_bits == 32 * item.values > 0 for item in accounts.items)


def test_real_valued_input_stays_fp32(generator: torch.Generator) -> None:
    graph = _tiny(torch.rand(5, 3))
    first = account(_tiny_model(graph, generator, QuantizationConfig()), graph).items[0]
    assert (first.name, first.bits) == ("Layer 1 input", 15 * 32)


@pytest.mark.parametrize(
    ("lowest", "highest", "tag"), [(1, 8, 3), (0, 8, 4), (0, 7, 3), (1, 4, 2), (2, 4, 2), (1, 2, 1), (4, 4, 0)]
)
def test_a_tag_tells_the_allowed_widths_apart(generator: torch.Generator, lowest: int, highest: int, tag: int) -> None:
    graph = _tiny()
    config = QuantizationConfig(min_bits=lowest, max_bits=highest, initial_bits=highest)
    items = {item.name: item.bits for item in account(_tiny_model(graph, generator, config), graph).items}
    assert items["Layer 2 bit tags"] == 5 * tag


def test_a_network_of_pruned_nodes_compresses_without_end(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, QuantizationConfig(min_bits=0))
    _set_bits(model, [0, 0, 0, 0, 0])
    accounts = account(model, graph)
    assert (accounts.average_bits, accounts.compression) == (0, math.inf)
    assert accounts.full_compression < 32


def test_accounts_agree_with_the_metrics_of_training(train: Callable[..., Trainer]) -> None:
    trainer = train("a2q", "model.layers=3", "training.penalty=10", "training.lr_bits=0.3")
    trainer.restore_best()
    assert account(trainer.model, trainer.graph).average_bits == trainer.best.average_bits
