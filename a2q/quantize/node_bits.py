"""The bits of every node of a prepared model, to read and to set."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from a2q.quantize.learned_features import feature_quantizers
from a2q.quantizers import Quantizer


def node_quantizers(model: nn.Module) -> dict[str, Quantizer]:
    """The quantizer of every layer input with bits per node, by layer name."""
    return {
        name: quantizer
        for name, _, quantizer in feature_quantizers(model)
        if isinstance(quantizer, Quantizer) and quantizer.granularity == "row"
    }


def node_bits(model: nn.Module) -> dict[str, Tensor]:
    """Effective bits of every node in each quantized layer input, int64 [num_nodes], by layer name.

    Args:
        model: prepared by :func:`a2q.quantize_` with bits per node.
    """
    return {name: quantizer.effective_bits for name, quantizer in node_quantizers(model).items()}


@torch.no_grad()
def set_node_bits(model: nn.Module, bits: Mapping[str, Tensor]) -> None:
    """Give every node bits of its own; the next forward pass calibrates the step sizes to them.

    Where bits are learned, training starts from these.

    Args:
        model: prepared by :func:`a2q.quantize_` with bits per node.
        bits: effective bits, [num_nodes], by layer name, as :func:`node_bits` gives them.

    Raises:
        ValueError: a layer's bits are missing, there is no layer of a name, they are not one per node, or a quantizer
            does not allow them.
    """
    there = node_quantizers(model)
    if set(bits) != set(there):
        raise ValueError(
            f"Bits are given for {', '.join(bits) or 'no layer'}; the model has bits per node in "
            f"{', '.join(there) or 'no layer'}. Give bits for each of these."
        )
    for name, quantizer in there.items():
        if bits[name].numel() != quantizer.bits.numel():
            raise ValueError(
                f"{bits[name].numel():,} bitwidths are given for {name}, which has {quantizer.bits.numel():,} nodes; "
                "give one for each node."
            )
        # A signed code has at least 2 bits: where a source without a sign had fewer, the least that there is.
        quantizer.set_bits(bits[name].to(quantizer.bits.dtype).clamp(min=quantizer.min_bits))
        quantizer.started.fill_(False)
