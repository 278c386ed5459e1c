"""The quantizers of node features, the tensors whose bits are learned, and what bits their nodes have now."""

from collections.abc import Iterator

from torch import Tensor, nn

from a2q.layers import quantized_layers
from a2q.quantizers import FakeQuantizer, NearestQuantizer, Quantizer


def feature_quantizers(model: nn.Module) -> Iterator[tuple[str, int, FakeQuantizer]]:
    """Layer name, width and quantizer of every tensor of node features that has one, in order of definition."""
    for name, layer in quantized_layers(model).items():
        for role, tensor in layer.roles.items():
            quantizer = layer.quantizer(role)
            if tensor.kind == "features" and quantizer is not None:
                yield name, tensor.dim, quantizer


def learned_features(model: nn.Module) -> dict[str, tuple[int, Quantizer | NearestQuantizer]]:
    """Width and quantizer of every tensor of node features whose bits are learned, by layer name."""
    return {
        name: (dim, quantizer)
        for name, dim, quantizer in feature_quantizers(model)
        if isinstance(quantizer, Quantizer | NearestQuantizer) and quantizer.learn_bits
    }


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
