import pytest
import torch
from torch import Tensor
from torch.testing import assert_close
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv

from a2q import GCN, Graph, ModelConfig, QuantizationConfig, prepare
from a2q.quantizers import Quantizer, fake_quantize, integer_codes
from a2q.reports import full_precision
from a2q.training.start import start_from_data


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _directed(nodes: int = 30) -> Data:
    edges = torch.randint(0, nodes, (2, 4 * nodes), generator=_generator(1)).unique(dim=1)
    masks = dict.fromkeys(("train_mask", "val_mask", "test_mask"), torch.ones(nodes, dtype=torch.bool))
    x = torch.randn(nodes, 12, generator=_generator(2))
    return Data(x=x, edge_index=edges, y=torch.arange(nodes) % 4, **masks)


@pytest.mark.parametrize("layers", [2, 3, 4])
def test_fp32_equals_a_stack_of_pyg_layers_with_gradients(layers: int) -> None:
    data = _directed()
    graph = prepare(data)
    model = GCN(graph, ModelConfig(layers=layers, hidden=8), None, _generator()).eval()
    stack = [GCNConv(layer.in_channels, layer.out_channels) for layer in model.convolutions()]
    hidden = data.x
    for number, (theirs, ours) in enumerate(zip(stack, model.convolutions(), strict=True)):
        with torch.no_grad():
            ours.bias.normal_(generator=_generator(number))
            theirs.lin.weight.copy_(ours.weight.T)
            theirs.bias.copy_(ours.bias)
        hidden = theirs(hidden if number == 0 else hidden.relu(), data.edge_index)
    scores = model(graph)
    assert_close(scores, hidden)
    upstream = torch.randn(scores.shape, generator=_generator(9))
    scores.backward(upstream)
    hidden.backward(upstream)
    for theirs, ours in zip(stack, model.convolutions(), strict=True):
        assert_close(ours.weight.grad, theirs.lin.weight.grad.T, rtol=1e-4, atol=1e-4)
        assert_close(ours.bias.grad, theirs.bias.grad, rtol=1e-4, atol=1e-4)


def test_quantized_with_quantizers_off_is_the_fp32_network(citations: Graph) -> None:
    config = ModelConfig(layers=3)
    quantized = GCN(citations, config, QuantizationConfig(), _generator()).eval()
    plain = GCN(citations, config, None, _generator()).eval()
    start_from_data(quantized, citations)
    expected = plain(citations)
    assert not torch.equal(quantized(citations), expected)
    with full_precision(quantized):
        assert torch.equal(quantized(citations), expected)
    assert not torch.equal(quantized(citations), expected)


def test_quantizers_are_switched_on_again_after_an_error(citations: Graph) -> None:
    model = GCN(citations, ModelConfig(), QuantizationConfig(), _generator())
    with pytest.raises(KeyError), full_precision(model):
        raise KeyError
    assert all(module.enabled for module in model.modules() if isinstance(module, Quantizer))


def test_a_layer_equals_its_integer_arithmetic(citations: Graph) -> None:
    model = GCN(citations, ModelConfig(), QuantizationConfig(), _generator()).eval()
    start_from_data(model, citations)
    entering: list[Tensor] = []
    scores = model(citations, lambda what, layer, x: entering.append(x) if (what, layer) == ("input", 1) else None)
    layer = model.convolutions()[1]
    rows, columns, xw = layer.input_quantizer, layer.weight_quantizer, layer.xw_quantizer
    codes_x = integer_codes(entering[0], rows.positive_step, rows.code_bits, signed=False).to(torch.int64)
    codes_w = integer_codes(layer.weight, columns.positive_step, columns.code_bits).to(torch.int64)
    product = (codes_x @ codes_w) * (rows.positive_step * columns.positive_step)
    assert codes_x.max() > 1
    assert_close(rows(entering[0]) @ columns(layer.weight), product)
    codes_xw = integer_codes(product, xw.positive_step, xw.code_bits)
    aggregated = (citations.adjacency @ codes_xw) * xw.positive_step + layer.bias
    # A sum that falls on the edge between two codes may be rounded to either: then one step of XW apart.
    assert (scores - aggregated).abs().gt(1e-5).float().mean() < 0.01
    assert bool((fake_quantize(product, xw.positive_step, xw.code_bits) == codes_xw * xw.positive_step).all())


@pytest.mark.parametrize("layers", [2, 3, 5])
def test_which_inputs_are_quantized_per_node(citations: Graph, layers: int) -> None:
    config = ModelConfig(layers=layers, hidden=6)
    model = GCN(citations, config, QuantizationConfig(min_bits=0, initial_bits=2), _generator())
    quantizers = model.node_quantizers()
    assert list(quantizers) == list(range(1, layers))
    for quantizer in quantizers.values():
        assert quantizer.step.shape == quantizer.bits.shape == (300, 1)
        assert (quantizer.signed, quantizer.learn_bits, quantizer.gradient) == (False, True, "local")
        assert (quantizer.min_bits, quantizer.effective_bits.unique().tolist()) == (0, [2])
    for layer in model.convolutions():
        assert layer.weight_quantizer.gradient == "task"
        assert layer.xw_quantizer.gradient == "local"
        for fixed in (layer.weight_quantizer, layer.xw_quantizer):
            assert (fixed.signed, fixed.learn_bits) == (True, False)
            assert fixed.step.shape == (1, layer.out_channels)
    assert not GCN(citations, config, None, _generator()).node_quantizers()


def test_observers_see_what_enters_and_leaves_each_layer(citations: Graph) -> None:
    model = GCN(citations, ModelConfig(layers=3), QuantizationConfig(), _generator()).eval()
    seen: list[tuple[str, int]] = []
    values: dict[tuple[str, int], Tensor] = {}

    def observe(what: str, layer: int, x: Tensor) -> None:
        seen.append((what, layer))
        values[what, layer] = x

    scores = model(citations, observe)
    # The sparse input of layer 1 is not shown.
    assert seen == [("aggregated", 0), ("input", 1), ("aggregated", 1), ("input", 2), ("aggregated", 2)]
    assert values["aggregated", 2] is scores
    assert torch.equal(values["input", 1], values["aggregated", 0].relu())


def test_dropout_follows_the_generator_and_keeps_the_mean(citations: Graph) -> None:
    generator = _generator(3)
    model = GCN(citations, ModelConfig(dropout=0.5, hidden=64), None, generator)
    state = generator.get_state()
    torch.manual_seed(1)
    first = model(citations)
    second = model(citations)
    generator.set_state(state)
    torch.manual_seed(2)
    assert torch.equal(model(citations), first)
    assert not torch.equal(first, second)
    kept: dict[bool, Tensor] = {}
    for training in (True, False):
        model.train(training)

        def keep(what: str, layer: int, x: Tensor, training: bool = training) -> None:
            if what == "input":
                kept[training] = x

        model(citations, keep)
    dropped = (kept[True] == 0) & (kept[False] > 0)
    share = dropped.sum() / (kept[False] > 0).sum()
    assert 0.45 < float(share) < 0.55
    assert_close(kept[True][~dropped], 2 * kept[False][~dropped])
    assert torch.equal(model(citations), model(citations))
