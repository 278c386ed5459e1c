import copy
import io
import subprocess
import sys

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.testing import assert_close
from torch_geometric.data import Data
from torch_geometric.nn import GAT, GCN, GIN, ChebConv, GCNConv, GraphSAGE

from a2q import (
    A2QConfig,
    BinaryConfig,
    ConfigError,
    DegreeBitsConfig,
    DegreeQuantConfig,
    FP32Config,
    UniformConfig,
    UnsupportedLayerError,
    bit_report,
    memory_penalty,
    quantize_,
    quantizer_param_groups,
)
from a2q.layers import quantized_layers
from a2q.quantizers import NearestQuantizer, Quantizer, RangeQuantizer
from data import DatasetConfig, load

MODELS = {"gcn": GCN, "sage": GraphSAGE, "gin": GIN, "gat": GAT}
METHODS = {
    "a2q": A2QConfig(initial_bits=3),
    "groups": A2QConfig(groups=20, gradient="task"),
    "uniform": UniformConfig(bits=4),
    "degree-quant": DegreeQuantConfig(),
    "degree-bits": DegreeBitsConfig(),
    "binary": BinaryConfig(),
}


@pytest.fixture(scope="module")
def data() -> Data:
    """A generated citation graph of 120 nodes with dense features."""
    found = load(DatasetConfig(name="generated-citations", nodes=120)).data
    x = found.x.to_dense() if found.x.layout != torch.strided else found.x
    return Data(x=x[:, :40].contiguous(), edge_index=found.edge_index, y=found.y, train_mask=found.train_mask)


def _model(name: str, data: Data) -> nn.Module:
    torch.manual_seed(0)
    return MODELS[name](data.x.shape[1], 8, num_layers=2, out_channels=int(data.y.max()) + 1, dropout=0.2)


def _prepared(name: str, method: str, data: Data) -> nn.Module:
    model = _model(name, data)
    in_degree = torch.bincount(data.edge_index[1], minlength=data.num_nodes)
    generator = torch.Generator().manual_seed(0)
    quantize_(model, METHODS[method], num_nodes=data.num_nodes, in_degree=in_degree, generator=generator)
    return model


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", MODELS)
def test_a_users_own_loop_learns(name: str, method: str, data: Data) -> None:
    model = _prepared(name, method, data)
    optimizer = torch.optim.Adam(quantizer_param_groups(model, lr=0.02))
    losses = []
    for _ in range(30):
        model.train()
        optimizer.zero_grad()
        scores = model(data.x, data.edge_index)
        loss = cross_entropy(scores[data.train_mask], data.y[data.train_mask])
        (loss + memory_penalty(model)).backward()
        optimizer.step()
        losses.append(loss.item())
    # Signs alone move slowly: one bit is only asked to run.
    assert method == "binary" or sum(losses[-5:]) < 0.98 * sum(losses[:5])
    report = bit_report(model, data)
    assert 0 < report.average_bits <= 8
    assert all(len(bits) == data.num_nodes for bits in report.node_bits.values())
    assert "average bits" in str(report)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", MODELS)
def test_a_saved_state_gives_the_same_outputs(name: str, method: str, data: Data) -> None:
    model = _prepared(name, method, data)
    model.train()
    model(data.x, data.edge_index)
    expected = model.eval()(data.x, data.edge_index)
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    buffer.seek(0)
    other = _prepared(name, method, data)
    other.load_state_dict(torch.load(buffer, weights_only=True))
    assert torch.equal(other.eval()(data.x, data.edge_index), expected)
    twin = copy.deepcopy(model)
    assert torch.equal(twin(data.x, data.edge_index), expected)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    assert torch.equal(twin(data.x, data.edge_index), expected)
    assert torch.equal(twin.to("cpu")(data.x, data.edge_index), expected)


@pytest.mark.parametrize("name", MODELS)
def test_weights_of_a_trained_model_are_kept(name: str, data: Data) -> None:
    model = _model(name, data)
    before = {name: values.clone() for name, values in model.state_dict().items()}
    quantize_(model, A2QConfig(initial_bits=8, weight_bits=8, xw_bits=8), num_nodes=data.num_nodes)
    after = model.state_dict()
    assert set(before) <= set(after)
    assert all(torch.equal(after[name], values) for name, values in before.items())
    # One pass calibrates: 8 bits everywhere are close to the FP32 model already.
    exact = _model(name, data).eval()(data.x, data.edge_index)
    quantized = model.eval()(data.x, data.edge_index)
    # The attention vector and its logits stay at 4 bits.
    assert (quantized - exact).abs().mean() < (0.5 if name == "gat" else 0.1) * exact.abs().mean()
    assert not torch.equal(quantized, exact)


