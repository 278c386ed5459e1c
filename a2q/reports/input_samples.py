"""Layer inputs of a sample of nodes, small enough to be kept at many epochs of a run."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from a2q.layers import quantized_layers, watching
from a2q.reports.layer_labels import input_prefixes
from a2q.reports.measurements import NodeArrays, input_quantizer
from a2q.reports.node_table import DEGREE_GROUPS, degree_groups
from a2q.reports.quantized_input import QuantizedInput
from a2q.reports.tensors import PREFIX, learned_parts
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks import NodeTask, forward

SAMPLE = f"{PREFIX}sample/"
"""Names of the arrays of a sample start so; ``tensor/sample/layer2/values`` is of the input of layer 2."""
MOST_SAMPLED = 64_000
"""So many values of a layer's input are kept at each epoch: all nodes of Cora at 16 dimensions, 1,000 nodes at 64.
Half precision, compressed, at 32 epochs: 3 MB for Cora, some 4 MB a layer at most."""

PARTS = ("nodes", "values", "quantized", "clipped", "step")
"""What is kept of each, as the last part of its name."""
LEARNED_PARTS = ("signed", "learned_bits")
"""What is kept besides of learned quantizers."""


def sampled_nodes(in_degree: np.ndarray, most: int) -> np.ndarray:
    """Up to ``most`` nodes, rising, with every group of in-degrees as fully there as the others allow.

    Small groups (the hubs) are taken whole; what is left is shared out evenly, and within a group nodes are taken at
    even distances of their numbers, so that the same graph always gives the same sample.

    Args:
        in_degree: of each node, [num_nodes].
        most: how many nodes to take.
    """
    groups = degree_groups(in_degree).codes
    members = [np.flatnonzero(groups == number) for number in range(len(DEGREE_GROUPS))]
    members = sorted((nodes for nodes in members if len(nodes)), key=len)
    taken: list[np.ndarray] = []
    left = most
    for number, nodes in enumerate(members):
        share = min(len(nodes), left // (len(members) - number))
        taken.append(nodes[np.linspace(0, len(nodes) - 1, share).round().astype(np.int64)])
        left -= share
    return np.sort(np.concatenate(taken)) if taken else np.zeros(0, dtype=np.int64)


@torch.no_grad()
def measure_samples(model: nn.Module, task: NodeTask) -> NodeArrays:
    """Every quantized layer input of a sample of nodes, dropout off, at the weights the model has now.

    ``tensor/sample/layer{k}/nodes`` (int32 [rows]: which nodes), ``…/values`` and ``…/quantized`` (x and x_q,
    [rows, dim], float16, or float32 where float16 does not reach that far) and ``…/clipped`` (uint8 [rows, dim]:
    whether x lies beyond its node's clipping range) and ``…/step`` (float32 [rows]), with at most 64,000 values a
    layer; of learned quantizers besides ``…/signed`` and ``…/learned_bits`` (float16), as :func:`learned_parts` has
    them. Further maps of a layer as ``tensor/sample/layer{k}-map{j}/…``.
    """
    model.eval()
    layers, prefixes = quantized_layers(model), input_prefixes(model)
    in_degree = task.whole.edges.in_degree.cpu().numpy()
    arrays: NodeArrays = {}

    def watch(name: str, role: str, values: Tensor | SparseMatrix) -> None:
        quantizer = input_quantizer(layers[name], role)
        if quantizer is None or name not in prefixes or not isinstance(values, Tensor):
            return
        nodes = sampled_nodes(in_degree, MOST_SAMPLED // max(values.shape[1], 1))
        rows = torch.from_numpy(nodes).to(values.device)
        prefix = f"{SAMPLE}{prefixes[name]}"
        arrays[f"{prefix}/nodes"] = nodes.astype(np.int32)
        arrays[f"{prefix}/values"] = _short(values[rows])
        arrays[f"{prefix}/quantized"] = _short(quantizer(values)[rows])
        arrays[f"{prefix}/clipped"] = quantizer.clipped(values)[rows].cpu().numpy().astype(np.uint8)
        arrays[f"{prefix}/step"] = quantizer.row_steps(values)[rows].float().cpu().numpy()
        for part, array in learned_parts(quantizer, len(values)).items():
            arrays[f"{prefix}/{part}"] = array[nodes].astype(np.float16) if array.dtype.kind == "f" else array[nodes]

    with watching(model, watch):
        forward(model, task.whole)
    return arrays


def stored_sample(array: Callable[[str], np.ndarray | None], layer: int) -> QuantizedInput | None:
    """The sample of a layer's input (from 1) from where arrays are kept; None where there is none.

    Args:
        array: gives the array of a name, or None.
        layer: whose input.
    """
    parts = (*PARTS, *LEARNED_PARTS)
    found = {part: held for part in parts if (held := array(f"{SAMPLE}layer{layer}/{part}")) is not None}
    if not found.keys() >= set(PARTS):
        return None
    kinds = {"nodes": np.int64, "clipped": bool, "signed": np.uint8}
    return QuantizedInput(**{part: held.astype(kinds.get(part, np.float32)) for part, held in found.items()})


def _short(values: Tensor) -> np.ndarray:
    array: np.ndarray = values.detach().float().cpu().numpy()
    if np.abs(array).max(initial=0) > np.finfo(np.float16).max:
        return array
    return array.astype(np.float16)
