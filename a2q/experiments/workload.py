"""From a finished run to what an accelerator has to do for it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from a2q.accelerator.adjacency import Adjacency
from a2q.accelerator.errors import AcceleratorError
from a2q.accelerator.layers import Layer
from a2q.experiments.earlier_runs import ReadArray, reconstructed
from a2q.experiments.store.run import Run
from a2q.experiments.store.schema import State
from a2q.reports.layer_labels import label
from a2q.reports.network_record import INPUT_NONZEROS, WORKLOAD, LinearMap, NetworkRecord
from a2q.reports.tensors import EDGES

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


def workload(run: Run, array: ReadArray) -> Workload:
    """What one inference of a finished run takes: its bits, its graph, and how many of its values are zero.

    All is read from what the run recorded; no dataset is loaded. Of a run that was recorded before runs kept all of
    it, the missing parts come from the dataset where that is on this machine, else from its other records; how many
    of the dataset's values are zero is then not known. Nothing is downloaded.

    Graph-level runs are taken as one batch of the test graphs that were measured. An embedding before the
    convolutions and the readout after the pooling are left out: the run keeps no bits of theirs.

    Args:
        run: the finished run.
        array: reads its arrays by name, as :meth:`Bundle.array` does.

    Raises:
        AcceleratorError: the run has not finished, or lacks an array that it should have.
        DatasetError: a run recorded before keeps too little, and its dataset is not on this machine.
    """
    if run.state != State.FINISHED:
        raise AcceleratorError(f"Run {run.id} is {run.state}; only finished runs have bits to simulate.")
    recorded = (run.summary or {}).get("network")
    if recorded is None:
        network, array = reconstructed(run, array)
    else:
        network = TypeAdapter(NetworkRecord).validate_python(recorded)
    nodes = len(_needed(run, array, "in_degree"))
    graph = Adjacency.from_edges(_needed(run, array, EDGES), nodes)
    given = _counts(array(INPUT_NONZEROS))
    layers = [_layer(run, linear, network, array, given, nodes) for linear in network.maps if linear.layer is not None]
    left_out = [label(linear.module) for linear in network.maps if linear.layer is None]
    left_out += [] if network.types is None else ["Embedding"]
    note = "" if network.input == "types" or given is not None else _WITHOUT_DATASET
    return Workload(graph, layers, run.title, tuple(left_out), note)


def _layer(
    run: Run, linear: LinearMap, network: NetworkRecord, array: ReadArray, given: np.ndarray | None, nodes: int
) -> Layer:
    """One linear map as the simulator takes it."""
    bits = np.full(nodes, linear.input_bits) if linear.input_bits else _needed(run, array, f"{linear.arrays}/bits")
    return Layer(
        label(linear.module),
        linear.in_channels,
        linear.out_channels,
        bits.astype(np.int64),
        aggregation=linear.aggregation,
        nonzeros=given if linear.reads_dataset else _counts(array(f"{WORKLOAD}{linear.arrays}/nonzeros")),
        aggregated_nonzeros=given if linear.sums_dataset else None,
        own_row=linear.own_row,
        weighted=linear.weighted,
        heads=linear.heads,
        weight_bits=linear.weight_bits,
        aggregated_bits=linear.aggregated_bits,
        values="hidden" if not linear.reads_dataset or network.input == "types" else network.input,
        kept=linear.reads_dataset and linear.input_bits is not None,
        node_steps=linear.node_steps,
    )


def _counts(values: np.ndarray | None) -> np.ndarray | None:
    """Stored counts in the width that the simulator's products need."""
    return None if values is None else values.astype(np.int64)


def _needed(run: Run, array: ReadArray, name: str) -> np.ndarray[Any, Any]:
    found = array(name)
    if found is None:
        raise AcceleratorError(f"Run {run.id} lacks its array {name}; train it again with the same settings.")
    return found
