"""What quantization saves, in two accounts that are never mixed."""

import math
from dataclasses import dataclass

from a2q.graph import Graph
from a2q.models.gcn import GCN
from a2q.quantizers import Quantizer

FULL_PRECISION_BITS = 32


@dataclass(frozen=True)
class AccountItem:
    """One kind of stored value.

    Attributes:
        name: what is stored.
        values: how many values an FP32 network stores here; 0 for what only quantization needs.
        fp32_bits: bits they take in FP32.
        bits: bits they take in this run.
    """

    name: str
    values: int
    fp32_bits: int
    bits: float


@dataclass(frozen=True)
class Accounts:
    """Both accounts of one trained model.

    Attributes:
        average_bits: the paper's account: unweighted mean over quantized layer inputs of the mean
            effective bits of their nodes; 32 where nothing is quantized.
        items: the full account, item by item.
    """

    average_bits: float
    items: tuple[AccountItem, ...]

    @property
    def compression(self) -> float:
        """The paper's account: ``32 / average_bits``; infinite when every node is pruned."""
        return FULL_PRECISION_BITS / self.average_bits if self.average_bits else math.inf

    @property
    def full_bits_per_value(self) -> float:
        """Full account: all stored bits, overheads included, over the number of values."""
        return sum(item.bits for item in self.items) / sum(item.values for item in self.items)

    @property
    def full_compression(self) -> float:
        """Full account: bits of the FP32 network over bits of this run."""
        return sum(item.fp32_bits for item in self.items) / sum(item.bits for item in self.items)


def account(model: GCN, graph: Graph) -> Accounts:
    """Count what the model stores for one inference over the whole graph.

    The full account holds the layer-1 input (1 bit where it is 0/1, else 32),
    every quantized layer input, one 32-bit step size and one bitwidth tag per node and quantized input,
    XW, the weights, their step sizes and the biases.

    Source: paper's account from the paper's code; the full account is ours.
    """
    items: list[AccountItem] = []
    averages: list[float] = []
    for number, layer in enumerate(model.convolutions(), start=1):
        inputs = graph.num_nodes * layer.in_channels
        quantizer = layer.input_quantizer
        if quantizer is not None:
            bits = quantizer.effective_bits.double()
            averages.append(bits.mean().item())
            items.append(_item(f"Layer {number} input", inputs, layer.in_channels * bits.sum().item()))
            items.append(AccountItem(f"Layer {number} node step sizes", 0, 0, 32 * graph.num_nodes))
            items.append(AccountItem(f"Layer {number} bit tags", 0, 0, _tag_bits(quantizer) * graph.num_nodes))
        else:
            stored = graph.input_bits if layer.weight_quantizer is not None and number == 1 else FULL_PRECISION_BITS
            items.append(_item(f"Layer {number} input", inputs, stored * inputs))
        for name, values, fixed in (
            ("XW", graph.num_nodes * layer.out_channels, layer.xw_quantizer),
            ("weights", layer.weight.numel(), layer.weight_quantizer),
        ):
            width = FULL_PRECISION_BITS if fixed is None else int(fixed.effective_bits[0])
            items.append(_item(f"Layer {number} {name}", values, width * values))
            if fixed is not None:
                items.append(AccountItem(f"Layer {number} {name} step sizes", 0, 0, 32 * fixed.step.numel()))
        items.append(_item(f"Layer {number} bias", layer.out_channels, FULL_PRECISION_BITS * layer.out_channels))
    average = sum(averages) / len(averages) if averages else float(FULL_PRECISION_BITS)
    return Accounts(average, tuple(items))


def _item(name: str, values: int, bits: float) -> AccountItem:
    return AccountItem(name, values, FULL_PRECISION_BITS * values, bits)


def _tag_bits(quantizer: Quantizer) -> int:
    """Bits to say which of the allowed widths a node has."""
    return math.ceil(math.log2(quantizer.max_bits - quantizer.min_bits + 1))