@pytest.mark.parametrize("name", MODELS)
def test_converted_codes_and_classes_are_those_of_fake_quantization(name: str, data: Data) -> None:
    model = _prepared(name, "a2q", data)
    model.train()
    model(data.x, data.edge_index)
    fake = model.eval()(data.x, data.edge_index)
    codes = {}
    for layer_name, layer in quantized_layers(model).items():
        quantizer = layer.quantizer("weight") if "weight" in layer.sites else None
        if quantizer is not None:
            codes[layer_name] = quantizer.codes(layer.weight.detach().t())[0]
    quantize_(model, step="convert")
    integer = model(data.x, data.edge_index)
    assert_close(integer, fake, atol=1e-4, rtol=0)
    assert torch.equal(integer.argmax(1), fake.argmax(1))
    layers = quantized_layers(model)
    assert codes
    for layer_name, expected in codes.items():
        assert layers[layer_name].weight_codes.dtype == torch.int8
        assert torch.equal(layers[layer_name].weight_codes.float(), expected)
        assert layers[layer_name].weight is None


def test_what_is_converted_must_be_prepared_and_calibrated(data: Data) -> None:
    with pytest.raises(ValueError, match="no quantized weights; prepare it first"):
        quantize_(_model("gcn", data), step="convert")
    with pytest.raises(ValueError, match="run it once before converting"):
        quantize_(_prepared("gcn", "a2q", data), step="convert")


def test_overrides_go_by_the_longest_name(data: Data) -> None:
    model = _model("gcn", data)
    overrides = {"convs.1": UniformConfig(bits=3), "convs.1.lin": A2QConfig(initial_bits=2), "convs.0": FP32Config()}
    quantize_(model, UniformConfig(bits=4), num_nodes=data.num_nodes, overrides=overrides)
    assert type(model.convs[0]) is GCNConv
    learned = model.convs[1].lin.quantizer("input")
    assert isinstance(learned, Quantizer)
    assert learned.learn_bits
    with pytest.raises(ConfigError, match=r"There is no module 'convs\.9' to override; the model has .*convs\.0"):
        quantize_(_model("gcn", data), UniformConfig(), overrides={"convs.9": FP32Config()})


