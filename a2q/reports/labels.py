"""Names of modules as people read them."""

import re


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
