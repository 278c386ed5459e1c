"""Which layer reads the dataset's input is found from the data flow, not from the order of definition."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.nn import GAT, GCN, GIN, MLP, GATv2Conv, GCNConv, GraphSAGE, JumpingKnowledge, global_mean_pool
from torch_geometric.nn import Sequential as PyGSequential

from a2q import A2QConfig, FP32Config, ModelConfig, Network, UniformConfig, quantize_
from a2q.layers import quantized_layers
from a2q.models.network import Shape
from a2q.quantize.data_flow import layers_on_input
from a2q.reports import account
from tests.a2q.quantize.own_models import (
    Own,
    by_kind,
    by_weight,
    failing_late,
    in_data,
    looping,
    mixed,
    named,
    plain,
    prepared_input,
    refusing,
    twice,
)

EDGES = torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]])
X = torch.tensor([[1.0, 0, 1, 1]] * 4)


@pytest.mark.parametrize(
    ("forward", "reading"),
    [
        (plain, {"inner"}),
        (prepared_input, {"inner", "skip"}),
        (named, {"inner"}),
        (mixed, {"inner"}),
        (twice, set()),
        (refusing, {"inner"}),
        (looping, {"inner"}),
        (by_kind, {"inner"}),
        (in_data, {"inner"}),
        (by_weight, set()),
        (failing_late, {"inner"}),
        # What cannot be followed at all goes by the order of definition.
        (lambda model, x, edge_index: plain(model, torch.from_numpy(x.numpy()), edge_index), {"out"}),
        (lambda model, x, edge_index: len(x), {"out"}),
    ],
)
def test_the_input_is_followed_through_a_models_own_code(forward: Callable[..., Any], reading: set[str]) -> None:
    assert layers_on_input(Own(forward)) == reading


def _types() -> nn.Module:
    return PyGSequential("x, edge_index", [(nn.Embedding(4, 4), "x -> x"), (GCNConv(4, 4), "x, edge_index -> x")])


def _jumping() -> nn.Module:
    return PyGSequential(
        "x, edge_index, batch",
        [
            (nn.Dropout(), "x -> x"),
            (GCNConv(4, 4), "x, edge_index -> x1"),
            (GCNConv(4, 4), "x1, edge_index -> x2"),
            (lambda one, two: [one, two], "x1, x2 -> xs"),
            (JumpingKnowledge("cat", 4, 2), "xs -> x"),
            (global_mean_pool, "x, batch -> x"),
            nn.Linear(8, 2),
        ],
    )


@pytest.mark.parametrize(
    ("make", "reading"),
    [
        *[(lambda kind=kind: kind(4, 8, 3, 2), {"convs.0"}) for kind in (GCN, GIN, GAT, GraphSAGE)],
        (lambda: GCN(4, 8, 3, 2, jk="lstm", norm="batch_norm"), {"convs.0"}),
        (lambda: GCN(-1, 8, 3), {"convs.0"}),
        (lambda: MLP([4, 4, 4]), {"lins.0"}),
        (lambda: nn.Sequential(nn.Dropout(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)), {"1"}),
        (lambda: nn.Sequential(nn.Embedding(4, 4), nn.Linear(4, 4)), {"0"}),
        (lambda: nn.Sequential(nn.ReLU()), set()),
        (lambda: nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)]), {"0"}),
        (lambda: nn.ModuleDict({"only": GATv2Conv(4, 4)}), {"only"}),
        (lambda: nn.Linear(4, 4), {""}),
        (_types, {"module_0"}),
        (_jumping, {"module_1"}),
    ],
)
def test_models_of_pyg_and_torch(make: Callable[[], nn.Module], reading: set[str]) -> None:
    assert layers_on_input(make()) == reading


@pytest.mark.parametrize("name", ["gcn", "gin", "gat", "sage"])
def test_networks_of_ours(name: str, generator: torch.Generator) -> None:
    config = ModelConfig(name=name, input_dropout=0.5, batch_norm=True, residual=True)
    assert layers_on_input(Network(Shape(4, 3), config, generator)) == {"convs.0"}
    assert layers_on_input(Network(Shape(4, 3, types=5, per_graph=True), config, generator)) == {"embedding"}
    embedding = config.model_copy(update={"embedding": True})
    assert layers_on_input(Network(Shape(4, 3, per_graph=True), embedding, generator)) == {"embedding"}


def test_looking_changes_nothing() -> None:
    def forward(model: Own, x: Tensor, edge_index: Tensor) -> Any:
        model.calls += 1
        model.steps += 1
        model.kept.append(x)
        torch.rand(3)
        return plain(model, x, edge_index)

    model = Own(forward)
    model.register_forward_hook(lambda *_: pytest.fail("a hook ran"))
    state = torch.get_rng_state()
    assert layers_on_input(model) == {"inner"}
    assert (model.calls, model.kept, float(model.steps)) == (0, [], 0)
    assert torch.equal(torch.get_rng_state(), state) and type(model.inner) is GCNConv


@pytest.mark.parametrize("config", [A2QConfig(), UniformConfig()], ids=lambda config: config.method)
def test_the_right_tensor_stays_as_the_dataset_gives_it(config: A2QConfig) -> None:
    model = Own(plain)
    quantize_(model, config, num_nodes=4)
    quantized = {name for name, layer in quantized_layers(model).items() if layer.quantizer("input") is not None}
    assert quantized == {"out.lin", "hidden.lin", "skip"}


def test_what_a_skip_connection_reads_is_stored_once_at_1_bit() -> None:
    model = Own(prepared_input)
    model.norm, model.drop = nn.Identity(), nn.Identity()  # type: ignore[assignment]
    model.given = lambda model, x, edges: model.out(model.inner(x, edges).relu(), edges) + model.skip(x)
    quantize_(model, A2QConfig(), num_nodes=4)
    model(X, EDGES)
    bits = {item.name: item.bits for item in account(model, lambda: model(X, EDGES)).items if "input" in item.name}
    assert bits["Inner lin input"] == X.numel() and "Skip input" not in bits


def test_a_first_layer_kept_in_fp32_leaves_no_other_in_its_place() -> None:
    model = Own(plain)
    quantize_(model, A2QConfig(), num_nodes=4, overrides={"inner": FP32Config()})
    assert not any(tensor.raw for layer in quantized_layers(model).values() for tensor in layer.roles.values())
    model(X, EDGES)
    bits = {item.name: item.bits for item in account(model, lambda: model(X, EDGES)).items}
    assert bits["Inner lin input"] == X.numel() and bits["Out lin input"] == 4 * 4 * 8


def test_what_was_prepared_as_a_part_is_looked_at_anew_as_a_whole() -> None:
    parts = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    for part in (nn.Sequential(parts[0]), nn.Sequential(parts[1])):
        quantize_(part, UniformConfig())
    parts = nn.Sequential(*(nn.Sequential(layer) for layer in parts))
    quantize_(parts, UniformConfig())
    assert [layer.roles["input"].raw for layer in quantized_layers(parts).values()] == [True, False]
