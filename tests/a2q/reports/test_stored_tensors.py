"""Every tensor counts once, whoever reads it, and layers that stay PyG's count as ours do."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.nn import GAT, GCN, GIN, GATv2Conv, GCNConv, GraphSAGE

from a2q import A2QConfig, FP32Config, UniformConfig, quantize_
from a2q.quantize.replace_layers import replace_layers
from a2q.reports import Accounts, account

NODES = 9
EDGES = torch.tensor([[0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 0]])
MODELS: dict[str, Any] = {"gcn": GCN, "gin": GIN, "sage": GraphSAGE, "gat": GAT}


def _x(columns: int = 6) -> Tensor:
    """Features of 0 and 1."""
    return (torch.arange(NODES * columns).reshape(NODES, columns) % 3 == 0).float()


def _account(model: nn.Module, x: Tensor | None = None) -> Accounts:
    given = _x() if x is None else x
    return account(model, lambda: model(given, EDGES))


def _values(accounts: Accounts) -> dict[str, int]:
    """Values of what is neither weight nor parameter."""
    return {item.name: item.values for item in accounts.items if "weights" not in item.name and item.values}


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_layers_that_stay_pygs_count_as_ours_do(name: str, sparse: bool) -> None:
    model = MODELS[name](6, 4, 3, 2, jk="cat")
    ours = copy.deepcopy(model)
    replace_layers(ours, lambda _: False)
    found = [_account(kind, _x().to_sparse_coo() if sparse and kind is ours else _x()) for kind in (model, ours)]
    biases = "Biases and other parameters"
    assert {**_values(found[0]), biases: 0} == {**_values(found[1]), biases: 0}
    assert [sum(item.values for item in accounts.items) for accounts in found] == [
        found[0].items[-1].values + sum(values for item, values in _values(found[0]).items() if item != biases)
    ] * 2
    assert all(accounts.full_bits_per_value == 32 for accounts in found)
    assert len({item.name for item in found[0].items}) == len(found[0].items)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("kept", [("convs.1",), ("convs.0", "convs.1"), ("convs.0",)])
def test_what_stays_in_fp32_is_stored_in_fp32(name: str, kept: tuple[str, ...]) -> None:
    model = MODELS[name](6, 4, 3, 2)
    whole = _account(model)
    quantize_(model, A2QConfig(), num_nodes=NODES, overrides={place: FP32Config() for place in kept})
    model(_x(), EDGES)
    accounts = _account(model)
    values, before = _values(accounts), _values(whole)
    biases = "Biases and other parameters"
    assert {**values, biases: 0} == {**before, biases: 0}
    assert sum(item.fp32_bits for item in accounts.items) == sum(item.fp32_bits for item in whole.items)
    bits = {item.name: item.bits for item in accounts.items}
    given = "Layer 1 input" if name in ("gcn", "gat") else "Layer 1 input before aggregation"
    for item, count in values.items():
        layer = f"convs.{int(item.split()[1]) - 1}" if item.startswith("Layer") else ""
        if item == given:
            assert bits[item] == count
        elif layer in kept:
            assert bits[item] == 32 * count


def test_two_of_three_wide_layers_in_fp32() -> None:
    model = GCN(48, 256, 3, 7)
    quantize_(model, A2QConfig(), num_nodes=NODES, overrides=dict.fromkeys(("convs.1", "convs.2"), FP32Config()))
    x = torch.rand(NODES, 48)
    model(x, EDGES)
    items = _account(model, x).items
    # By hand: inputs, XW, 4-bit weights and steps of layer 1, everything else in 32 bits.
    hidden, last = NODES * 256, NODES * 7
    steps = 256 * 32
    bits = 32 * NODES * 48 + 4 * hidden + steps + 4 * 48 * 256 + steps
    bits += 32 * (hidden + hidden + hidden + last + 256 * 256 + 256 * 7 + 256 + 256 + 7)
    values = NODES * 48 + 4 * hidden + last + 48 * 256 + 256 * 256 + 256 * 7 + 256 + 256 + 7
    assert sum(item.bits for item in items) == bits and sum(item.values for item in items) == values


class _Skips(nn.Module):
    """Its second layer reads the dataset's features as well as its first."""

    def __init__(self, how: Callable[[Tensor], Tensor] = lambda x: x) -> None:
        super().__init__()
        self.first, self.second, self.how = GCNConv(6, 4), GCNConv(6, 4), how

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        return torch.as_tensor(self.first(x, edge_index) + self.second(self.how(x), edge_index))


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("config", [None, A2QConfig()])
def test_what_two_layers_read_is_stored_once(config: A2QConfig | None, sparse: bool) -> None:
    model = _Skips()
    x = _x().to_sparse_coo() if sparse else _x()
    if config is not None:
        quantize_(model, config, num_nodes=NODES)
        model(x, EDGES)
    accounts = _account(model, x)
    inputs = [item for item in accounts.items if item.name.endswith(" input")]
    once = [item.values for item in inputs if item.values]
    assert once == [NODES * 6]
    assert sum(item.values for item in accounts.items) == NODES * (6 + 4 + 4) + 2 * (6 * 4 + 4)


