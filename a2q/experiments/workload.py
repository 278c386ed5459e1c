"""From a finished run to what an accelerator has to do for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch

from a2q.accelerator.adjacency import Adjacency, Integers
from a2q.accelerator.errors import AcceleratorError
from a2q.accelerator.layers import Layer
from a2q.datasets import DatasetError
from a2q.experiments.problem import problem
from a2q.experiments.store import Run, RunStore, State
from a2q.layers import GATLayer, GCNLayer, LinearLayer, QuantizedLayer, quantized_layers
from a2q.layers.aggregate import AggregatingLayer
from a2q.layers.gin import GINLayer
from a2q.methods import Method
from a2q.models import Network, Shape
from a2q.quantize import quantize_
from a2q.reports.layer_labels import input_prefixes, label, layer_number
from a2q.reports.measurements import measured
from a2q.reports.tensors import EDGES, PREFIX, edge_array
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks import Task
from a2q.units import FULL_PRECISION_BITS

_WITHOUT_DATASET = (
    "The run's dataset is not at hand, so how many of its values are zero is not known: all count as useful, and none "
    "is skipped."
)


@dataclass(frozen=True, eq=False)
class Workload:
    """A network on a graph, ready to simulate.

    Attributes:
        graph: incoming edges of every node.
        layers: linear maps with their sums over neighbours, in order.
        title: of the run.
        left_out: maps that the network has and the simulation has not.
        note: a sentence about what is not known of the run, if anything.
    """

    graph: Adjacency
    layers: list[Layer]
    title: str
    left_out: tuple[str, ...] = ()
    note: str = ""


def workload(store: RunStore, run: Run) -> Workload:
    """What one inference of a finished run takes: its bits, its graph, and how many of its values are zero.

    Graph-level runs are taken as one batch of the test graphs that were measured. An embedding before the
    convolutions and the readout after the pooling are left out: the run keeps no bits of theirs.

    Where the dataset cannot be had (an imported run, say), a node-level run's own records stand in; how many of the
    dataset's values are zero is then not known.

    Raises:
        AcceleratorError: the run has not finished.
        DatasetError: the run's dataset cannot be had, and the run does not keep enough.

    Source: ours.
    """
    if run.state != State.FINISHED:
        raise AcceleratorError(f"Run {run.id} is {run.state}; only finished runs have bits to simulate.")
    arrays = store.arrays(run.id)
    edges = store.array(run.id, EDGES)
    in_degree = torch.from_numpy(arrays["in_degree"].astype(np.int64))
    try:
        task = problem(run.config, lambda *_: None).task
        shape, inputs = task.shape, _inputs(task)
        edges = edge_array(task) if edges is None else edges
    except DatasetError:
        if edges is None or "graph" in arrays:
            raise
        shape, inputs = _recorded(run, len(in_degree))
    graph = Adjacency.from_edges(edges, len(in_degree))
    model = Network(shape, run.config.model, torch.Generator().manual_seed(0))
    if run.config.quantization.quantizes:
        quantize_(model, run.config.quantization, num_nodes=graph.num_nodes, in_degree=in_degree)

    def nonzeros(prefix: str) -> Integers | None:
        values = store.array(run.id, f"{PREFIX}{prefix}/quantized")
        return None if values is None else np.count_nonzero(values, axis=1)

    layers = _layers(model, run.config.quantization, arrays, nonzeros, inputs)
    left_out = [label(name) for name, part in quantized_layers(model).items() if layer_number(name) is None]
    left_out += [] if model.embedding is None or isinstance(model.embedding, LinearLayer) else ["Embedding"]
    note = "" if inputs is None or inputs.nonzeros is not None else _WITHOUT_DATASET
    return Workload(graph, layers, run.title, tuple(left_out), note)


@dataclass(frozen=True, eq=False)
class _Inputs:
    """The dataset's own features: their kind, and their non-zeros, [num_nodes], where known."""

    kind: Literal["binary", "real"]
    nonzeros: Integers | None


