"""The one verb: prepare any PyG model for quantization-aware training, or convert it to integer codes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor, nn

from a2q.config import ConfigError
from a2q.layers import LinearLayer, QuantizedLayer, quantized_layers
from a2q.methods import Method, Nodes
from a2q.methods.a2q import A2QConfig
from a2q.quantize.data_flow import layers_on_input
from a2q.quantize.replace_layers import replace_layers, restore_layers
from a2q.quantize.target import MemoryBudget


def quantize_(
    model: nn.Module,
    config: Method | None = None,
    *,
    num_nodes: int | None = None,
    in_degree: Tensor | None = None,
    overrides: Mapping[str, Method] | None = None,
    step: Literal["prepare", "convert"] = "prepare",
    generator: torch.Generator | None = None,
) -> None:
    """Quantize a model in place.

    ``step="prepare"`` puts our layers in place of PyG's (same parameters, so a trained FP32 model is the start)
    and a fake quantizer for every role the method wants one. The first forward pass, in training or
    evaluation, calibrates them; so one pass of a trained FP32 model already is post-training quantization.
    Which layers read the dataset's own input, which some methods leave as it is, is followed through the model's code
    (:func:`a2q.quantize.data_flow.layers_on_input`).
    ``step="convert"`` then turns all weights into integer codes. A converted model only infers: no parameter of it
    requires a gradient, its quantizers stay in evaluation, and codes, step sizes and bits are packed in its
    ``state_dict()``, which loads into a model that was prepared and converted in the same way. Whatever is refused
    leaves the model as it was.

    Args:
        model: built of ``GCNConv``, ``GINConv``, ``GATConv``, ``SAGEConv`` and ``Linear``, PyG's ``BasicGNN``
            models among them.
        config: the method and its settings; needed to prepare.
        num_nodes: nodes of the one graph that step sizes and bits per node are for.
        in_degree: incoming edges of each node, [num_nodes]; manual bits follow it.
        overrides: other settings for single modules, by name ("convs.1", "convs.1.lin"); a name covers all
            modules below it, the longest name wins, and ``FP32Config`` leaves modules as they are. Penalty and
            targets are those of ``config``, or of the first A²Q override where that is another method.
        step: "prepare" or "convert".
        generator: source of randomness for random starts and protective masks.

    Raises:
        ConfigError: settings are missing or none of ours, name a module that does not exist, or do not fit the
            nodes; or the model is converted already.
        UnsupportedLayerError: a layer of another kind holds weights, or the model is a single layer.
        ValueError: conversion of a model that is not prepared and calibrated.

    The verb's form follows torchao.
    """
    match step:
        case "prepare":
            _prepare(model, config, Nodes(num_nodes, in_degree, generator), overrides or {})
        case "convert":
            _convert(model)
        case _:
            raise ConfigError(f"The step is {step!r}; it must be 'prepare' or 'convert'.")


def _prepare(model: nn.Module, config: Method | None, nodes: Nodes, overrides: Mapping[str, Method]) -> None:
    if config is None:
        raise ConfigError("No settings are given; give one of the configs, such as A2QConfig().")
    chosen = {"": config, **overrides}
    _check_settings(model, chosen)
    _check_nodes(nodes)
    reading = layers_on_input(model)
    prepared, undo = replace_layers(model, lambda name: not _settings(name, chosen).quantizes and name != "")
    if prepared is not model:
        raise ConfigError(
            f"The model is a single {type(model).__name__}, which cannot be exchanged in place; "
            "put it into a module of your own, such as torch.nn.ModuleList([layer])."
        )
    layers = quantized_layers(model)
    _mark_raw(layers, reading)
    try:
        made = {name: _quantizers(layer, _settings(name, chosen), nodes) for name, layer in layers.items()}
    except ValueError:
        restore_layers(undo)
        raise
    for name, layer in layers.items():
        _equip(layer, made[name], _settings(name, chosen), nodes)
    # What was prepared before, as a whole or in part, is penalised anew.
    _drop_budgets(model)
    priced = next((settings for settings in chosen.values() if isinstance(settings, A2QConfig)), None)
    if priced is not None:
        # Registered under a name of its own so that it is saved with the model.
        device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
        model.add_module("memory_budget", MemoryBudget(priced).to(device).train(model.training))


def _mark_raw(layers: Mapping[str, QuantizedLayer], reading: set[str]) -> None:
    """Say which layers read the dataset's own input; what an earlier preparation said of a part goes."""
    for layer in layers.values():
        layer.roles |= {role: replace(tensor, raw=False) for role, tensor in layer.roles.items()}
    for name in reading & layers.keys():
        layers[name].mark_raw()