@pytest.mark.parametrize("how", [lambda x: x[:, :], lambda x: x.view(1, -1, 6)[0], nn.Identity(), nn.Dropout()])
def test_a_tensor_is_known_in_another_shape(how: Callable[[Tensor], Tensor]) -> None:
    assert sum(item.values for item in _account(_Skips(how).eval()).items if item.name.endswith("input")) == NODES * 6


@pytest.mark.parametrize("how", [lambda x: x.clone(), lambda x: x.add_(0), lambda x: x.flip(0)])
def test_a_tensor_with_other_values_is_another(how: Callable[[Tensor], Tensor]) -> None:
    accounts = _account(_Skips(how).eval())
    assert sum(item.values for item in accounts.items if item.name.endswith("input")) == 2 * NODES * 6


def test_a_form_that_only_quantization_needs_is_no_value_of_fp32() -> None:
    model = _Skips()
    quantize_(model, A2QConfig(first_input="learn"), num_nodes=NODES)
    model(_x(), EDGES)
    found = {item.name: (item.values, item.bits) for item in _account(model).items if item.name.endswith("input")}
    assert list(found.values()) == [(NODES * 6, 4 * NODES * 6), (0, 4 * NODES * 6)]


def test_each_forward_pass_stores_its_own() -> None:
    model, x = _Skips(), _x()
    once, twice = (account(model, lambda n=n: [model(x, EDGES) for _ in range(n)]) for n in (1, 2))
    assert {name: 2 * values for name, values in _values(once).items() if "Biases" not in name} == {
        name: values for name, values in _values(twice).items() if "Biases" not in name
    }


def test_layers_of_any_kind_that_stay_in_fp32_are_counted() -> None:
    class Mixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.attention, self.last = nn.Linear(6, 4), GATv2Conv(4, 3), nn.GRU(3, 5)

        def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
            return torch.as_tensor(self.last(self.attention(self.first(x), edge_index))[0])

    model = Mixed()
    quantize_(model, UniformConfig(), overrides={"attention": FP32Config(), "last": FP32Config()})
    model(_x(), EDGES)
    bits = {item.name: item.bits for item in _account(model).items}
    # The two linear maps of GATv2Conv give one row for each node as source and as target.
    assert {name: bits[name] for name in ("First input", "Attention input", "Attention XW", "Last input")} == {
        "First input": NODES * 6,
        "Attention input": 32 * NODES * 4,
        "Attention XW": 32 * 2 * NODES * 3,
        "Last input": 32 * NODES * 3,
    }


def test_hooks_go_when_the_account_is_made() -> None:
    def hooks(model: nn.Module) -> list[Any]:
        kinds = ("_forward_hooks", "_forward_pre_hooks", "_propagate_forward_pre_hooks")
        return [len(getattr(part, kind, ())) for part in model.modules() for kind in kinds]

    model = _Skips()
    before = hooks(model)
    with pytest.raises(RuntimeError):
        _account(model, torch.ones(3, 5))
    _account(model)
    assert hooks(model) == before
