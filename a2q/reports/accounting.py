"""What quantization saves, in two accounts that are never mixed."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from a2q.layers import LinearLayer, QuantizedLayer, quantized_layers
from a2q.quantizers import FakeQuantizer
from a2q.reports.layer_labels import label
from a2q.reports.stored_tensors import KINDS, StoredTensors, Values, storing
from a2q.sparse.matrix import SparseMatrix
from a2q.units import FULL_PRECISION_BITS

_STORED = {"features": "input", "combination": "XW"}


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
        layer_bits: mean effective bits of each quantized layer input, by module name.
    """

    average_bits: float
    items: tuple[AccountItem, ...]
    layer_bits: dict[str, float] = field(default_factory=dict)

    @property
    def compression(self) -> float:
        """The paper's account: ``32 / average_bits``; infinite when every node is pruned."""
        return compression(self.average_bits)

    @property
    def full_bits_per_value(self) -> float:
        """Full account: all stored bits, overheads included, over the number of values."""
        return sum(item.bits for item in self.items) / sum(item.values for item in self.items)

    @property
    def full_compression(self) -> float:
        """Full account: bits of the FP32 network over bits of this run."""
        return sum(item.fp32_bits for item in self.items) / sum(item.bits for item in self.items)


def compression(average_bits: float) -> float:
    """``32 / average bits``; infinite when every node is pruned."""
    return FULL_PRECISION_BITS / average_bits if average_bits else math.inf


@dataclass
class _Tally:
    """What passed one place: rows and their bits, the values an FP32 network stores there, and all bits."""

    rows: int = 0
    row_bits: float = 0.0
    values: int = 0
    bits: float = 0.0


@torch.no_grad()
def account(model: nn.Module, run: Callable[[], object]) -> Accounts:
    """Count what a model stores for the inference that ``run`` makes, in evaluation.

    The full account holds every layer's input (the dataset's own at 1 bit where it is 0/1 and the model is
    quantized, else 32), every tensor about to be aggregated, all step sizes, bitwidth tags and group numbers,
    the weights and every other parameter. Layers that stay in FP32 count as all others. A tensor that several layers
    read counts once for each form that quantizers give it, at its first reader; it is one tensor of the FP32 network.

    Args:
        model: prepared, or plain for the FP32 account.
        run: calls the model on all data to count.

    Source: paper's account from the paper's code; the full account is ours.
    """
    layers = quantized_layers(model)
    quantized = any(isinstance(module, FakeQuantizer) for module in model.modules())
    tallies: dict[tuple[str, str], _Tally] = {}

    def watch(stored: StoredTensors, name: str, role: str, values: Values) -> None:
        layer = layers.get(name)
        quantizer = None if layer is None else layer.quantizer(role)
        new_form, new_tensor = stored.admit(values, quantizer)
        if not new_form:
            return
        rows = int(values.shape[0])
        columns = math.prod(values.shape[1:])
        if quantizer is not None and isinstance(values, Tensor):
            bits = quantizer.row_bits(values).sum().item()
        else:
            given = stored.given(values) or (layer is not None and layer.roles[role].raw)
            bits = rows * (_given_bits(values) if quantized and given else FULL_PRECISION_BITS)
        tally = tallies.setdefault((name, role), _Tally())
        tally.rows += rows
        tally.row_bits += bits
        tally.values += rows * columns if new_tensor else 0
        tally.bits += bits * columns

    model.eval()
    with storing(model, watch):
        run()
    items: list[AccountItem] = []
    averages: dict[str, float] = {}
    for (name, role), tally in tallies.items():
        layer = layers.get(name)
        kind = role if layer is None else layer.roles[role].kind
        before = kind != "features" and role == "input"
        what = f"{label(name)} {'input before aggregation' if before else _STORED[kind]}"
        items.append(_item(what, tally.values, tally.bits))
        quantizer = None if layer is None else layer.quantizer(role)
        if quantizer is not None:
            items.append(AccountItem(f"{what}: step sizes and tags", 0, 0, quantizer.overhead_bits(tally.rows)))
            if kind == "features":
                averages[name] = tally.row_bits / tally.rows
    items += _parameter_items(model, layers)
    average = sum(averages.values()) / len(averages) if averages else float(FULL_PRECISION_BITS)
    return Accounts(average, tuple(items), averages)


def _parameter_items(model: nn.Module, layers: Mapping[str, QuantizedLayer]) -> list[AccountItem]:
    items: list[AccountItem] = []
    counted = {
        id(parameter)
        for module in model.modules()
        if isinstance(module, FakeQuantizer)
        for parameter in module.parameters()
    }
    for name, layer in layers.items():
        if not isinstance(layer, LinearLayer):
            continue
        values = layer.in_channels * layer.out_channels
        quantizer = layer.quantizer("weight")
        bits = FULL_PRECISION_BITS
        if layer.weight is not None:
            counted.add(id(layer.weight))
            bits = bits if quantizer is None else int(quantizer.row_bits(layer.weight.t())[0])
        elif quantizer is not None:
            bits = int(quantizer.row_bits(layer.weight_codes.float())[0])
        items.append(_item(f"{label(name)} weights", values, bits * values))
        if quantizer is not None:
            overhead = quantizer.overhead_bits(layer.in_channels)
            items.append(AccountItem(f"{label(name)} weights: step sizes", 0, 0, overhead))
    passing = [
        quantizer.overhead_bits(rows=0)
        for layer in layers.values()
        for role, tensor in layer.roles.items()
        if tensor.kind not in (*KINDS, "weight") and (quantizer := layer.quantizer(role)) is not None
    ]
    if passing:
        items.append(AccountItem("Step sizes of what is used up at once", 0, 0, sum(passing)))
    others = sum(parameter.numel() for parameter in model.parameters() if id(parameter) not in counted)
    return [*items, _item("Biases and other parameters", others, FULL_PRECISION_BITS * others)]


def _item(name: str, values: int, bits: float) -> AccountItem:
    return AccountItem(name, values, FULL_PRECISION_BITS * values, bits)


def _given_bits(values: Values) -> int:
    """Bits of one value as the dataset gives it: 1 for 0/1 features, else 32."""
    stored = values.values if isinstance(values, SparseMatrix) else values
    return 1 if bool(((stored == 0) | (stored == 1)).all()) else FULL_PRECISION_BITS
