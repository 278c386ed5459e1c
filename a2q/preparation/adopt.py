"""Our layers in place of PyG's, around the same parameters."""

from collections.abc import Callable
from typing import Any

from torch import nn

from a2q.config.base import ConfigError
from a2q.layers import GATLayer, GCNLayer, GINLayer, LinearLayer, QuantizedLayer, SAGELayer

SUPPORTED = "GCNConv, GINConv, GATConv, SAGEConv and Linear"


class UnsupportedLayerError(ConfigError):
    """A layer, or an option of one, that cannot be quantized; the message names it and the alternatives."""


def first_layer(model: nn.Module) -> str | None:
    """Name of the first convolution or linear map, by order of definition: the one that reads the dataset's input."""
    from torch_geometric.nn import Linear, MessagePassing

    kinds = (QuantizedLayer, MessagePassing, Linear, nn.Linear)
    return next((name for name, module in model.named_modules() if isinstance(module, kinds)), None)


def adopt(model: nn.Module, keep: Callable[[str], bool]) -> nn.Module:
    """Replace every PyG convolution and linear map in ``model`` by ours, sharing its parameters.

    Args:
        model: changed in place; if it is a convolution itself, use what is returned.
        keep: says of a module's name whether it stays as it is.

    Raises:
        UnsupportedLayerError: a layer that holds weights is of no supported kind.
    """
    made: dict[int, nn.Module] = {}
    exchanges: list[tuple[nn.Module, str, nn.Module]] = []

    def replaced(module: nn.Module, name: str) -> nn.Module:
        if isinstance(module, QuantizedLayer | nn.Embedding) or keep(name):
            return module
        if id(module) not in made:
            # A module used in two places stays one module.
            made[id(module)] = _layer(module, name)
        layer = made[id(module)]
        if layer is module or isinstance(layer, GINLayer):
            for child_name, child in layer.named_children():
                new = replaced(child, f"{name}.{child_name}".lstrip("."))
                if new is not child:
                    exchanges.append((layer, child_name, new))
        return layer

    result = replaced(model, "")
    # Only now, when every layer is known to be supported: an error leaves the model as it was.
    for parent, name, layer in exchanges:
        setattr(parent, name, layer)
    return result


def _layer(module: nn.Module, name: str) -> nn.Module:
    """Our layer for a PyG or torch one; the module itself where there is nothing to quantize in it."""
    # PyTorch Geometric takes seconds to import, but who has a model of it has imported it.
    from torch_geometric.nn import GATConv, GCNConv, GINConv, Linear, MessagePassing, SAGEConv

    kind = type(module)
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
    holds_matrix = any(parameter.dim() >= 2 for parameter in module.parameters(recurse=False))
    if isinstance(module, MessagePassing) or holds_matrix:
        raise UnsupportedLayerError(
            f"{name or 'The model'} is a {kind.__name__}, which cannot be quantized; use {SUPPORTED}, "
            f"or keep it in FP32 with overrides={{{name!r}: FP32Config()}}."
        )
    return module


def _linear(module: Any, name: str, output: str = "output") -> LinearLayer:
    if isinstance(module.weight, nn.parameter.UninitializedParameter):
        raise UnsupportedLayerError(
            f"{name} does not know its input width yet (in_channels=-1); run the model once before quantizing it."
        )
    return LinearLayer.holding(module.weight, module.bias, "combination" if output == "combination" else "output")


def _require(condition: bool, name: str, option: str, instead: str) -> None:
    if not condition:
        raise UnsupportedLayerError(f"{name} has {option}, which cannot be quantized; {instead}.")


def _gcn(module: Any, name: str) -> GCNLayer:
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
    inner = _first_linear(module.nn)
    _require(inner is not None, name, "a network without a linear map", "give GINConv an MLP")
    assert inner is not None
    layer = GINLayer(module.nn, inner.weight.shape[1], train_eps=isinstance(module.eps, nn.Parameter))
    layer.eps = module.eps
    return layer


def _sage(module: Any, name: str) -> SAGELayer:
    _require(module.aggr in ("mean", "sum", "add"), name, f"aggr={module.aggr!r}", "use 'mean' or 'sum'")
    _require(not module.project, name, "project=True", "put a Linear before it")
    left = _linear(module.lin_l, f"{name}.lin_l")
    layer = SAGELayer(
        left.in_channels,
        left.out_channels,
        bias=left.bias is not None,
        mean=module.aggr == "mean",
        root=module.root_weight,
        normalize=module.normalize,
    )
    layer.lin_l = left
    layer.lin_r = _linear(module.lin_r, f"{name}.lin_r") if module.root_weight else None
    return layer


def _gat(module: Any, name: str) -> GATLayer:
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
