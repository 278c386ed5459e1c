"""What a trained model does to each node: aggregation values, bits and quantization error."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from a2q.graph import Graph
from a2q.models.gcn import GCN
from a2q.quantizers import Quantizer

# Keeps a node whose features are all 0 from dividing by 0; its error is 0 too.
_TINY = 1e-12

NodeArrays = dict[str, np.ndarray]


@torch.no_grad()
def measure_nodes(model: GCN, graph: Graph) -> NodeArrays:
    """Per-node arrays of a model, dropout off, each [num_nodes].

    For every layer k (counted from 1): ``layer{k}/aggregation`` and ``layer{k}/aggregation_fp32``, the mean
    absolute feature that leaves the aggregation, with quantizers on and, where there are any, off. For every
    quantized layer input: ``layer{k}/bits`` (effective), ``layer{k}/step``, ``layer{k}/magnitude`` (mean |x|),
    ``layer{k}/error`` (mean |x_q - x|), ``layer{k}/relative_error`` (error over magnitude),
    ``layer{k}/clipped`` (share of values beyond the largest code). Besides: ``prediction``, ``label`` and
    ``in_degree``.

    Source: paper figure 1 (aggregation value); the rest is ours.
    """
    model.eval()
    quantizers = model.node_quantizers()
    arrays: dict[str, Tensor] = {"label": graph.labels, "in_degree": graph.in_degree}

    def observe(what: str, layer: int, values: Tensor) -> None:
        prefix = f"layer{layer + 1}"
        if what == "aggregated":
            arrays[f"{prefix}/aggregation"] = values.abs().mean(1)
        elif layer in quantizers:
            arrays.update({f"{prefix}/{name}": array for name, array in _errors(quantizers[layer], values).items()})

    arrays["prediction"] = model(graph, observe).argmax(1)
    if quantizers:
        quantized = dict(arrays)
        with full_precision(model):
            model(
                graph,
                lambda what, layer, values: observe(what, layer, values) if what == "aggregated" else None,
            )
        exact = {f"{name}_fp32": values for name, values in arrays.items() if name.endswith("/aggregation")}
        arrays = quantized | exact
    return {name: _compact(values) for name, values in arrays.items()}


@contextmanager
def full_precision(model: nn.Module) -> Iterator[None]:
    """Switch every quantizer of a model off for a while: the same weights, in FP32."""
    quantizers = [module for module in model.modules() if isinstance(module, Quantizer) and module.enabled]
    for quantizer in quantizers:
        quantizer.enabled = False
    try:
        yield
    finally:
        for quantizer in quantizers:
            quantizer.enabled = True


def _errors(quantizer: Quantizer, values: Tensor) -> dict[str, Tensor]:
    error = (quantizer(values) - values).abs().mean(1)
    magnitude = values.abs().mean(1)
    return {
        "bits": quantizer.effective_bits,
        "step": quantizer.positive_step.flatten(),
        "magnitude": magnitude,
        "error": error,
        "relative_error": error / magnitude.clamp_min(_TINY),
        "clipped": quantizer.clipped(values).float().mean(1),
    }


def _compact(values: Tensor) -> np.ndarray:
    """float32 for measurements, the smallest whole-number type for counts."""
    array = values.detach().cpu().numpy()
    return array.astype(np.float32) if array.dtype.kind == "f" else array.astype(np.min_scalar_type(array.max()))
