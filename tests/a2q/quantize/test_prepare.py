import copy
import io
import subprocess
import sys
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.testing import assert_close
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv, Linear

from a2q import (
    A2QConfig,
    BinaryConfig,
    ConfigError,
    DegreeBitsConfig,
    DegreeQuantConfig,
    FP32Config,
    UniformConfig,
    bit_report,
    memory_penalty,
    quantize_,
    quantizer_param_groups,
)
from a2q.layers import quantized_layers
from a2q.quantize.param_groups import quantizers
from a2q.quantizers import AffineQuantizer, FakeQuantizer, NearestQuantizer, Quantizer

MODELS = ("gcn", "sage", "gin", "gat")
METHODS = {
    "a2q": A2QConfig(initial_bits=3),
    "groups": A2QConfig(groups=20, gradient="task"),
    "uniform": UniformConfig(bits=4),
    "degree-quant": DegreeQuantConfig(),
    "degree-bits": DegreeBitsConfig(),
    "binary": BinaryConfig(),
}


def _state(model: nn.Module) -> dict[str, Tensor]:
    return {name: values.clone() for name, values in model.state_dict().items()}


def _same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return list(first) == list(second) and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", MODELS)
def test_a_users_own_loop_learns(name: str, method: str, data: Data, make_prepared) -> None:
    model = make_prepared(name, METHODS[method])
    optimizer = torch.optim.Adam(quantizer_param_groups(model, lr=0.02))
    losses = []
    for _ in range(20):
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
def test_a_saved_state_gives_the_same_outputs(name: str, method: str, data: Data, make_prepared) -> None:
    model = make_prepared(name, METHODS[method])
    model.train()
    model(data.x, data.edge_index)
    expected = model.eval()(data.x, data.edge_index)
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    buffer.seek(0)
    other = make_prepared(name, METHODS[method])
    other.load_state_dict(torch.load(buffer, weights_only=True))
    assert torch.equal(other.eval()(data.x, data.edge_index), expected)
    whole = io.BytesIO()
    torch.save(model, whole)
    whole.seek(0)
    assert torch.equal(torch.load(whole, weights_only=False)(data.x, data.edge_index), expected)
    twin = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    assert torch.equal(twin(data.x, data.edge_index), expected)


@pytest.mark.parametrize("name", MODELS)
def test_weights_of_a_trained_model_are_kept(name: str, data: Data, make_model) -> None:
    model = make_model(name)
    exact = model.eval()(data.x, data.edge_index)
    before = _state(model)
    owned = {name: id(parameter) for name, parameter in model.named_parameters()}
    quantize_(model, A2QConfig(initial_bits=8, weight_bits=8, xw_bits=8), num_nodes=data.num_nodes)
    after = model.state_dict()
    assert all(torch.equal(after[name], values) for name, values in before.items())
    # The very same parameters, so an optimizer made before still holds them.
    named = dict(model.named_parameters())
    assert {name: id(named[name]) for name in owned} == owned
    # One pass calibrates: 8 bits everywhere are close to the FP32 model already.
    quantized = model(data.x, data.edge_index)
    # The attention vector and its logits stay at 4 bits.
    assert (quantized - exact).abs().mean() < (0.5 if name == "gat" else 0.1) * exact.abs().mean()
    assert not torch.equal(quantized, exact)


@pytest.mark.parametrize("method", METHODS)
def test_a_model_in_evaluation_stays_in_evaluation(method: str, data: Data, make_model) -> None:
    model = make_model("gat", dropout=0.9).eval()
    in_degree = torch.bincount(data.edge_index[1], minlength=data.num_nodes)
    quantize_(model, METHODS[method], num_nodes=data.num_nodes, in_degree=in_degree)
    assert not any(module.training for module in model.modules())
    model(data.x, data.edge_index)
    assert torch.equal(model(data.x, data.edge_index), model(data.x, data.edge_index))
    assert all(module.training for module in model.train().modules())


def test_a_frozen_normalisation_stays_frozen(data: Data, make_model) -> None:
    model = make_model("gcn", norm="batch_norm").train()
    model.norms[0].eval()
    model.convs[1].eval()
    quantize_(model, UniformConfig())
    assert not any(module.training for module in (*model.norms[0].modules(), *model.convs[1].modules()))
    assert all(module.training for module in (model, *model.convs[0].modules()))


def test_quantizing_draws_no_random_numbers(data: Data, make_model) -> None:
    for config in METHODS.values():
        model = make_model("gat")
        state = torch.get_rng_state()
        quantize_(model, config, num_nodes=data.num_nodes, in_degree=torch.arange(data.num_nodes))
        assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", MODELS)
