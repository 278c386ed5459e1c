"""What a trained model does to each node: aggregation values, bits and quantization error."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from a2q.layers import QuantizedLayer, quantized_layers, watching
from a2q.quantizers import FakeQuantizer
from a2q.reports.layer_labels import input_prefixes, layer_numbers
from a2q.reports.quantized_input import TINY
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks import Batch, GraphTask, NodeTask, Task, forward

# Of a graph-level task so many nodes are measured; more would only make pages slower.
MOST_NODES = 100_000

NodeArrays = dict[str, np.ndarray]


def measured(task: Task) -> list[Batch]:
    """What is measured of a task: the whole graph, or test graphs up to 100,000 nodes (at least one batch)."""
    if isinstance(task, NodeTask):
        return [task.whole]
    assert isinstance(task, GraphTask)  # There are two kinds of task.
    chosen, nodes = [], 0
    for batch in task.part("test"):
        chosen.append(batch)
        nodes += batch.edges.num_nodes
        if nodes >= MOST_NODES:
            break
    return chosen


@torch.no_grad()
def measure_nodes(model: nn.Module, task: Task) -> NodeArrays:
    """Per-node arrays of a model, dropout off, each [num_nodes]; of a graph-level task, of its test graphs.

    For every convolution k (counted from 1): ``layer{k}/aggregation`` and ``layer{k}/aggregation_fp32``, the
    mean absolute sum over neighbours, with quantizers on and, where there are any, off. For every convolution
    whose linear map has a quantized input: ``layer{k}/bits`` (effective), ``layer{k}/step``,
    ``layer{k}/magnitude`` (mean |x|), ``layer{k}/error`` (mean |x_q - x|), ``layer{k}/relative_error`` (error
    over magnitude), ``layer{k}/clipped`` (share of values beyond the clipping range); of several maps the
    first, further ones as ``layer{k}-map{j}/…``. ``aggregates_first`` is 1 where layer k's own sum is what its
    map reads (GIN, GraphSAGE), 0 where it is that of layer k-1. Besides: ``prediction``, where there are quantizers
    ``prediction_fp32`` (the same weights with them off), ``label``, ``in_degree`` and, at graph level, ``graph``.

    Source: paper figure 1 (aggregation value); the rest is ours.
    """
    model.eval()
    parts = [_measure(model, batch) for batch in measured(task)]
    arrays = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
    if isinstance(task, NodeTask):
        arrays["label"] = task.graph.labels
    layers = quantized_layers(model).values()
    first = any(layer.aggregated in ("sum", "aggregation") for layer in layers)
    return {
        **{name: _compact(values) for name, values in arrays.items()},
        "aggregates_first": np.array([int(first)], dtype=np.uint8),
    }


def _measure(model: nn.Module, batch: Batch) -> dict[str, Tensor]:
    layers = quantized_layers(model)
    prefixes, numbers = input_prefixes(model), layer_numbers(model)
    arrays: dict[str, Tensor] = {}
    exact = False

    def watch(name: str, role: str, values: Tensor | SparseMatrix) -> None:
        layer = layers[name]
        if role == layer.aggregated and isinstance(values, Tensor):
            suffix = "_fp32" if exact else ""
            arrays[f"layer{numbers[name]}/aggregation{suffix}"] = values.abs().mean(1)
        quantizer = input_quantizer(layer, role)
        if quantizer is not None and name in prefixes and isinstance(values, Tensor):
            arrays.update({f"{prefixes[name]}/{what}": array for what, array in _errors(quantizer, values).items()})

    with watching(model, watch):
        predictions = {"prediction": _predicted(forward(model, batch))}
        if any(isinstance(module, FakeQuantizer) for module in model.modules()):
            exact = True
            with full_precision(model):
                predictions["prediction_fp32"] = _predicted(forward(model, batch))
    arrays |= {"in_degree": batch.edges.in_degree} | predictions
    if batch.graph_of_node is not None:
        of_node = batch.graph_of_node
        arrays |= {name: values[of_node] for name, values in predictions.items()}
        arrays |= {
            "label": batch.labels[of_node],
            "graph": batch.items[of_node],
        }
    return arrays


def input_quantizer(layer: QuantizedLayer, role: str) -> FakeQuantizer | None:
    """What quantizes the features that enter the layer's linear map; None at other roles, and where it is off."""
    quantizer = layer.quantizer(role)
    return quantizer if layer.roles[role].kind == "features" and quantizer is not None and quantizer.enabled else None


def _predicted(output: Tensor) -> Tensor:
    return output.argmax(1) if output.shape[1] > 1 else output.squeeze(1)


@contextmanager
def full_precision(model: nn.Module) -> Iterator[None]:
    """Switch every quantizer of a model off for a while: the same weights, in FP32."""
    quantizers = [module for module in model.modules() if isinstance(module, FakeQuantizer) and module.enabled]
    for quantizer in quantizers:
        quantizer.enabled = False
    try:
        yield
    finally:
        for quantizer in quantizers:
            quantizer.enabled = True


def run_over(model: nn.Module, batches: Sequence[Batch]) -> None:
    """One forward pass over each batch."""
    for batch in batches:
        forward(model, batch)


def _errors(quantizer: FakeQuantizer, values: Tensor) -> dict[str, Tensor]:
    error = (quantizer(values) - values).abs().mean(1)
    magnitude = values.abs().mean(1)
    return {
        "bits": quantizer.row_bits(values),
        "step": quantizer.row_steps(values),
        "magnitude": magnitude,
        "error": error,
        "relative_error": error / magnitude.clamp_min(TINY),
        "clipped": quantizer.clipped(values).float().mean(1),
    }


def _compact(values: Tensor) -> np.ndarray:
    """float32 for measurements, a small whole-number type for counts and classes."""
    array = values.detach().cpu().numpy()
    if array.dtype.kind == "f":
        return array.astype(np.float32)
    return array.astype(np.result_type(np.min_scalar_type(array.min()), np.min_scalar_type(array.max())))