def _drop_budgets(model: nn.Module) -> None:
    for module in model.modules():
        module._modules.pop("memory_budget", None)


def _quantizers(layer: QuantizedLayer, config: Method, nodes: Nodes) -> nn.ModuleDict:
    like = next(layer.parameters(), torch.empty(0))
    made = ((role, config.quantizer(place, nodes)) for role, place in layer.roles.items())
    return nn.ModuleDict({role: quantizer.to(like) for role, quantizer in made if quantizer is not None})


def _equip(layer: QuantizedLayer, quantizers: nn.ModuleDict, config: Method, nodes: Nodes) -> None:
    layer.quantizers = quantizers.train(layer.training)
    # A linear map is told by the layer it is part of which nodes pass in full precision.
    layer.protection = None if isinstance(layer, LinearLayer) else config.protection(nodes)
    if layer.protection is not None:
        layer.protection.train(layer.training)


def _settings(name: str, chosen: Mapping[str, Method]) -> Method:
    """The settings of the longest given name that is the module's or one above it."""
    covering = [given for given in chosen if given == "" or name == given or name.startswith(f"{given}.")]
    return chosen[max(covering, key=len)]


def _check_settings(model: nn.Module, chosen: Mapping[str, Method]) -> None:
    names = {name for name, _ in model.named_modules()}
    # GCNConv's inner linear map and the like have the same names before and after.
    for name, settings in chosen.items():
        if name not in names:
            ours = ("quantizers", "memory_budget")
            available = ", ".join(sorted(name for name in names if name and not set(ours) & set(name.split("."))))
            raise ConfigError(f"There is no module {name!r} to override; the model has {available}.")
        if not isinstance(settings, Method):
            given = f"the class {settings.__name__}" if isinstance(settings, type) else f"a {type(settings).__name__}"
            raise ConfigError(f"The settings are {given}; give an instance of one of the configs, such as A2QConfig().")
    if any(isinstance(layer, LinearLayer) and layer.converted for layer in quantized_layers(model).values()):
        raise ConfigError("The model is converted to integer codes and can be prepared no more; prepare a copy before.")


def _check_nodes(nodes: Nodes) -> None:
    if nodes.count is not None and nodes.count < 1:
        raise ConfigError(f"num_nodes is {nodes.count}; give the number of nodes of the graph.")
    if nodes.in_degree is not None and nodes.count is not None and nodes.in_degree.shape != (nodes.count,):
        raise ConfigError(
            f"in_degree has shape {list(nodes.in_degree.shape)}; give one number for each of {nodes.count:,} nodes."
        )


def _convert(model: nn.Module) -> None:
    linears = {name: layer for name, layer in quantized_layers(model).items() if isinstance(layer, LinearLayer)}
    ready = {name: layer for name, layer in linears.items() if not layer.converted and "weight" in layer.quantizers}
    if not ready and not any(layer.converted for layer in linears.values()):
        raise ValueError("The model has no quantized weights; prepare it first with quantize_(model, A2QConfig(...)).")
    for name, layer in ready.items():
        # All are looked at before the first is converted.
        layer.check_convertible(name)
    model.eval().requires_grad_(False)
    for layer in ready.values():
        layer.convert()
    for quantized in quantized_layers(model).values():
        quantized.freeze()
    _drop_budgets(model)