def test_converted_codes_and_classes_are_those_of_fake_quantization(
    name: str, method: str, data: Data, make_prepared
) -> None:
    model = make_prepared(name, METHODS[method])
    model.train()
    model(data.x, data.edge_index)
    fake = model.eval()(data.x, data.edge_index)
    codes = {}
    for layer_name, layer in quantized_layers(model).items():
        quantizer = layer.quantizer("weight") if "weight" in layer.roles else None
        if quantizer is not None:
            codes[layer_name] = quantizer.codes(layer.weight.detach().t())[0]
    report = bit_report(model, data)
    quantize_(model, step="convert")
    integer = model(data.x, data.edge_index)
    # Degree-Quant's ranges end at values, and sums of signs cancel: there another order of sums may tip a value over.
    tipped = 0.1 if method in ("degree-quant", "binary") else 0
    assert ((integer - fake).abs() > 1e-4).float().mean() <= tipped
    best, second = fake.topk(2, dim=1).values.t()
    other = (integer.argmax(1) != fake.argmax(1)) & (best - second > 1e-3)
    assert other.float().mean() <= tipped
    layers = quantized_layers(model)
    assert codes
    for layer_name, expected in codes.items():
        assert torch.equal(layers[layer_name].weight_codes.float(), expected)
        assert layers[layer_name].weight is None
    assert bit_report(model, data).average_bits == report.average_bits
    # Once more is no more.
    quantize_(model, step="convert")
    assert torch.equal(model(data.x, data.edge_index), integer)
    with pytest.raises(ConfigError, match="The model is converted to integer codes and can be prepared no more"):
        quantize_(model, UniformConfig())


def test_what_is_converted_must_be_prepared_and_calibrated(data: Data, make_model, make_prepared) -> None:
    with pytest.raises(ValueError, match="no quantized weights; prepare it first"):
        quantize_(make_model("gcn"), step="convert")
    with pytest.raises(ValueError, match=r"convs\.0\.lin has no calibrated weight quantizer.*run it once before"):
        quantize_(make_prepared("gcn", A2QConfig()), step="convert")


def test_a_map_that_never_ran_leaves_the_others_unconverted() -> None:
    model = nn.ModuleDict({"used": nn.Linear(3, 3), "idle": nn.Linear(3, 3)})
    quantize_(model, UniformConfig())
    model["used"](torch.ones(2, 3))
    with pytest.raises(ValueError, match="idle has no calibrated weight quantizer"):
        quantize_(model, step="convert")
    assert not model["used"].converted


def test_overrides_go_by_the_longest_name(data: Data, make_model) -> None:
    model = make_model("gcn")
    overrides = {"convs.1": UniformConfig(bits=3), "convs.1.lin": A2QConfig(initial_bits=2), "convs.0": FP32Config()}
    quantize_(model, UniformConfig(bits=4), num_nodes=data.num_nodes, overrides=overrides)
    assert type(model.convs[0]) is GCNConv
    learned = model.convs[1].lin.quantizer("input")
    assert isinstance(learned, Quantizer)
    assert learned.learn_bits
    assert learned.effective_bits.float().mean() == 2


def test_a_longer_name_reaches_into_what_stays_in_fp32(data: Data, make_model) -> None:
    model = make_model("gcn", num_layers=3)
    exact = model.eval()(data.x, data.edge_index)
    overrides = {"convs": FP32Config(), "convs.1": UniformConfig(bits=3), "convs.2.lin": UniformConfig(bits=2)}
    quantize_(model, A2QConfig(), num_nodes=data.num_nodes, overrides=overrides)
    assert [type(conv).__name__ for conv in model.convs] == ["GCNConv", "GCNLayer", "GCNConv"]
    assert list(quantized_layers(model)) == ["convs.1", "convs.1.lin", "convs.2.lin"]
    assert model.convs[1].lin.quantizer("input").effective_bits.tolist() == [3]
    assert not torch.equal(model(data.x, data.edge_index), exact)


def test_fp32_everywhere_leaves_the_model_alone(data: Data, make_model, make_prepared) -> None:
    model = make_model("gin")
    before, printed = _state(model), str(model)
    quantize_(model, FP32Config())
    assert str(model) == printed
    assert _same(_state(model), before)
    # What was quantized is FP32 again.
    prepared = make_prepared("gcn", A2QConfig(), dropout=0.0)
    exact = make_model("gcn", dropout=0.0)(data.x, data.edge_index)
    quantize_(prepared, FP32Config())
    assert_close(prepared(data.x, data.edge_index), exact, atol=1e-6, rtol=1e-6)
    assert list(prepared.state_dict()) == list(make_model("gcn").state_dict())


