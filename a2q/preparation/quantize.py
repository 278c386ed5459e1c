"""The one verb: prepare any PyG model for quantization-aware training, or convert it to integer codes."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor, nn

from a2q.config.a2q import A2QConfig
from a2q.config.base import ConfigError
from a2q.config.baselines import DegreeQuantConfig, FP32Config
from a2q.config.quantization import AnyMethod
from a2q.layers import LinearLayer, QuantizedLayer, quantized_layers
from a2q.methods import Nodes, quantizer_for
from a2q.preparation.adopt import adopt, first_layer
from a2q.preparation.budget import MemoryBudget
from a2q.quantizers import ProtectiveMask


def quantize_(
    model: nn.Module,
    config: AnyMethod | None = None,
    *,
    num_nodes: int | None = None,
    in_degree: Tensor | None = None,
    overrides: Mapping[str, AnyMethod] | None = None,
    step: Literal["prepare", "convert"] = "prepare",
    generator: torch.Generator | None = None,
) -> None:
    """Quantize a model in place.

    ``step="prepare"`` puts our layers in place of PyG's (same parameters, so a trained FP32 model is the start)
    and a fake quantizer at every site the method wants one. The first forward pass, in training or
    evaluation, calibrates them; so one pass of a trained FP32 model already is post-training quantization.
    ``step="convert"`` then turns all weights into int8 codes; a converted model only infers.

    Args:
        model: built of ``GCNConv``, ``GINConv``, ``GATConv``, ``SAGEConv`` and ``Linear``, PyG's ``BasicGNN``
            models among them.
        config: the method and its settings; needed to prepare.
        num_nodes: nodes of the one graph that step sizes and bits per node are for.
        in_degree: incoming edges of each node, [num_nodes]; bits by hand follow it.
        overrides: other settings for single modules, by name ("convs.1", "convs.1.lin"); a name covers all
            modules below it, the longest name wins, and :class:`FP32Config` leaves modules as they are.
        step: "prepare" or "convert".
        generator: source of randomness for random starts and protective masks.

    Raises:
        ConfigError: settings are missing or name a module that does not exist.
        UnsupportedLayerError: a layer of another kind holds weights, or the model is a single layer.
        ValueError: conversion of a model that is not prepared and calibrated.

    Source: ours; the verb's form follows torchao.
    """
    if step == "convert":
        _convert(model)
        return
    if config is None:
        raise ConfigError("No settings are given; give one of the configs, such as A2QConfig().")
    chosen = {"": config, **(overrides or {})}
    _check_names(model, chosen)
    first = first_layer(model)
    if adopt(model, lambda name: isinstance(_settings(name, chosen), FP32Config) and name != "") is not model:
        raise ConfigError(
            f"The model is a single {type(model).__name__}, which cannot be exchanged in place; "
            "put it into a module of your own, such as torch.nn.ModuleList([layer])."
        )
    nodes = Nodes(num_nodes, in_degree, generator)
    layers = quantized_layers(model)
    if first in layers:
        layers[first].mark_raw()
    for name, layer in layers.items():
        _equip(layer, _settings(name, chosen), nodes)
    if isinstance(config, A2QConfig):
        # Registered under a name of its own so that it is saved with the model.
        model.add_module("memory_budget", MemoryBudget(config))


def _equip(layer: QuantizedLayer, config: AnyMethod, nodes: Nodes) -> None:
    layer.quantizers = nn.ModuleDict()
    device = next((parameter.device for parameter in layer.parameters()), torch.device("cpu"))
    for site, place in layer.sites.items():
        quantizer = quantizer_for(config, place, nodes)
        if quantizer is not None:
            layer.quantizers[site] = quantizer.to(device)
    protects = isinstance(config, DegreeQuantConfig) and not isinstance(layer, LinearLayer)
    layer.protection = (
        ProtectiveMask(config.protect_low, config.protect_high, nodes.generator)
        if protects and isinstance(config, DegreeQuantConfig)
        else None
    )


def _settings(name: str, chosen: Mapping[str, AnyMethod]) -> AnyMethod:
    """The settings of the longest given name that is the module's or one above it."""
    covering = [given for given in chosen if given == "" or name == given or name.startswith(f"{given}.")]
    return chosen[max(covering, key=len)]


def _check_names(model: nn.Module, chosen: Mapping[str, AnyMethod]) -> None:
    names = {name for name, _ in model.named_modules()}
    # GCNConv's inner linear map and the like have the same names before and after.
    for name in chosen:
        if name not in names:
            available = ", ".join(sorted(name for name in names if name and "quantizers" not in name))
            raise ConfigError(f"There is no module {name!r} to override; the model has {available}.")


def _convert(model: nn.Module) -> None:
    linears = [layer for layer in quantized_layers(model).values() if isinstance(layer, LinearLayer)]
    ready = [layer for layer in linears if layer.quantizer("weight") is not None]
    if not ready:
        raise ValueError("The model has no quantized weights; prepare it first with quantize_(model, A2QConfig(...)).")
    model.eval()
    for layer in ready:
        layer.convert()
