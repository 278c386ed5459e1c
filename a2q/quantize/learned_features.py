"""The tensors whose bits are learned, and what bits their nodes have now."""

from torch import Tensor, nn

from a2q.layers import quantized_layers
from a2q.quantizers import NearestQuantizer, Quantizer


def learned_features(model: nn.Module) -> dict[str, tuple[int, Quantizer | NearestQuantizer]]:
    """Width and quantizer of every tensor of node features whose bits are learned, by layer name."""
    found: dict[str, tuple[int, Quantizer | NearestQuantizer]] = {}
    for name, layer in quantized_layers(model).items():
        for role, tensor in layer.roles.items():
            quantizer = layer.quantizer(role)
            if not isinstance(quantizer, Quantizer | NearestQuantizer):
                continue
            if tensor.kind == "features" and quantizer.learn_bits:
                found[name] = (tensor.dim, quantizer)
    return found


def row_bits(quantizer: Quantizer | NearestQuantizer) -> Tensor:
    """Effective bits of every node; under the Nearest Neighbor Strategy of those in the last forward pass.

    Raises:
        ValueError: there has been no forward pass, so no node has a group.
    """
    bits = quantizer.effective_bits
    if not isinstance(quantizer, NearestQuantizer):
        return bits
    if not len(quantizer.chosen):
        raise ValueError("No node has chosen a group yet; run a forward pass before asking for its bits.")
    return bits[quantizer.chosen]
