"""Runs recorded before runs kept what the simulator needs: the same facts, put together from their other records."""

from collections.abc import Callable

import numpy as np
import torch

from a2q.accelerator.errors import AcceleratorError
from a2q.datasets import DatasetError, is_ready
from a2q.experiments.problem import problem
from a2q.experiments.store.run import Run
from a2q.models import Network, Shape
from a2q.quantize import quantize_
from a2q.reports.network_record import (
    INPUT_NONZEROS,
    MOST_CHANNELS,
    WORKLOAD,
    InputKind,
    NetworkRecord,
    describe_network,
    input_kind,
    input_nonzeros,
)
from a2q.reports.tensors import EDGES, PREFIX, edge_array
from a2q.tasks import Task

ReadArray = Callable[[str], np.ndarray | None]
"""Gives the array that a run stored under a name, as at its end; None where there is none."""


def reconstructed(run: Run, array: ReadArray) -> tuple[NetworkRecord, ReadArray]:
    """What a run of today would have recorded of its network, and a reader of the arrays it would have stored.

    The dataset is loaded where it is on this machine. Without it the shape of a node-level network follows from the
    account in the run's summary; how many of the dataset's values are zero is then not known.

    Raises:
        AcceleratorError: the run's account does not say how large its network is.
        DatasetError: the dataset is not on this machine and the run does not keep enough.
    """
    in_degree = array("in_degree")
    if in_degree is None:
        raise AcceleratorError(f"Run {run.id} lacks its array in_degree; train it again with the same settings.")
    task = _task_at_hand(run)
    counts = None if task is None else input_nonzeros(task)
    if counts is not None and len(counts) != len(in_degree):
        # Another graph has this name by now; the run's own records are the ones to go by.
        task = counts = None
    edges = array(EDGES)
    if task is not None:
        shape, kind = task.shape, input_kind(task)
        edges = edge_array(task) if edges is None else edges
    elif edges is not None and array("graph") is None:
        shape, kind = _shape_by_account(run, len(in_degree))
    else:
        raise DatasetError(
            f"Run {run.id} was recorded before runs kept what the simulator needs, and its dataset "
            f"{run.config.dataset.name} is not on this machine; load the dataset first, or train the run again."
        )
    model = Network(shape, run.config.model, torch.Generator().manual_seed(0))
    if run.config.quantization.quantizes:
        degrees = torch.from_numpy(in_degree.astype(np.int64))
        quantize_(model, run.config.quantization, num_nodes=len(in_degree), in_degree=degrees)

    def read(name: str) -> np.ndarray | None:
        if name == EDGES:
            return edges
        if name == INPUT_NONZEROS:
            return counts
        if name.startswith(WORKLOAD):
            quantized = array(f"{PREFIX}{name.removeprefix(WORKLOAD).rpartition('/')[0]}/quantized")
            return None if quantized is None else np.count_nonzero(quantized, axis=1)
        return array(name)

    return describe_network(model, len(in_degree), kind), read


def _task_at_hand(run: Run) -> Task | None:
    """What the run was trained on, where it is on this machine: a page that is looked at downloads nothing."""
    try:
        return problem(run.config, lambda *_: None).task if is_ready(run.config.dataset) else None
    except DatasetError:
        return None


def _shape_by_account(run: Run, nodes: int) -> tuple[Shape, InputKind]:
    """Shape and kind of input of a node-level network, from the values and bits of the items of a run's account.

    An item is known by its name alone, and these names never change any more: who records a network's shape today
    does not read them.
    """
    items = {str(item["name"]): item for item in (run.summary or {}).get("items", [])}
    model = run.config.model
    last = f"Layer {model.layers}"
    try:
        if model.name in ("gcn", "gat"):
            first, outputs = items["Layer 1 input"], items[f"{last} XW"]["values"] // nodes
        else:
            first = items["Layer 1 input before aggregation"]
            maps = [item for name, item in items.items() if name.startswith(last) and name.endswith(" weights")]
            # Every map of the last layer reads hidden features.
            outputs = maps[-1]["values"] // model.hidden
    except (KeyError, IndexError) as error:
        raise _unclear(run) from error
    features = first["values"] // max(1, nodes)
    if not (1 <= features <= MOST_CHANNELS and 1 <= outputs <= MOST_CHANNELS):
        raise _unclear(run)
    return Shape(features, outputs), "binary" if first["bits"] == first["values"] else "real"


def _unclear(run: Run) -> AcceleratorError:
    return AcceleratorError(
        f"The account of run {run.id} does not say how large its network is; train it again with the same settings."
    )
