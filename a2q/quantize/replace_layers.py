"""Our layers in place of PyG's, around the same parameters."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn.parameter import UninitializedParameter
from torch.nn.utils.parametrize import type_before_parametrizations

from a2q.layers import LAYERS, ConvLayer, QuantizedLayer
from a2q.layers.from_pyg import UnsupportedLayerError, linear_from_pyg, unknown_width
from a2q.quantize.carry_hooks import carry_hooks, refuse_computed_weights
from a2q.quantizers import FakeQuantizer

Exchange = tuple[nn.Module, str, nn.Module]


def replace_layers(model: nn.Module, keep: Callable[[str], bool]) -> tuple[nn.Module, list[Exchange]]:
    """Replace every PyG convolution and linear map in ``model`` by ours, sharing its parameters and hooks.

    Args:
        model: changed in place; if it is a convolution itself, use what is returned.
        keep: says of a module's name whether it stays as it is; modules below it are asked for by themselves.

    Returns:
        The model, and what :func:`restore_layers` needs to undo all of it.

    Raises:
        UnsupportedLayerError: a layer that holds weights is of no supported kind, its weights are computed at each
            pass (pruned, parametrized), or a hook has no place in ours.
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
            carry_hooks(module, layer, name)
            for part in layer.modules():
                if isinstance(part, QuantizedLayer):
                    part.training = module.training
        if layer is module or (isinstance(layer, ConvLayer) and layer.holds_layers):
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


def restore_layers(undo: list[Exchange]) -> None:
    """Put back the layers that :func:`replace_layers` replaced."""
    for parent, name, layer in undo:
        setattr(parent, name, layer)


def _layer(module: nn.Module, name: str) -> nn.Module:
    """Our layer for a PyG or torch one; the module itself where there is nothing to quantize in it."""
    # PyTorch Geometric takes seconds to import, but who has a model of it has imported it.
    from torch_geometric.nn import Linear, MessagePassing

    kind = type_before_parametrizations(module)
    if any(isinstance(parameter, UninitializedParameter) for parameter in module.parameters(recurse=False)):
        raise unknown_width(name)
    ours = next((layer for layer in LAYERS.values() if layer.pyg_class() is kind), None)
    if kind in (nn.Linear, Linear) or ours is not None:
        # What a layer holds as it is, is looked at by itself.
        refuse_computed_weights(module, name, parts=ours is None or not ours.holds_layers)
    if kind in (nn.Linear, Linear):
        return linear_from_pyg(module, name)
    if ours is not None:
        return ours.from_pyg(module, name)
    own = module.named_parameters(recurse=False)
    matrix = next((parameter_name for parameter_name, parameter in own if parameter.dim() >= 2), None)
    if matrix is not None and not name:
        raise UnsupportedLayerError(
            f"The model holds {matrix!r}, a matrix of its own, which cannot be quantized; use {_supported()}, or move "
            "it into a module, such as torch.nn.Embedding, which stays in FP32."
        )
    if isinstance(module, MessagePassing) or matrix is not None:
        raise UnsupportedLayerError(
            f"{name or 'The model'} is a {kind.__name__}, which cannot be quantized; use {_supported()}, "
            f"or keep it in FP32 with overrides={{{name!r}: FP32Config()}}."
        )
    return module


def _supported() -> str:
    """The names of PyG's layers that ours stand in for."""
    return f"{', '.join(kind.pyg_class().__name__ for kind in LAYERS.values())} and Linear"
