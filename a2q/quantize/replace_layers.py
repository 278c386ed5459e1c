"""Our layers in place of PyG's, around the same parameters."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import UninitializedParameter

from a2q.config import ConfigError
from a2q.layers import GATLayer, GCNLayer, GINLayer, LinearLayer, QuantizedLayer, SAGELayer
from a2q.quantizers import FakeQuantizer

SUPPORTED = "GCNConv, GINConv, GATConv, SAGEConv and Linear"


class UnsupportedLayerError(ConfigError):
    """A layer, or an option of one, that cannot be quantized; the message names it and the alternatives."""


def first_layer(model: nn.Module) -> str | None:
    """Name of the first layer, an embedding included, by order of definition: it reads the dataset's input."""
    from torch_geometric.nn import Linear, MessagePassing

    kinds = (QuantizedLayer, MessagePassing, Linear, nn.Linear, nn.Embedding)
    return next((name for name, module in model.named_modules() if isinstance(module, kinds)), None)


Exchange = tuple[nn.Module, str, nn.Module]


def adopt(model: nn.Module, keep: Callable[[str], bool]) -> tuple[nn.Module, list[Exchange]]:
    """Replace every PyG convolution and linear map in ``model`` by ours, sharing its parameters.

    Args:
        model: changed in place; if it is a convolution itself, use what is returned.
        keep: says of a module's name whether it stays as it is; modules below it are asked for by themselves.

    Returns:
        The model, and what :func:`give_back` needs to undo all of it.

    Raises:
        UnsupportedLayerError: a layer that holds weights is of no supported kind.
    """
    made: dict[int, nn.Module] = {}
    exchanges: list[Exchange] = []

    def replaced(module: nn.Module, name: str) -> nn.Module:
        if id(module) in made:
            # A module used in two places stays one module.
            return made[id(module)]
        stays = isinstance(module, QuantizedLayer | FakeQuantizer | nn.Embedding) or keep(name)
        layer = made[id(module)] = module if stays else _layer(module, name)
        if layer is not module:
            for part in layer.modules():
                if isinstance(part, QuantizedLayer):
                    part.training = module.training
        if layer is module or isinstance(layer, GINLayer):
            # Not named_children(), which leaves out the second place of a module.
            for child_name, child in layer._modules.items():
                new = child if child is None else replaced(child, f"{name}.{child_name}".lstrip("."))
                if new is not None and new is not child:
                    exchanges.append((layer, child_name, new))
        return layer

    # Our layers draw weights before they are given those there are; who quantizes has drawn nothing.
    with torch.random.fork_rng(devices=[]):
        result = replaced(model, "")
    # Only now, when every layer is known to be supported: an error leaves the model as it was.
    undo = [(parent, name, getattr(parent, name)) for parent, name, _ in exchanges]
    for parent, name, layer in exchanges:
        setattr(parent, name, layer)
    return result, undo


def give_back(undo: list[Exchange]) -> None:
    """Put back the layers that :func:`adopt` replaced."""
    for parent, name, layer in undo:
        setattr(parent, name, layer)


def _layer(module: nn.Module, name: str) -> nn.Module:
    """Our layer for a PyG or torch one; the module itself where there is nothing to quantize in it."""
    # PyTorch Geometric takes seconds to import, but who has a model of it has imported it.
    from torch_geometric.nn import GATConv, GCNConv, GINConv, Linear, MessagePassing, SAGEConv

    kind = type(module)
    if any(isinstance(parameter, UninitializedParameter) for parameter in module.parameters(recurse=False)):
        raise _unknown_width(name)
    if kind in (nn.Linear, Linear):
        return _linear(module, name)
    if kind is GCNConv:
        return _gcn(module, name)
    if kind is GINConv:
        return _gin(module, name)
    if kind is SAGEConv:
        return _sage(module, name)
    if kind is GATConv:
        return _gat(module, name)
    own = module.named_parameters(recurse=False)
    matrix = next((parameter_name for parameter_name, parameter in own if parameter.dim() >= 2), None)
    if matrix is not None and not name:
        raise UnsupportedLayerError(
            f"The model holds {matrix!r}, a matrix of its own, which cannot be quantized; use {SUPPORTED}, or move "
            "it into a module, such as torch.nn.Embedding, which stays in FP32."
        )
    if isinstance(module, MessagePassing) or matrix is not None:
        raise UnsupportedLayerError(
            f"{name or 'The model'} is a {kind.__name__}, which cannot be quantized; use {SUPPORTED}, "
            f"or keep it in FP32 with overrides={{{name!r}: FP32Config()}}."
        )
    return module


