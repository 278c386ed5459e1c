"""Names of modules as people read them."""

import re

from torch import nn

from a2q.layers import quantized_layers


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


def input_prefixes(model: nn.Module) -> dict[str, str]:
    """What the arrays of each layer inside of a convolution are called after: ``layer2``, ``layer2-map3``."""
    names: dict[str, str] = {}
    for name, layer in quantized_layers(model).items():
        number = layer_number(name)
        if number is None or not any(tensor.kind == "features" for tensor in layer.roles.values()):
            continue
        before = sum(layer_number(other) == number for other in names)
        names[name] = f"layer{number}" if before == 0 else f"layer{number}-map{before + 1}"
    return names
