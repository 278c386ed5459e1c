"""Names of modules as people read them."""

import re

from torch import nn

from a2q.layers import ConvLayer, quantized_layers


def label(name: str) -> str:
    """``convs.1.lin`` as "Layer 2", ``convs.0.nn.2`` as "Layer 1 map 3"; other names stay as they are."""
    found = re.fullmatch(r"(?:.*\.)?convs\.(\d+)(?:\.(.+))?", name)
    if not found:
        return name.replace(".", " ").capitalize() if name else "Model"
    number, rest = int(found[1]) + 1, found[2] or ""
    inner = re.search(r"(\d+)$", rest)
    if inner:
        return f"Layer {number} map {int(inner[1]) + 1}"
    return f"Layer {number} root" if rest.endswith("lin_r") else f"Layer {number}"


def layer_number(name: str) -> int | None:
    """Number of the convolution a module belongs to, from 1; None outside of convolutions."""
    found = re.fullmatch(r"(?:.*\.)?convs\.(\d+)(?:\..+)?", name)
    return int(found[1]) + 1 if found else None


def layer_numbers(model: nn.Module) -> dict[str, int]:
    """Number of the convolution that each layer of a model belongs to; layers outside of convolutions are left out.

    The names say it, as those of a2q's and PyG's networks do; elsewhere the order of definition does.
    """
    layers = quantized_layers(model)
    named = {name: layer_number(name) for name, layer in layers.items() if isinstance(layer, ConvLayer)}
    if None not in named.values() and len(set(named.values())) == len(named):
        found = {name: layer_number(name) for name in layers}
        return {name: number for name, number in found.items() if number is not None}
    return {
        name: number
        for number, conv in enumerate(named, start=1)
        for name in layers
        if name == conv or name.startswith(f"{conv}.") or not conv
    }


def input_prefixes(model: nn.Module) -> dict[str, str]:
    """What the arrays of each layer inside of a convolution are called after: ``layer2``, ``layer2-map3``."""
    names: dict[str, str] = {}
    numbers = layer_numbers(model)
    for name, layer in quantized_layers(model).items():
        number = numbers.get(name)
        if number is None or not any(tensor.kind == "features" for tensor in layer.roles.values()):
            continue
        before = sum(numbers[other] == number for other in names)
        names[name] = f"layer{number}" if before == 0 else f"layer{number}-map{before + 1}"
    return names
