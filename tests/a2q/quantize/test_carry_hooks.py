from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, prune
from torch_geometric.nn import GCN, MLP, GATConv, GCNConv, GINConv, SAGEConv

from a2q import FP32Config, UniformConfig, UnsupportedLayerError, quantize_
from a2q.quantize.replace_layers import replace_layers, restore_layers

X, EDGES = torch.ones(3, 4), torch.tensor([[0, 1], [1, 2]])

HOOKED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "gcn": (lambda: GCNConv(4, 4), "0"),
    "gcn's linear map": (lambda: GCNConv(4, 4), "0.lin"),
    "gat": (lambda: GATConv(4, 4), "0"),
    "gat's linear map": (lambda: GATConv(4, 4), "0.lin"),
    "sage": (lambda: SAGEConv(4, 4), "0"),
    "sage's second linear map": (lambda: SAGEConv(4, 4), "0.lin_r"),
    "gin": (lambda: GINConv(MLP([4, 4, 4])), "0"),
    "gin's network": (lambda: GINConv(MLP([4, 4, 4])), "0.nn"),
    "gin's linear map": (lambda: GINConv(MLP([4, 4, 4])), "0.nn.lins.1"),
}


class _One(nn.ModuleList):
    """A model of one layer."""

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        result: Tensor = self[0](x, edge_index)
        return result


@pytest.mark.parametrize("case", HOOKED)
def test_hooks_are_called_as_before(case: str) -> None:
    make, name = HOOKED[case]
    model = _One([make()])
    calls: list[str] = []
    module = model.get_submodule(name)
    handles = [
        module.register_forward_pre_hook(lambda *_: calls.append("pre")),
        module.register_forward_hook(lambda *_, **__: calls.append("forward"), with_kwargs=True),
        module.register_full_backward_hook(lambda *_: calls.append("backward")),
    ]

    def one_pass() -> list[str]:
        calls.clear()
        model(X.clone().requires_grad_(), EDGES).sum().backward()
        return list(calls)

    before = one_pass()
    assert before == ["pre", "forward", "backward"]
    quantize_(model, UniformConfig())
    assert one_pass() == before
    # The handles from before still remove them.
    for handle in handles:
        handle.remove()
    assert one_pass() == []


def test_a_hook_may_change_the_output() -> None:
    model = GCN(4, 4, 2)
    model.convs[1].register_forward_hook(lambda module, args, output: torch.zeros_like(output))
    quantize_(model, UniformConfig())
    assert not model(X, EDGES).any()


def test_layers_given_back_have_their_hooks() -> None:
    model, calls = _One([GCNConv(4, 4)]), []
    model[0].register_forward_hook(lambda *_: calls.append(1))
    _, undo = replace_layers(model, lambda name: False)
    restore_layers(undo)
    model(X, EDGES)
    assert calls == [1]


def _with_message_hook() -> nn.Module:
    layer = GCNConv(4, 4)
    layer.register_message_forward_pre_hook(lambda *_: None)
    return layer


def _with_aggregation_hook() -> nn.Module:
    layer = GCNConv(4, 4)
    layer.aggr_module.register_forward_hook(lambda *_: None)
    return layer


def _pruned(layer: Any) -> nn.Module:
    prune.l1_unstructured(getattr(layer, "lin", layer), "weight", 0.5)
    return layer


def _pruned_attention() -> nn.Module:
    return prune.random_unstructured(GATConv(4, 4), "att_src", 0.5)


def _orthogonal(layer: Any) -> nn.Module:
    parametrizations.orthogonal(getattr(layer, "lin", layer))
    return layer


def _kept_parametrized(layer: Any) -> None:
    parametrize.remove_parametrizations(getattr(layer, "lin", layer), "weight")


REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "message hook": (_with_message_hook, "1 has a message_forward_pre hook, which quantized layers do not call"),
    "aggregation hook": (_with_aggregation_hook, r"1\.aggr_module has a hook, but no part"),
    "pruned linear": (
        lambda: _pruned(nn.Linear(4, 4)),
        r"1 has a pruned weight.*torch\.nn\.utils\.prune\.remove\(layer, 'weight'\)",
    ),
    "pruned gcn": (lambda: _pruned(GCNConv(4, 4)), r"1\.lin has a pruned weight"),
    "pruned attention": (_pruned_attention, "1 has a pruned att_src"),
    "pruned in gin": (lambda: GINConv(nn.Sequential(_pruned(nn.Linear(4, 4)))), r"1\.nn\.0 has a pruned weight"),
    "parametrized linear": (
        lambda: _orthogonal(nn.Linear(4, 4)),
        r"1 has a parametrized weight.*torch\.nn\.utils\.parametrize\.remove_parametrizations\(layer, 'weight'\)",
    ),
    "parametrized gcn": (lambda: _orthogonal(GCNConv(4, 4)), r"1\.lin has a parametrized weight"),
    "weight norm": (lambda: parametrizations.weight_norm(nn.Linear(4, 4)), "1 has a parametrized weight"),
    "spectral norm": (lambda: nn.utils.spectral_norm(nn.Linear(4, 4)), r"1 has a normalised.*remove_spectral_norm"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_place_is_refused_and_nothing_is_changed(case: str) -> None:
    make, sentence = REFUSED[case]
    model = nn.ModuleList([GCNConv(4, 4), make()])
    with pytest.raises(UnsupportedLayerError, match=sentence):
        quantize_(model, UniformConfig())
    assert type(model[0]) is GCNConv
    kept = model[1]
    quantize_(model, UniformConfig(), overrides={"1": FP32Config()})
    assert model[1] is kept


@pytest.mark.parametrize("make", [lambda: nn.Linear(4, 4), lambda: GCNConv(4, 4)], ids=["linear", "gcn"])
@pytest.mark.parametrize(
    ("change", "remedy"),
    [(_pruned, lambda layer: prune.remove(getattr(layer, "lin", layer), "weight")), (_orthogonal, _kept_parametrized)],
    ids=["pruned", "parametrized"],
)
def test_the_remedy_keeps_the_values(make, change, remedy) -> None:
    layer = change(make())
    values = getattr(layer, "lin", layer).weight.detach().clone()
    remedy(layer)
    model = nn.ModuleList([layer])
    quantize_(model, UniformConfig())
    assert torch.equal(getattr(model[0], "lin", model[0]).weight, values)
