"""The values that a trained model quantizes and the edges they travel along: what a run is taken apart by."""

import numpy as np
import torch
from torch import Tensor, nn

from a2q.layers import quantized_layers, watching
from a2q.quantizers import FakeQuantizer, Quantizer
from a2q.quantizers.learned import LearnedQuantizer
from a2q.reports.layer_labels import input_prefixes, layer_number
from a2q.reports.measurements import NodeArrays, input_quantizer, measured
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks import Batch, Task, forward

PREFIX = "tensor/"
"""Names of arrays that are larger than one number per node start so; they are read one at a time."""
EDGES = f"{PREFIX}edges"
MOST_VALUES = 4_000_000
"""A layer's input of more values than this is not kept: as float32 it would take 16 MB and more."""


def edge_array(task: Task) -> np.ndarray:
    """Source and target of every edge between the nodes that are measured, self-loops left out, [2, num_edges], int32.

    Nodes of a graph-level task's batches are numbered on, in the order of the node arrays.
    """
    pieces, before = [], 0
    for batch in measured(task):
        edges = batch.edges
        proper = edges.source != edges.target
        pieces.append(torch.stack([edges.source[proper], edges.target[proper]]) + before)
        before += edges.num_nodes
    return torch.cat(pieces, 1).cpu().numpy().astype(np.int32)


@torch.no_grad()
def measure_tensors(model: nn.Module, task: Task) -> NodeArrays:
    """What every quantized layer input holds, dropout off, row by row as :func:`measure_nodes` has its nodes.

    ``tensor/layer{k}/values`` and ``tensor/layer{k}/quantized``: x and x_q, float32 [num_nodes, dim], for every input
    with bits per row of at most 4,000,000 values; further maps of a layer as ``tensor/layer{k}-map{j}/…``. Of learned
    quantizers besides, [num_nodes]: ``…/signed`` (uint8, whether codes carry a sign) and, where rows have bitwidths of
    their own, ``…/learned_bits`` (float32, before rounding and bounds). ``tensor/layer{k}/sent``, float32
    [num_nodes, dim]: what convolution k sums over neighbours, after its quantizer; not of the dataset's own input.
    """
    model.eval()
    parts = [_measure(model, batch) for batch in measured(task)]
    common = set.intersection(*(set(part) for part in parts))
    return {
        name: np.concatenate([part[name] for part in parts])
        for name in sorted(common)
        if sum(part[name].size for part in parts) <= MOST_VALUES
    }


def _measure(model: nn.Module, batch: Batch) -> NodeArrays:
    layers, prefixes = quantized_layers(model), input_prefixes(model)
    arrays: NodeArrays = {}

    def watch(name: str, role: str, values: Tensor | SparseMatrix) -> None:
        tensor, sender = layers[name].roles[role], layers[name].quantizer(role)
        if not isinstance(values, Tensor) or values.numel() > MOST_VALUES:
            return
        if tensor.kind == "combination" and not tensor.raw and (number := layer_number(name)) is not None:
            arrays[f"{PREFIX}layer{number}/sent"] = _floats(values if sender is None else sender(values))
        quantizer = input_quantizer(layers[name], role)
        if quantizer is not None and name in prefixes:
            prefix = f"{PREFIX}{prefixes[name]}"
            arrays[f"{prefix}/values"] = _floats(values)
            arrays[f"{prefix}/quantized"] = _floats(quantizer(values))
            arrays.update({f"{prefix}/{what}": array for what, array in learned_parts(quantizer, len(values)).items()})

    with watching(model, watch):
        forward(model, batch)
    return arrays


def learned_parts(quantizer: FakeQuantizer, rows: int) -> NodeArrays:
    """Of a learned quantizer ``signed`` (uint8 [rows], whether codes carry a sign) and, where rows have bitwidths of
    their own, ``learned_bits`` (float32 [rows], before rounding and bounds); of another nothing.
    """
    if not isinstance(quantizer, LearnedQuantizer):
        return {}
    arrays: NodeArrays = {"signed": np.full(rows, quantizer.signed, dtype=np.uint8)}
    if isinstance(quantizer, Quantizer) and quantizer.granularity == "row" and quantizer.learn_bits:
        arrays["learned_bits"] = _floats(quantizer.bits.flatten())
    return arrays


def _floats(values: object) -> np.ndarray:
    assert isinstance(values, Tensor)  # Dense values stay dense.
    return values.detach().float().cpu().numpy()