def _unknown_width(name: str) -> UnsupportedLayerError:
    return UnsupportedLayerError(
        f"{name} does not know its input width yet (in_channels=-1); run the model once before quantizing it."
    )


def _linear(module: Any, name: str, output: str = "output") -> LinearLayer:
    if isinstance(module.weight, UninitializedParameter):
        raise _unknown_width(name)
    return LinearLayer.holding(module.weight, module.bias, "combination" if output == "combination" else "output")


def _require(condition: bool, name: str, option: str, instead: str) -> None:
    if not condition:
        raise UnsupportedLayerError(f"{name} has {option}, which cannot be quantized; {instead}.")


def _require_sum(module: Any, name: str) -> None:
    _require(module.aggr in ("add", "sum"), name, f"aggr={module.aggr!r}", "leave aggr out")
    _require_flow(module, name)


def _require_flow(module: Any, name: str) -> None:
    forwards = module.flow == "source_to_target"
    _require(forwards, name, f"flow={module.flow!r}", "leave flow out and give edge_index.flip(0)")


def _gcn(module: Any, name: str) -> GCNLayer:
    _require_sum(module, name)
    lin = _linear(module.lin, f"{name}.lin", "combination")
    layer = GCNLayer(
        lin.in_channels,
        lin.out_channels,
        bias=module.bias is not None,
        self_loops=module.add_self_loops,
        improved=module.improved,
        normalize=module.normalize,
    )
    layer.lin, layer.bias = lin, module.bias
    return layer


def _gin(module: Any, name: str) -> GINLayer:
    _require_sum(module, name)
    inner = _first_linear(module.nn)
    _require(inner is not None, name, "a network without a linear map", "give GINConv an MLP")
    assert inner is not None
    if isinstance(inner.weight, UninitializedParameter):
        raise _unknown_width(f"{name}.nn")
    layer = GINLayer(module.nn, inner.weight.shape[1], train_eps=isinstance(module.eps, nn.Parameter))
    layer.eps = module.eps
    return layer


def _sage(module: Any, name: str) -> SAGELayer:
    _require(module.aggr in ("mean", "sum", "add"), name, f"aggr={module.aggr!r}", "use 'mean' or 'sum'")
    _require_flow(module, name)
    _require(not module.project, name, "project=True", "put a Linear before it")
    left = _linear(module.lin_l, f"{name}.lin_l")
    right = _linear(module.lin_r, f"{name}.lin_r") if module.root_weight else None
    same = right is None or right.in_channels == left.in_channels
    _require(same, name, "different widths of source and target", "use one in_channels for both")
    layer = SAGELayer(
        left.in_channels,
        left.out_channels,
        bias=left.bias is not None,
        mean=module.aggr == "mean",
        root=module.root_weight,
        normalize=module.normalize,
    )
    layer.lin_l, layer.lin_r = left, right
    return layer


def _gat(module: Any, name: str) -> GATLayer:
    _require_sum(module, name)
    _require(module.lin is not None, name, "different widths of source and target", "use one in_channels for both")
    _require(module.edge_dim is None, name, "edge features (edge_dim)", "leave edge_dim out")
    _require(getattr(module, "res", None) is None, name, "residual=True", "add the residual outside of the layer")
    lin = _linear(module.lin, f"{name}.lin", "combination")
    layer = GATLayer(
        lin.in_channels,
        module.out_channels,
        heads=module.heads,
        concat=module.concat,
        negative_slope=module.negative_slope,
        dropout=module.dropout,
        self_loops=module.add_self_loops,
        bias=module.bias is not None,
    )
    lin.sites["output"] = layer.lin.sites["output"]
    layer.lin, layer.bias = lin, module.bias
    layer.att_src, layer.att_dst = module.att_src, module.att_dst
    return layer


def _first_linear(network: nn.Module) -> Any:
    from torch_geometric.nn import Linear

    found = (module for module in network.modules() if isinstance(module, nn.Linear | Linear | LinearLayer))
    return next(found, None)