@pytest.mark.parametrize("name", MODELS)
def test_preparing_twice_is_preparing_anew(name: str, data: Data, make_prepared) -> None:
    once = make_prepared(name, UniformConfig(bits=3))
    twice = make_prepared(name, A2QConfig())
    twice(data.x, data.edge_index)
    quantize_(twice, UniformConfig(bits=3))
    assert _same(_state(twice), _state(once))
    assert torch.equal(twice.eval()(data.x, data.edge_index), once.eval()(data.x, data.edge_index))
    assert memory_penalty(twice).item() == 0


def test_what_was_kept_in_fp32_can_be_quantized_later(data: Data, make_model) -> None:
    model = make_model("gin")
    quantize_(model, UniformConfig(), overrides={"convs.0.nn": FP32Config(), "convs.1": FP32Config()})
    assert list(quantized_layers(model)) == ["convs.0"]
    quantize_(model, UniformConfig())
    assert {"convs.0.nn.lins.0", "convs.1", "convs.1.nn.lins.1"} <= set(quantized_layers(model))


def _model_with_a_table() -> nn.Module:
    model = nn.ModuleDict({"conv": GCNConv(2, 2)})
    model.table = nn.Parameter(torch.ones(3, 2))
    return model


@pytest.mark.parametrize(
    ("make", "arguments", "sentence"),
    [
        (None, {}, "No settings are given; give one of the configs, such as A2QConfig"),
        (None, {"config": A2QConfig}, "The settings are the class A2QConfig; give an instance of one of the configs"),
        (None, {"config": {"bits": 3}}, "The settings are a dict; give an instance"),
        (None, {"config": UniformConfig(), "overrides": {"convs.0": 4}}, "The settings are a int; give an instance"),
        (None, {"config": UniformConfig(), "step": "Convert"}, "The step is 'Convert'; it must be 'prepare' or"),
        (None, {"config": A2QConfig()}, "The number of nodes is not given, so no node can have a step size"),
        (None, {"config": A2QConfig(), "num_nodes": 0}, "num_nodes is 0; give the number of nodes of the graph"),
        (None, {"config": DegreeBitsConfig()}, "Manual bits follow the in-degree of every node"),
        (
            None,
            {"config": DegreeBitsConfig(), "num_nodes": 120, "in_degree": torch.ones(5)},
            r"in_degree has shape \[5\]; give one number for each of 120 nodes",
        ),
        (
            None,
            {"config": UniformConfig(), "overrides": {"convs.9": FP32Config()}},
            r"There is no module 'convs\.9' to override; the model has .*convs\.0, .*dropout",
        ),
        (
            None,
            {"config": UniformConfig(), "overrides": {"convs.1": A2QConfig()}},
            "The number of nodes is not given",
        ),
        (lambda: GCNConv(4, 4), {"config": UniformConfig()}, "The model is a single GCNConv, which cannot be exchang"),
        (lambda: nn.Linear(4, 4), {"config": UniformConfig()}, "The model is a single Linear, which cannot be exchan"),
        (_model_with_a_table, {"config": UniformConfig()}, "The model holds 'table', a matrix of its own"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_changes_nothing(
    make: Callable[[], nn.Module] | None, arguments: dict[str, object], sentence: str, make_model
) -> None:
    model = make_model("gcn") if make is None else make()
    before, printed = _state(model), str(model)
    with pytest.raises(ConfigError, match=sentence):
        quantize_(model, **arguments)
    assert str(model) == printed
    assert _same(_state(model), before)


def test_another_graph_needs_groups(data: Data, make_prepared) -> None:
    part = data.x[:50], data.edge_index[:, (data.edge_index < 50).all(0)]
    with pytest.raises(ValueError, match="Nearest Neighbor Strategy"):
        make_prepared("gcn", A2QConfig())(*part)
    free = make_prepared("gcn", METHODS["groups"])
    free(data.x, data.edge_index)
    assert free(*part).shape[0] == 50
    # As in PyG's own inference in parts, layer by layer.
    assert free.eval().inference_per_layer(0, *part, batch_size=7).shape == (7, 8)
    assert any(isinstance(module, NearestQuantizer) for module in free.modules())


@pytest.mark.parametrize(
    "settings",
    [
        {"jk": "cat"},
        {"jk": "max"},
        {"jk": "last"},
        {"norm": "batch_norm"},
        {"norm": "layer_norm", "act": "elu", "act_first": True},
        {"act": None, "num_layers": 1},
        {"act": nn.PReLU(), "num_layers": 4},
        {"norm": "graph_norm"},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", MODELS)
def test_options_of_pygs_models_work(name: str, settings: dict[str, object], data: Data, make_prepared) -> None:
    model = make_prepared(name, A2QConfig(), **settings)
    found = model(data.x, data.edge_index)
    (found.sum() + memory_penalty(model)).backward()
    # GAT's and one layer's only learned input may be the dataset's own, which stays as it is.
    assert all(p.grad is not None for p in model.parameters())
    assert (found.shape, bool(found.isfinite().all())) == ((data.num_nodes, int(data.y.max()) + 1), True)


def test_edge_weights_reach_every_layer_of_pygs_models(data: Data, make_model, generator: torch.Generator) -> None:
    weight = torch.rand(data.edge_index.shape[1], generator=generator)
    model = make_model("gcn").eval()
    exact = model(data.x, data.edge_index, edge_weight=weight)
    quantize_(model, UniformConfig(bits=8))
    assert not torch.equal(model(data.x, data.edge_index, edge_weight=weight), model(data.x, data.edge_index))
    for quantizer in quantizers(model):
        quantizer.enabled = False
    assert_close(model(data.x, data.edge_index, edge_weight=weight), exact, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_sparse_features_are_taken_as_they_are(name: str, data: Data, make_prepared) -> None:
    given = data.x.to_sparse_coo()
    model = make_prepared(name, A2QConfig())
    found = model.eval()(given, data.edge_index)
    assert_close(found, make_prepared(name, A2QConfig()).eval()(data.x, data.edge_index), atol=1e-5, rtol=1e-5)
    sparse, dense = (bit_report(model, Data(x=x, edge_index=data.edge_index)) for x in (given, data.x))
    assert sparse.accounts == dense.accounts


def test_a_module_in_two_places_stays_one() -> None:
    conv, line = GCNConv(4, 4), Linear(4, 4)
    model = nn.ModuleDict({"a": conv, "b": conv, "c": nn.Sequential(line, nn.ReLU(), line), "d": line})
    quantize_(model, UniformConfig())
    assert model["a"] is model["b"]
    assert model["c"][0] is model["c"][2] is model["d"]
    assert list(quantized_layers(model)) == ["a", "a.lin", "c.0"]
    x, edge_index = torch.rand(3, 4), torch.tensor([[0, 1], [1, 2]])
    assert torch.equal(model["b"](x, edge_index), model["a"](x, edge_index))


def test_an_embedding_is_what_reads_the_dataset() -> None:
    model = nn.ModuleDict({"embedding": nn.Embedding(5, 4), "conv": GCNConv(4, 2)})
    quantize_(model, A2QConfig(), num_nodes=3)
    assert "input" in model["conv"].lin.quantizers
    first = nn.ModuleDict({"conv": GCNConv(4, 2)})
    quantize_(first, A2QConfig(), num_nodes=3)
    assert "input" not in first["conv"].lin.quantizers


def test_degree_quant_stands_at_every_site(make_prepared) -> None:
    model = make_prepared("gcn", DegreeQuantConfig())
    assert {type(part) for part in model.modules() if isinstance(part, FakeQuantizer)} == {AffineQuantizer}
    assert all(set(layer.quantizers) == set(layer.roles) for layer in quantized_layers(model).values())


def test_the_library_does_not_wait_for_pytorch_geometric() -> None:
    script = "import sys, a2q; sys.exit('torch_geometric' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_bits_never_leave_their_range(generator: torch.Generator) -> None:
    model = nn.ModuleDict({"first": nn.Linear(3, 3), "map": nn.Linear(3, 2)})
    quantize_(model, A2QConfig(min_bits=0, max_bits=6, initial_bits=3), num_nodes=9)
    quantizer = model["map"].quantizer("input")
    seen = set()
    for x, kick, pull in zip(*(4 * torch.rand(3, 1000, 9, 3, generator=generator) - 2), strict=True):
        quantizer(x.abs()).sum().backward()
        with torch.no_grad():
            quantizer.step.sub_(quantizer.step.grad).add_(pull[:, :1], alpha=0.1)
            quantizer.bits.sub_(quantizer.bits.grad).add_(kick[:, :1])
        seen |= set(quantizer.effective_bits.tolist())
    assert seen == set(range(7))
    assert float(quantizer.positive_step.detach().min()) > 0
