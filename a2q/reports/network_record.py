"""A trained network as numbers: what every linear map reads and sums, for whoever counts the work of an inference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from a2q.layers import ConvLayer, LinearLayer, quantized_layers, watching
from a2q.models import Network
from a2q.quantizers import FakeQuantizer, Quantizer
from a2q.quantizers.learned import LearnedQuantizer
from a2q.reports.layer_labels import input_prefixes, layer_number
from a2q.reports.measurements import NodeArrays, input_quantizer, measured
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks import Task, forward
from a2q.units import FULL_PRECISION_BITS

WORKLOAD = "workload/"
"""Names of the arrays of :func:`measure_nonzeros` start so."""
INPUT_NONZEROS = f"{WORKLOAD}input/nonzeros"
MOST_CHANNELS = 10_000_000

InputKind = Literal["binary", "real", "types"]
_Channels = Annotated[int, Field(ge=1, le=MOST_CHANNELS)]
_Bits = Annotated[int, Field(ge=1, le=FULL_PRECISION_BITS)]


@dataclass(frozen=True)
class LinearMap:
    """One linear map of a network, with the sum over neighbours that belongs to it.

    Attributes:
        layer: number of the convolution it belongs to, from 1; None for an embedding and a readout.
        module: its name in the network, such as "convs.0.lin".
        arrays: what its arrays are called after, such as "layer2-map3"; None outside of convolutions.
        in_channels, out_channels: columns of its input and output.
        aggregation: whether its layer sums "after" the map, "before" it, or not at the first map but another: "none".
        own_row: how a node's own row joins the sum: as a "loop" (existing ones replaced), as an "extra" row, or "none".
        weighted: whether edges have coefficients (GCN).
        heads: attention heads; 0 where there is no attention.
        weight_bits: bits of its weights.
        aggregated_bits: bits of the values that are summed over neighbours.
        input_bits: bits of its input where that is not quantized; None where the array ``{arrays}/bits`` has them.
        reads_dataset, sums_dataset: whether the map, and the sum before it, read the dataset's own features.
        node_steps: whether every node has a step size of its own.
    """

    layer: Annotated[int, Field(ge=1, le=100)] | None
    module: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{1,200}$")]
    arrays: Annotated[str, Field(pattern=r"^layer\d{1,3}(-map\d{1,3})?$")] | None
    in_channels: _Channels
    out_channels: _Channels
    aggregation: Literal["after", "before", "none"]
    own_row: Literal["loop", "extra", "none"]
    weighted: bool
    heads: Annotated[int, Field(ge=0, le=1024)]
    weight_bits: _Bits
    aggregated_bits: _Bits
    input_bits: _Bits | None
    reads_dataset: bool
    sums_dataset: bool
    node_steps: bool


@dataclass(frozen=True)
class NetworkRecord:
    """What a finished run records of its network.

    Attributes:
        features, outputs, types, per_graph: as in :class:`a2q.models.Shape`.
        input: what the dataset gives: "binary" (0/1) features, "real" ones, or node "types".
        maps: all linear maps, in order of definition.
    """

    features: Annotated[int, Field(ge=0, le=MOST_CHANNELS)]
    outputs: _Channels
    types: _Channels | None
    per_graph: bool
    input: InputKind
    maps: list[LinearMap]


def record_network(model: Network, task: Task) -> NetworkRecord:
    """What is to be known of a trained network on its task, besides arrays."""
    nodes = sum(batch.edges.num_nodes for batch in measured(task))
    return describe_network(model, nodes, input_kind(task))


def describe_network(model: Network, num_nodes: int, kind: InputKind) -> NetworkRecord:
    """The same of a prepared network, trained or not.

    Args:
        model: with its quantizers.
        num_nodes: number of nodes that pass through it.
        kind: what the dataset gives.
    """
    shape = model.shape
    maps = _linear_maps(model, num_nodes, kind)
    return NetworkRecord(shape.features, shape.outputs, shape.types, shape.per_graph, kind, maps)


def input_kind(task: Task) -> InputKind:
    """Whether the features that a task measures are all 0 or 1, or real, or types of nodes."""
    for batch in measured(task):
        if isinstance(batch.x, Tensor) and batch.x.dim() == 1:
            return "types"
        stored = batch.x.values if isinstance(batch.x, SparseMatrix) else batch.x
        if not bool(((stored == 0) | (stored == 1)).all()):
            return "real"
    return "binary"


def input_nonzeros(task: Task) -> np.ndarray | None:
    """Non-zero features of every node as the dataset gives them, whole numbers [num_nodes]; None for types of nodes."""
    counts: list[np.ndarray] = []
    for batch in measured(task):
        if isinstance(batch.x, SparseMatrix):
            stored, rows = batch.x.values, batch.x.entries.pattern.row
            counts.append(np.bincount(rows[stored != 0].cpu().numpy(), minlength=batch.edges.num_nodes))
        elif batch.x.dim() == 1:
            return None
        else:
            counts.append((batch.x != 0).sum(1).cpu().numpy())
    return np.concatenate(counts).astype(np.int32)


@torch.no_grad()
def measure_nonzeros(model: nn.Module, task: Task, maps: Sequence[LinearMap]) -> NodeArrays:
    """How many values of each node are not zero, dropout off, int32 [num_nodes] each.

    ``workload/input/nonzeros``: of the dataset's own features, left out for types of nodes.
    ``workload/{arrays}/nonzeros``: of the quantized input of every linear map that does not read the dataset.
    """
    model.eval()
    wanted = {linear.module: linear.arrays for linear in maps if linear.input_bits is None and not linear.reads_dataset}
    layers = quantized_layers(model)
    counts: dict[str, list[np.ndarray]] = {}

    def watch(name: str, role: str, values: Tensor | SparseMatrix) -> None:
        quantizer = input_quantizer(layers[name], role)
        if quantizer is not None and wanted.get(name) is not None and isinstance(values, Tensor):
            found = torch.count_nonzero(quantizer(values), dim=1).cpu().numpy()
            counts.setdefault(f"{WORKLOAD}{wanted[name]}/nonzeros", []).append(found)

    with watching(model, watch):
        for batch in measured(task):
            forward(model, batch)
    given = input_nonzeros(task)
    arrays = {} if given is None else {INPUT_NONZEROS: given}
    return arrays | {name: np.concatenate(parts).astype(np.int32) for name, parts in counts.items()}


def _linear_maps(model: Network, num_nodes: int, kind: InputKind) -> list[LinearMap]:
    owners = {number: conv for number, conv in enumerate(model.convs, start=1) if isinstance(conv, ConvLayer)}
    prefixes = input_prefixes(model)
    quantized = any(isinstance(module, FakeQuantizer) for module in model.modules())
    given_bits = 1 if kind == "binary" and quantized else FULL_PRECISION_BITS
    made: list[LinearMap] = []
    for name, part in quantized_layers(model).items():
        if not isinstance(part, LinearLayer):
            continue
        number = layer_number(name)
        owner = None if number is None else owners[number]
        first_map = number is not None and all(other.layer != number for other in made)
        sums_first = owner is not None and owner.aggregates_first
        # What the first layer sums, or maps, is the dataset's own; a later map reads what the one before it made.
        raw = kind != "types" and ((model.embedding is None and number == 1) or part is model.embedding)
        reads = raw and (owner is None or owner.reads_input(part))
        sums = raw and sums_first and first_map
        quantizer, weights = part.quantizer("input"), part.quantizer("weight")
        made.append(
            LinearMap(
                layer=number,
                module=name,
                arrays=prefixes.get(name),
                in_channels=part.in_channels,
                out_channels=part.out_channels,
                aggregation="none" if not first_map else "before" if sums_first else "after",
                own_row="none" if owner is None else owner.own_row,
                weighted=owner is not None and owner.aggregation == "gcn",
                heads=0 if owner is None else owner.heads,
                weight_bits=_bits(weights, part.in_channels, part.out_channels),
                aggregated_bits=_aggregated_bits(owner, part, num_nodes, given_bits if sums else FULL_PRECISION_BITS),
                input_bits=None if quantizer is not None else given_bits if reads else FULL_PRECISION_BITS,
                reads_dataset=reads,
                sums_dataset=sums,
                node_steps=isinstance(quantizer, LearnedQuantizer)
                and not (isinstance(quantizer, Quantizer) and quantizer.granularity != "row"),
            )
        )
    return made


def _aggregated_bits(owner: ConvLayer | None, part: LinearLayer, rows: int, without: int) -> int:
    """Bits of what a layer sums: XW, or the layer's input where it sums before the map; ``without`` a quantizer."""
    sender, role = (owner, "input") if owner is not None and owner.aggregates_first else (part, "output")
    if sender.roles[role].kind != "combination":
        return FULL_PRECISION_BITS
    return _bits(sender.quantizer(role), rows, sender.roles[role].dim, without)


def _bits(quantizer: FakeQuantizer | None, rows: int, columns: int, without: int = FULL_PRECISION_BITS) -> int:
    """The one bitwidth that a quantizer has for all of [rows, columns], whatever the values; ``without`` one else."""
    if quantizer is None:
        return without
    # Its size is looked at, its values are not: one zero seen from everywhere takes no memory.
    return int(quantizer.row_bits(torch.zeros(1, 1).expand(rows, columns)).max())