def _recorded(run: Run, nodes: int) -> tuple[Shape, _Inputs]:
    """The network's shape and the kind of its input, from the values and bits that a run's account lists."""
    items = {item["name"]: item for item in (run.summary or {})["items"]}
    model = run.config.model
    last = f"Layer {model.layers}"
    if model.name in ("gcn", "gat"):
        first, outputs = items["Layer 1 input"], items[f"{last} XW"]["values"] // nodes
    else:
        first = items["Layer 1 input before aggregation"]
        maps = [item for name, item in items.items() if name.startswith(last) and name.endswith(" weights")]
        # Every map of the last layer reads hidden features.
        outputs = maps[-1]["values"] // model.hidden
    kind: Literal["binary", "real"] = "binary" if first["bits"] == first["values"] else "real"
    return Shape(first["values"] // nodes, outputs), _Inputs(kind, None)


def _inputs(task: Task) -> _Inputs | None:
    """The dataset's own features; None where nodes have types."""
    counts: list[Integers] = []
    binary = True
    for batch in measured(task):
        if isinstance(batch.x, SparseMatrix):
            stored, rows = batch.x.values, batch.x.entries.pattern.row
            counts.append(np.bincount(rows[stored != 0].cpu().numpy(), minlength=batch.edges.num_nodes))
        elif batch.x.dim() == 1:
            # Types of nodes, which an embedding turns into features.
            return None
        else:
            stored = batch.x
            counts.append((stored != 0).sum(1).cpu().numpy())
        binary = binary and bool(((stored == 0) | (stored == 1)).all())
    return _Inputs("binary" if binary else "real", np.concatenate(counts))


def _layers(
    model: Network, method: Method, arrays: Mapping[str, np.ndarray[Any, Any]], nonzeros: Any, inputs: _Inputs | None
) -> list[Layer]:
    weight_bits, summed_bits = method.fixed_bits
    prefixes = input_prefixes(model)
    nodes = len(arrays["in_degree"])
    owners = dict(enumerate(model.convs, start=1))
    made: list[Layer] = []
    for name, part in quantized_layers(model).items():
        number = layer_number(name)
        if not isinstance(part, LinearLayer) or number is None:
            continue
        owner = owners[number]
        first_map = not any(other.name.startswith(f"Layer {number}") for other in made)
        aggregates_first = isinstance(owner, AggregatingLayer)
        reads_dataset = number == 1 and model.embedding is None and inputs is not None
        # What the layer sums, or maps, is the dataset's own; a later map reads what the one before it made.
        summed = inputs if reads_dataset and first_map else None
        raw = inputs if reads_dataset and (not aggregates_first or name.endswith("lin_r")) else None
        bits = arrays.get(f"{prefixes[name]}/bits")
        own = "hidden" if raw is None else raw.kind
        if bits is None:
            width = 1 if own == "binary" and method.quantizes else FULL_PRECISION_BITS
            bits = np.full(nodes, width)
        counted = raw.nonzeros if raw is not None else nonzeros(prefixes[name])
        made.append(
            Layer(
                label(name),
                part.in_channels,
                part.out_channels,
                bits.astype(np.int64),
                aggregation="none" if not first_map else "before" if aggregates_first else "after",
                nonzeros=counted,
                aggregated_nonzeros=summed.nonzeros if summed and aggregates_first else None,
                own_row=_own_row(owner),
                weighted=isinstance(owner, GCNLayer),
                heads=owner.heads if isinstance(owner, GATLayer) else 0,
                weight_bits=weight_bits,
                aggregated_bits=_aggregated_bits(owner, summed_bits, summed, method),
                values=own,
                kept=raw is not None and part.quantizer("input") is None,
                node_steps=method.node_steps and part.quantizer("input") is not None,
            )
        )
    return made


def _aggregated_bits(owner: Any, summed_bits: int, inputs: _Inputs | None, method: Method) -> int:
    """Bits of what ``owner`` sums: the dataset's own where that is not quantized and summed before the map."""
    if not isinstance(owner, AggregatingLayer) or inputs is None or owner.quantizer("input") is not None:
        return summed_bits
    return 1 if inputs.kind == "binary" and method.quantizes else FULL_PRECISION_BITS


def _own_row(owner: QuantizedLayer | Any) -> Literal["loop", "extra", "none"]:
    if isinstance(owner, GINLayer):
        return "extra"
    if isinstance(owner, GCNLayer):
        return "loop" if owner.operator[0] else "none"
    return "loop" if isinstance(owner, GATLayer) and owner.self_loops else "none"