def test_an_unsupported_layer_is_named_and_nothing_is_changed(data: Data) -> None:
    model = nn.ModuleList([GCNConv(4, 4), ChebConv(4, 4, 2)])
    with pytest.raises(UnsupportedLayerError) as refusal:
        quantize_(model, A2QConfig(), num_nodes=10)
    assert str(refusal.value).startswith("1 is a ChebConv, which cannot be quantized; use GCNConv, GINConv, GATConv,")
    assert type(model[0]) is GCNConv
    quantize_(model, A2QConfig(), num_nodes=10, overrides={"1": FP32Config()})
    assert type(model[1]) is ChebConv


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda data: (GCNConv(4, 4), A2QConfig()), "The model is a single GCNConv, which cannot be exchanged in"),
        (lambda data: (_model("gcn", data), None), "No settings are given; give one of the configs"),
        (lambda data: (_model("gcn", data), A2QConfig()), "The number of nodes is not given, so no node can have"),
        (lambda data: (_model("gcn", data), DegreeBitsConfig()), "Bits by hand follow the in-degree of every node"),
        (lambda data: (nn.ModuleList([GCNConv(-1, 4)]), UniformConfig()), r"0.lin does not know its input width yet"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(make, sentence: str, data: Data) -> None:
    model, config = make(data)
    with pytest.raises(ConfigError, match=sentence):
        quantize_(model, config)


def test_another_graph_needs_groups(data: Data) -> None:
    model = _prepared("gcn", "a2q", data)
    with pytest.raises(ValueError, match="Nearest Neighbor Strategy"):
        model(data.x[:50], data.edge_index[:, (data.edge_index < 50).all(0)])
    free = _prepared("gcn", "groups", data)
    assert free(data.x[:50], data.edge_index[:, (data.edge_index < 50).all(0)]).shape[0] == 50
    assert any(isinstance(module, NearestQuantizer) for module in free.modules())


@pytest.mark.parametrize("target", [1.3, 2.0, 3.0])
@pytest.mark.parametrize("name", ["gcn", "gin"])
def test_a_target_is_reached_and_held(name: str, target: float, data: Data) -> None:
    model = _model(name, data)
    quantize_(model, A2QConfig(target_average_bits=target, initial_bits=3), num_nodes=data.num_nodes)
    optimizer = torch.optim.Adam(quantizer_param_groups(model, lr_bits=0.05, lr_feature_step=0.01))
    averages = []
    for _ in range(160):
        model.train()
        optimizer.zero_grad()
        loss = cross_entropy(model(data.x, data.edge_index)[data.train_mask], data.y[data.train_mask])
        (loss + memory_penalty(model)).backward()
        optimizer.step()
        averages.append(bit_report(model, data).average_bits if len(averages) >= 130 else target)
    assert sum(averages[-30:]) / 30 == pytest.approx(target, abs=0.1)


def test_every_parameter_is_in_one_group(data: Data) -> None:
    model = _prepared("gat", "a2q", data)
    rates = {"lr": 0.1, "lr_weight_step": 0.2, "lr_xw_step": 0.3, "lr_feature_step": 0.4, "lr_bits": 0.5}
    groups = quantizer_param_groups(model, weight_decay=0.03, lr_attention_step=0.6, **rates)
    found = {id(parameter): (group["lr"], group["weight_decay"]) for group in groups for parameter in group["params"]}
    named = dict(model.named_parameters())
    assert len(found) == len(named) == sum(len(group["params"]) for group in groups)
    expected = {
        "convs.1.lin.weight": (0.1, 0.03),
        "convs.1.att_src": (0.1, 0.03),
        "convs.1.bias": (0.1, 0.03),
        "convs.1.lin.quantizers.weight.step": (0.2, 0),
        "convs.1.lin.quantizers.output.step": (0.3, 0),
        "convs.1.lin.quantizers.input.step": (0.4, 0),
        "convs.1.lin.quantizers.input.bits": (0.5, 0),
        "convs.1.quantizers.attention.step": (0.6, 0),
        "convs.1.quantizers.logits.step": (0.6, 0),
    }
    assert {name: found[id(named[name])] for name in expected} == expected


def test_the_fixed_penalty_is_the_papers_formula(data: Data) -> None:
    model = _model("gcn", data)
    quantize_(model, A2QConfig(initial_bits=3, penalty=2.5, penalty_above_kib=0.1), num_nodes=data.num_nodes)
    model.train()
    model(data.x, data.edge_index)
    memory_penalty(model).backward()
    (quantizer,) = (q for q in model.modules() if isinstance(q, Quantizer) and q.learn_bits)
    memory = 8 * 3 * data.num_nodes / 8192
    assert memory_penalty(model).item() == pytest.approx(2.5 * (memory - 0.1) ** 2, rel=1e-5)
    expected = torch.full_like(quantizer.bits, 2 * 2.5 * (memory - 0.1) * 8 / 8192)
    assert_close(quantizer.bits.grad, expected)


def test_degree_quant_protects_nodes_in_training_only(data: Data) -> None:
    model = _model("gcn", data)
    everyone = DegreeQuantConfig(protect_low=1.0, protect_high=1.0)
    quantize_(model, everyone, generator=torch.Generator().manual_seed(0))
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    sites = {type(q) for layer in quantized_layers(model).values() for q in layer.quantizers.values()}
    assert sites == {RangeQuantizer}
    assert [sorted(layer.quantizers) for layer in quantized_layers(model).values()][:2] == [
        ["aggregation", "messages", "norm", "output"],
        ["input", "output", "weight"],
    ]
    model.eval()(data.x, data.edge_index)
    quantized = model(data.x, data.edge_index)
    assert not torch.equal(quantized, _model("gcn", data).eval()(data.x, data.edge_index))


def test_the_library_does_not_wait_for_pytorch_geometric() -> None:
    script = "import sys, a2q; sys.exit('torch_geometric' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_bits_never_leave_their_range(data: Data, generator: torch.Generator) -> None:
    model = _model("gin", data)
    quantize_(model, A2QConfig(min_bits=1, max_bits=6, initial_bits=3), num_nodes=data.num_nodes)
    model.train()
    learned = [q for q in model.modules() if isinstance(q, Quantizer) and q.learn_bits]
    for _ in range(1000):
        with torch.no_grad():
            for quantizer in learned:
                quantizer.bits.add_(torch.randn(quantizer.bits.shape, generator=generator))
                quantizer.step.add_(0.1 * torch.randn(quantizer.step.shape, generator=generator))
        for quantizer in learned:
            quantizer(torch.rand(data.num_nodes, 3))
            assert 1 <= int(quantizer.effective_bits.min()) <= int(quantizer.effective_bits.max()) <= 6
            assert float(quantizer.positive_step.detach().min()) > 0


def test_a_changed_edge_list_is_noticed() -> None:
    from a2q.edges import as_edges

    edge_index = torch.tensor([[0, 1], [1, 2]])
    first = as_edges(edge_index, 3)
    assert as_edges(edge_index, 3) is first
    edge_index[0, 0] = 2
    assert as_edges(edge_index, 3).source.tolist() == [2, 1]
    assert as_edges(edge_index, 4) is not first
    with pytest.raises(ValueError, match=r"edge_index names node 2; the graph has nodes 0 to 1\."):
        as_edges(edge_index, 2)
    with pytest.raises(TypeError, match="edge_index is a list; give an edge list"):
        as_edges([[0], [1]], 2)  # type: ignore[arg-type]
