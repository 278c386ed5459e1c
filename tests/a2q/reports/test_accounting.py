import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from a2q import (
    A2QConfig,
    BinaryConfig,
    DegreeBitsConfig,
    DegreeQuantConfig,
    FP32Config,
    Graph,
    ModelConfig,
    Network,
    NodeTask,
    Trainer,
    UniformConfig,
    prepare,
    quantize_,
)
from a2q.methods import Method
from a2q.quantize import learned_features
from a2q.reports import Accounts, account
from a2q.reports.measurements import run_over


def _tiny(x: Tensor | None = None) -> Graph:
    """5 nodes, 3 features and 2 classes."""
    masks = dict.fromkeys(("train_mask", "val_mask", "test_mask"), torch.ones(5, dtype=torch.bool))
    features = torch.tensor([[1.0, 0, 1]] * 5) if x is None else x
    return prepare(Data(x=features, edge_index=torch.tensor([[0, 1], [1, 2]]), y=torch.arange(5) % 2, **masks))


def _tiny_model(graph: Graph, generator: torch.Generator, quantization: Method, **model: object) -> Network:
    task = NodeTask(graph)
    network = Network(task.shape, ModelConfig(**{"hidden": 4} | model), generator)
    quantize_(network, quantization, num_nodes=graph.num_nodes, in_degree=graph.in_degree, generator=generator)
    task.predict(network)
    return network


def _account(model: Network, graph: Graph) -> Accounts:
    return account(model, lambda: NodeTask(graph).predict(model))


def _set_bits(model: Network, *layers: list[float]) -> None:
    with torch.no_grad():
        for (_, quantizer), bits in zip(learned_features(model).values(), layers, strict=True):
            quantizer.bits.copy_(torch.tensor(bits)[:, None])


def test_a_tiny_gcn_counted_by_hand(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, A2QConfig(weight_bits=3, xw_bits=5))
    _set_bits(model, [1, 2, 3, 4, 8])
    accounts = _account(model, graph)
    expected = {
        "Layer 1 input": (15, 15 * 32, 15 * 1),
        "Layer 1 XW": (20, 20 * 32, 20 * 5),
        "Layer 1 XW: step sizes and tags": (0, 0, 4 * 32),
        "Layer 1 weights": (12, 12 * 32, 12 * 3),
        "Layer 1 weights: step sizes": (0, 0, 4 * 32),
        "Layer 2 input": (20, 20 * 32, 4 * (1 + 2 + 3 + 4 + 8)),
        "Layer 2 input: step sizes and tags": (0, 0, 5 * (32 + 3)),
        "Layer 2 XW": (10, 10 * 32, 10 * 5),
        "Layer 2 XW: step sizes and tags": (0, 0, 2 * 32),
        "Layer 2 weights": (8, 8 * 32, 8 * 3),
        "Layer 2 weights: step sizes": (0, 0, 2 * 32),
        "Biases and other parameters": (6, 6 * 32, 6 * 32),
    }
    assert {item.name: (item.values, item.fp32_bits, item.bits) for item in accounts.items} == expected
    assert accounts.average_bits == 18 / 5
    assert accounts.compression == 32 / (18 / 5)
    values, fp32, bits = (sum(column) for column in zip(*expected.values(), strict=True))
    assert (values, fp32, bits) == (91, 2912, 1048)
    assert accounts.full_bits_per_value == 1048 / 91
    assert accounts.full_compression == 2912 / 1048


def test_a_tiny_gin_counted_by_hand(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, A2QConfig(step_bits=8), name="gin")
    _set_bits(model, [1, 2, 3, 4, 5], [2, 2, 2, 2, 3])
    accounts = _account(model, graph)
    expected = {
        "Layer 1 input before aggregation": 15 * 1,
        "Layer 1 map 1 input": 3 * 15,
        "Layer 1 map 1 input: step sizes and tags": 5 * (8 + 3),
        "Layer 1 map 1 weights": 12 * 4,
        "Layer 1 map 1 weights: step sizes": 4 * 32,
        "Layer 2 input before aggregation": 20 * 4,
        "Layer 2 input before aggregation: step sizes and tags": 4 * 32,
        "Layer 2 map 1 input": 4 * 11,
        "Layer 2 map 1 input: step sizes and tags": 5 * (8 + 3),
        "Layer 2 map 1 weights": 8 * 4,
        "Layer 2 map 1 weights: step sizes": 2 * 32,
        # Two biases of 4 and 2, two epsilons.
        "Biases and other parameters": 8 * 32,
    }
    assert {item.name: item.bits for item in accounts.items} == expected
    assert accounts.average_bits == pytest.approx((15 / 5 + 11 / 5) / 2)


