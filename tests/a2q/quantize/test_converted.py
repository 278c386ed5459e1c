"""A converted model learns nothing any more, and its state is small and loads."""

import copy
import io
import warnings
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GCN

from a2q import (
    A2QConfig,
    BinaryConfig,
    ConfigError,
    DegreeBitsConfig,
    DegreeQuantConfig,
    FP32Config,
    UniformConfig,
    memory_penalty,
    quantize_,
    quantizer_param_groups,
)
from a2q.layers import LinearLayer, quantized_layers
from a2q.methods import Method
from a2q.quantize.param_groups import quantizers
from a2q.quantizers import Quantizer

METHODS: dict[str, Method] = {
    "a2q": A2QConfig(initial_bits=3, first_input="learn"),
    "8-bit steps": A2QConfig(step_bits=8),
    "groups": A2QConfig(groups=20),
    "uniform": UniformConfig(),
    "degree-quant": DegreeQuantConfig(),
    "degree-bits": DegreeBitsConfig(),
    "binary": BinaryConfig(),
}


def _bytes(state: dict[str, Tensor]) -> int:
    file = io.BytesIO()
    torch.save(state, file)
    return file.tell()


def _saved(model: nn.Module) -> dict[str, Tensor]:
    """The state as it comes back from a file."""
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    return dict(torch.load(file, weights_only=True))


def _stir(model: nn.Module, seed: int) -> None:
    """Step sizes and bits as if they had been trained."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for quantizer in quantizers(model):
            if isinstance(quantizer, Quantizer):
                quantizer.step.mul_(1 + torch.rand(quantizer.step.shape, generator=generator))
                if quantizer.learn_bits:
                    quantizer.bits.copy_(1 + 6 * torch.rand(quantizer.bits.shape, generator=generator))


def _converted(model: nn.Module, data: Data, seed: int = 0) -> nn.Module:
    model.train()(data.x * (1 + seed), data.edge_index)
    _stir(model, seed)
    quantize_(model, step="convert")
    return model


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["gcn", "sage", "gin", "gat"])
def test_nothing_learns_and_the_state_loads(name: str, method: str, data: Data, make_prepared: Any) -> None:
    model = make_prepared(name, METHODS[method])
    model.train()(data.x, data.edge_index)
    _stir(model, 0)
    size, bits = _bytes(model.state_dict()), [quantizer.extra_repr() for quantizer in quantizers(model)]
    quantize_(model, step="convert")
    expected = model(data.x, data.edge_index)
    assert not expected.requires_grad and not any(parameter.requires_grad for parameter in model.parameters())
    assert [quantizer.extra_repr() for quantizer in quantizers(model)] == bits
    linears = [layer for layer in quantized_layers(model).values() if isinstance(layer, LinearLayer)]
    assert float(memory_penalty(model)) == 0 and all("codes, only infers" in repr(layer) for layer in linears)
    # Ranges, statistics and signs follow no values of training either.
    before = {key: values.clone() for key, values in model.named_buffers()}
    with warnings.catch_warnings():
        # What is negative now is told, see test_quantizer.py.
        warnings.simplefilter("ignore", UserWarning)
        model.train()(3 * data.x - 1, data.edge_index)
    assert all(torch.equal(values, before[key]) for key, values in model.named_buffers())
    state = _saved(model.eval())
    assert _bytes(state) < 0.6 * size
    other = _converted(make_prepared(name, METHODS[method]), data, seed=1)
    assert not torch.equal(other(data.x, data.edge_index), expected)
    other.load_state_dict(state)
    assert torch.equal(other(data.x, data.edge_index), expected)
    assert dict(other.named_buffers()).keys() == before.keys()


@pytest.mark.parametrize("shape", [(1433, 16, 2, 7), (48, 64, 2, 7), (48, 256, 3, 7)])
@pytest.mark.parametrize("learned", ["uniform", "a2q"])
def test_a_converted_gcn_takes_less_than_in_fp32(shape: tuple[int, ...], learned: str) -> None:
    model = GCN(*shape)
    in_fp32 = _bytes(model.state_dict())
    nodes = 2_708
    x, edges = torch.rand(nodes, shape[0]), torch.randint(0, nodes, (2, 3 * nodes))
    quantize_(model, UniformConfig() if learned == "uniform" else A2QConfig(), num_nodes=nodes)
    model.eval()(x, edges)
    _stir(model, 0)
    quantize_(model, step="convert")
    assert _bytes(model.state_dict()) < in_fp32


def test_a_copy_and_a_part_of_a_larger_model_are_saved_and_loaded_alike(data: Data, make_prepared: Any) -> None:
    model = _converted(make_prepared("gin", A2QConfig()), data)
    expected = model(data.x, data.edge_index)
    twin = copy.deepcopy(model)
    assert torch.equal(twin(data.x, data.edge_index), expected)
    part, state = nn.ModuleDict({"inner": twin}), _saved(nn.ModuleDict({"inner": model}))
    assert _saved(part).keys() == state.keys()
    part.load_state_dict(state)
    assert torch.equal(part["inner"](data.x, data.edge_index), expected)


def test_a_state_that_is_not_packed_loads(data: Data, make_prepared: Any) -> None:
    model, other = (_converted(make_prepared("gcn", A2QConfig()), data, seed) for seed in (0, 1))
    plain = dict((*model.named_buffers(), *model.named_parameters()))
    other.load_state_dict(plain)
    assert torch.equal(other(data.x, data.edge_index), model(data.x, data.edge_index))


@pytest.mark.parametrize(
    "packed", [torch.zeros(4, dtype=torch.uint8), torch.empty(0), None, "another", "larger"], ids=str
)
def test_the_state_of_another_model_is_told(packed: Any, data: Data, make_prepared: Any) -> None:
    model = _converted(make_prepared("gcn", A2QConfig()), data)
    before, state = model(data.x, data.edge_index), _saved(model)
    if packed == "another":
        packed = _saved(_converted(make_prepared("gcn", UniformConfig()), data))["convs.1.lin.packed"]
    elif packed == "larger":
        packed = _saved(_converted(make_prepared("gcn", A2QConfig(), out_channels=99), data))["convs.1.lin.packed"]
    state["convs.1.lin.packed"] = packed
    del state["convs.0.lin.packed"]
    state |= {key: values for key, values in model.named_buffers() if key.startswith("convs.0.lin.")}
    with pytest.raises(RuntimeError, match=r"convs\.1\.lin\.packed is not the state of such a layer; prepare and con"):
        model.load_state_dict(state)
    assert torch.equal(model(data.x, data.edge_index), before)


def test_a_converted_model_has_nothing_to_train(data: Data, make_prepared: Any) -> None:
    model = _converted(make_prepared("gcn", A2QConfig()), data)
    with pytest.raises(ConfigError, match="converted to integer codes and only infers, so there is nothing to train"):
        quantizer_param_groups(model)


def test_a_part_that_is_not_converted_still_learns(data: Data, make_prepared: Any) -> None:
    both = nn.ModuleList([_converted(make_prepared("gcn", A2QConfig()), data), make_prepared("gcn", A2QConfig())])
    learning = [id(parameter) for group in quantizer_param_groups(both) for parameter in group["params"]]
    assert sorted(learning) == sorted(id(parameter) for parameter in both[1].parameters())


def test_what_stays_in_fp32_only_infers_too(data: Data, make_model: Any) -> None:
    model = make_model("gcn")
    quantize_(model, UniformConfig(), overrides={"convs.0": FP32Config()})
    _converted(model, data)
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert [name for name, layer in quantized_layers(model).items() if layer.frozen] == ["convs.1", "convs.1.lin"]
