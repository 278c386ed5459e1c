from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch_geometric.nn import GAT, GCN, GIN, MLP, ChebConv, GATConv, GCNConv, GINConv, GraphSAGE, SAGEConv

from a2q import FP32Config, UniformConfig, UnsupportedLayerError, quantize_
from a2q.quantize.replace_layers import replace_layers, restore_layers


class _OwnConv(GCNConv):
    """A user's variant, which may compute anything."""


LAYERS: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "other convolution": (
        lambda: ChebConv(4, 4, 2),
        r"1 is a ChebConv, which cannot be quantized; use GCNConv, GINConv, GATConv, SAGEConv and Linear, or keep it "
        r"in FP32 with overrides=\{'1': FP32Config\(\)\}",
    ),
    "own convolution": (lambda: _OwnConv(4, 4), "1 is a _OwnConv, which cannot be quantized"),
    "recurrent": (lambda: nn.LSTM(4, 4), "1 is a LSTM, which cannot be quantized"),
    "within": (lambda: GCN(4, 4, 2, jk="lstm"), r"1\.jk\.lstm is a LSTM"),
    "gatv2": (lambda: GAT(4, 4, 2, v2=True), r"1\.convs\.0 is a GATv2Conv"),
    "gcn reversed": (lambda: GCNConv(4, 4, flow="target_to_source"), "1 has flow='target_to_source'.*edge_index.flip"),
    "gcn max": (lambda: GCNConv(4, 4, aggr="max"), "1 has aggr='max', which cannot be quantized; leave aggr out"),
    "gin mean": (lambda: GINConv(nn.Linear(4, 4), aggr="mean"), "1 has aggr='mean'"),
    "gin of nothing": (lambda: GINConv(nn.ReLU()), "1 has a network without a linear map"),
    "gat reversed": (lambda: GATConv(4, 4, flow="target_to_source"), "1 has flow='target_to_source'"),
    "gat with edges": (lambda: GATConv(4, 4, edge_dim=2), r"1 has edge features \(edge_dim\)"),
    "gat residual": (lambda: GATConv(4, 4, residual=True), "1 has residual=True"),
    "gat of pairs": (lambda: GATConv((4, 3), 4), "1 has different widths of source and target"),
    "sage max": (
        lambda: SAGEConv(4, 4, aggr="max"),
        "1 has aggr='max', which cannot be quantized; use 'mean' or 'sum'",
    ),
    "sage reversed": (lambda: SAGEConv(4, 4, flow="target_to_source"), "1 has flow='target_to_source'"),
    "sage projected": (lambda: SAGEConv(4, 4, project=True), "1 has project=True"),
    "sage of pairs": (lambda: SAGEConv((4, 3), 4), "1 has different widths of source and target"),
    "lazy linear": (lambda: nn.LazyLinear(4), "1 does not know its input width yet"),
    "lazy gcn": (lambda: GCN(-1, 4, 2), r"1\.convs\.0\.lin does not know its input width yet"),
    "lazy gin": (lambda: GIN(-1, 4, 2), r"1\.convs\.0\.nn does not know its input width yet"),
    "lazy sage": (lambda: GraphSAGE(-1, 4, 2), r"1\.convs\.0\.lin_l does not know its input width yet"),
}


@pytest.mark.parametrize("layer", LAYERS)
def test_an_unsupported_layer_is_named_and_nothing_is_changed(layer: str) -> None:
    make, sentence = LAYERS[layer]
    model = nn.ModuleList([GCNConv(4, 4), make()])
    with pytest.raises(UnsupportedLayerError, match=sentence):
        quantize_(model, UniformConfig())
    assert type(model[0]) is GCNConv
    kept = model[1]
    # What the sentence proposes works.
    quantize_(model, UniformConfig(), overrides={"1": FP32Config()})
    assert type(model[0]) is not GCNConv
    assert model[1] is kept
    assert not any(hasattr(module, "quantizers") for module in kept.modules())


def test_lazy_layers_are_taken_once_they_have_run() -> None:
    model = GCN(-1, 4, 2)
    model(torch.ones(3, 5), torch.tensor([[0], [1]]))
    quantize_(model, UniformConfig())
    assert model.convs[0].in_channels == 5


def test_what_was_adopted_can_be_given_back() -> None:
    model = nn.Sequential(GINConv(MLP([4, 4])), nn.Sequential(nn.Linear(4, 4)))
    before = list(model.modules())
    result, undo = replace_layers(model, lambda name: False)
    assert result is model
    assert type(model[0]) is not GINConv
    restore_layers(undo)
    assert [id(module) for module in model.modules()] == [id(module) for module in before]