def test_hidden_values_of_a_layer_in_fp32_take_32_bits_whatever_they_are(generator: torch.Generator) -> None:
    """Only the dataset's own 0/1 features take 1 bit; hidden ones that happen to be 0 are FP32 values."""
    graph = _tiny()
    task = NodeTask(graph)
    network = Network(task.shape, ModelConfig(hidden=4), generator)
    quantize_(network, A2QConfig(), num_nodes=5, overrides={"convs.1": FP32Config()})
    with torch.no_grad():
        for parameter in network.convs[0].parameters():
            parameter.zero_()
    task.predict(network)
    bits = {item.name: item.bits for item in _account(network, graph).items}
    assert bits["Layer 1 input"] == 15 * 1
    assert bits["Layer 2 input"] == 20 * 32


def test_a_tiny_gat_counted_by_hand(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, A2QConfig(xw_bits=5), name="gat", heads=2)
    _set_bits(model, [1, 2, 3, 4, 8])
    accounts = _account(model, graph)
    expected = {
        "Layer 1 input": (15, 15 * 1),
        # Two heads of 4 columns; under attention each node has one step size.
        "Layer 1 XW": (40, 40 * 5),
        "Layer 1 XW: step sizes and tags": (0, 5 * 32),
        "Layer 1 weights": (24, 24 * 4),
        "Layer 1 weights: step sizes": (0, 8 * 32),
        "Layer 2 input": (40, 8 * 18),
        "Layer 2 input: step sizes and tags": (0, 5 * (32 + 3)),
        "Layer 2 XW": (10, 10 * 5),
        "Layer 2 XW: step sizes and tags": (0, 5 * 32),
        "Layer 2 weights": (16, 16 * 4),
        "Layer 2 weights: step sizes": (0, 2 * 32),
        # Attention vector and logits: one step size per head each, two heads and one.
        "Step sizes of what is used up at once": (0, (2 + 2 + 1 + 1) * 32),
        # Biases of 8 and 2; attention vectors of 2 · 2 · 4 and 2 · 1 · 2.
        "Biases and other parameters": (10 + 16 + 4, 30 * 32),
    }
    assert {item.name: (item.values, item.bits) for item in accounts.items} == expected
    assert accounts.average_bits == 18 / 5
    assert accounts.full_bits_per_value == sum(bits for _, bits in expected.values()) / (175)


def test_a_tiny_sage_counted_by_hand(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, A2QConfig(), name="sage")
    # The averages of layer 1, those of layer 2 and layer 2's own input; layer 1's is the dataset's.
    _set_bits(model, [1, 1, 1, 1, 2], [2, 2, 2, 2, 2], [1, 2, 3, 4, 8])
    accounts = _account(model, graph)
    expected = {
        "Layer 1 input before aggregation": 15 * 1,
        "Layer 1 input": 3 * 6,
        "Layer 1 input: step sizes and tags": 5 * (32 + 3),
        "Layer 1 weights": 12 * 4,
        "Layer 1 weights: step sizes": 4 * 32,
        # The root's map of layer 1 reads the dataset's features too, which are stored already.
        "Layer 1 root weights": 12 * 4,
        "Layer 1 root weights: step sizes": 4 * 32,
        "Layer 2 input before aggregation": 20 * 4,
        "Layer 2 input before aggregation: step sizes and tags": 4 * 32,
        "Layer 2 input": 4 * 10,
        "Layer 2 input: step sizes and tags": 5 * (32 + 3),
        "Layer 2 weights": 8 * 4,
        "Layer 2 weights: step sizes": 2 * 32,
        "Layer 2 root input": 4 * 18,
        "Layer 2 root input: step sizes and tags": 5 * (32 + 3),
        "Layer 2 root weights": 8 * 4,
        "Layer 2 root weights: step sizes": 2 * 32,
        "Biases and other parameters": 6 * 32,
    }
    assert {item.name: item.bits for item in accounts.items} == expected
    assert accounts.average_bits == pytest.approx((6 / 5 + 10 / 5 + 18 / 5) / 3)


@pytest.mark.parametrize("name", ["gcn", "gin", "gat", "sage"])
@pytest.mark.parametrize(
    "config", [A2QConfig(), UniformConfig(), DegreeQuantConfig(), DegreeBitsConfig(), BinaryConfig()]
)
def test_items_are_the_same_values_in_any_method(generator: torch.Generator, name: str, config: Method) -> None:
    graph = _tiny()
    fp32, found = (
        _account(_tiny_model(graph, generator, method, name=name), graph).items for method in (FP32Config(), config)
    )
    assert len({item.name for item in found}) == len(found)
    assert {item.name: item.values for item in found if item.values} == {item.name: item.values for item in fp32}
    for item in found:
        assert item.fp32_bits == 32 * item.values
        assert item.bits <= item.fp32_bits or not item.values


def test_groups_store_a_number_per_node_and_one_table(make_task, make_graph_config) -> None:
    trainer = Trainer(make_task(batch_size=3), make_graph_config("a2q", model="gcn"))
    batches = trainer.task.part("test")
    assert len(batches) == 3
    accounts = account(trainer.model, lambda: trainer.task.evaluate(trainer.model) and None)
    part = account(trainer.model, lambda: run_over(trainer.model, batches))
    nodes = sum(batch.edges.num_nodes for batch in batches)
    items = {item.name: item.bits for item in part.items}
    # 20 groups: 5 bits to number them, and a table of 20 step sizes and tags.
    assert items["Layer 2 input: step sizes and tags"] == 5 * nodes + 20 * (32 + 3)
    assert items["Layer 2 input"] == 6 * 4 * nodes
    assert items["Readout 2 input"] == 6 * 4 * 7
    assert part.average_bits == accounts.average_bits == 4
    # What does not depend on the number of graphs stays the same.
    assert {item.name: item.bits for item in accounts.items if "weights" in item.name} == {
        name: bits for name, bits in items.items() if "weights" in name
    }


@pytest.mark.parametrize("name", ["gcn", "gin", "gat", "sage"])
def test_uniform_bits_are_the_average(generator: torch.Generator, name: str) -> None:
    graph = _tiny()
    accounts = _account(_tiny_model(graph, generator, UniformConfig(bits=3), name=name), graph)
    assert accounts.average_bits == 3
    assert set(accounts.layer_bits.values()) == {3}
    assert 3 < accounts.full_bits_per_value < 32


def test_bits_are_rounded_as_they_are_stored(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, A2QConfig())
    _set_bits(model, [1.4, 1.6, 2.5, 3.5, -7])
    assert _account(model, graph).average_bits == (1 + 2 + 2 + 4 + 1) / 5


def test_the_papers_average_weighs_layers_equally(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, A2QConfig(), layers=3)
    _set_bits(model, [1, 1, 1, 1, 2], [8, 8, 8, 8, 8])
    assert _account(model, graph).average_bits == pytest.approx((1.2 + 8) / 2)


@pytest.mark.parametrize("name", ["gcn", "gin", "gat", "sage"])
@pytest.mark.parametrize("binary", [True, False])
def test_fp32_takes_32_bits_for_every_value(generator: torch.Generator, name: str, binary: bool) -> None:
    graph = _tiny(None if binary else torch.rand(5, 3))
    accounts = _account(_tiny_model(graph, generator, FP32Config(), name=name), graph)
    assert accounts.average_bits == accounts.full_bits_per_value == 32
    assert accounts.compression == accounts.full_compression == 1
    assert all(item.bits == item.fp32_bits == 32 * item.values > 0 for item in accounts.items)


def test_real_valued_input_stays_fp32_unless_it_learns(generator: torch.Generator) -> None:
    graph = _tiny(torch.rand(5, 3))
    kept, learned = (
        {item.name: item.bits for item in _account(_tiny_model(graph, generator, config), graph).items}
        for config in (A2QConfig(), A2QConfig(first_input="learn", initial_bits=2))
    )
    assert kept["Layer 1 input"] == 15 * 32
    assert learned["Layer 1 input"] == 15 * 2


@pytest.mark.parametrize(
    ("lowest", "highest", "tag"), [(1, 8, 3), (0, 8, 4), (0, 7, 3), (1, 4, 2), (2, 4, 2), (1, 2, 1), (4, 4, 0)]
)
def test_a_tag_tells_the_allowed_widths_apart(generator: torch.Generator, lowest: int, highest: int, tag: int) -> None:
    graph = _tiny()
    config = A2QConfig(min_bits=lowest, max_bits=highest, initial_bits=highest)
    items = {item.name: item.bits for item in _account(_tiny_model(graph, generator, config), graph).items}
    assert items["Layer 2 input: step sizes and tags"] == 5 * (32 + tag)


def test_a_network_of_pruned_nodes_compresses_without_end(generator: torch.Generator) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, A2QConfig(min_bits=0))
    _set_bits(model, [0, 0, 0, 0, 0])
    accounts = _account(model, graph)
    assert (accounts.average_bits, accounts.compression) == (0, math.inf)
    assert accounts.full_compression < 32


@pytest.mark.parametrize("name", ["gcn", "gin", "gat", "sage"])
@pytest.mark.parametrize("config", [A2QConfig(), UniformConfig(bits=3), BinaryConfig()])
def test_a_converted_model_stores_what_it_did_before(generator: torch.Generator, name: str, config: Method) -> None:
    graph = _tiny()
    model = _tiny_model(graph, generator, config, name=name)
    before = _account(model, graph)
    quantize_(model, step="convert")
    assert _account(model, graph) == before


def test_accounts_agree_with_the_metrics_of_training(train: Callable[..., Trainer]) -> None:
    trainer = train("a2q", "model.layers=3", "quantization.penalty=10", "training.lr_bits=0.3")
    trainer.restore_best()
    accounts = account(trainer.model, lambda: trainer.task.predict(trainer.model))
    assert accounts.average_bits == trainer.best.metrics.average_bits
