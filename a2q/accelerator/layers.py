"""The work of one layer: a linear map, and the sum over neighbours before or after it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from a2q.accelerator.adjacency import Adjacency, Integers
from a2q.accelerator.conventions import REFERENCE_BITS, Conventions
from a2q.accelerator.errors import AcceleratorError
from a2q.units import FULL_PRECISION_BITS


@dataclass(frozen=True, eq=False)
class Layer:
    """One linear map with the aggregation that belongs to it.

    Attributes:
        name: as reports print it.
        d_in, d_out: columns of the map's input and output.
        bits: effective bits of every node's input to the map, [num_nodes], 0 to 32.
        aggregation: "after" the map (GCN, GAT), "before" it (GIN, GraphSAGE), or "none".
        nonzeros: non-zero values of every node's input to the map, [num_nodes]; None where not known.
        aggregated_nonzeros: the same of what is aggregated before the map; None where not known.
        own_row: how a node's own row joins the sum: "loop" (one self-loop, existing ones replaced), "extra" (beside
            all edges), or "none".
        weighted: whether edges have coefficients in memory (GCN).
        heads: attention heads; 0 where there is no attention.
        weight_bits: of the map's weights.
        aggregated_bits: of the values that are summed.
        values: what the map reads: "binary" (0/1) or "real" values of the dataset, or what the network computed.
        kept: whether the input stays as the dataset gives it, not quantized.
        node_steps: whether every node has a step size of its own.
    """

    name: str
    d_in: int
    d_out: int
    bits: Integers
    aggregation: Literal["after", "before", "none"] = "after"
    nonzeros: Integers | None = None
    aggregated_nonzeros: Integers | None = None
    own_row: Literal["loop", "extra", "none"] = "loop"
    weighted: bool = True
    heads: int = 0
    weight_bits: int = 4
    aggregated_bits: int = 4
    values: Literal["hidden", "binary", "real"] = "hidden"
    kept: bool = False
    node_steps: bool = True

    @property
    def width(self) -> int:
        """Columns that are summed over neighbours."""
        return self.d_in if self.aggregation == "before" else self.d_out

    @property
    def mean_bits(self) -> float:
        """Mean bits of the map's input."""
        return float(self.bits.mean())

    def arrivals(self, graph: Adjacency) -> Integers:
        """Messages each node sums, its own row included, [num_nodes], int64."""
        if self.aggregation == "none":
            return np.zeros(graph.num_nodes, dtype=np.int64)
        if self.own_row == "loop":
            return graph.arriving - graph.own + 1
        return graph.arriving + int(self.own_row == "extra")


BASELINES: dict[str, tuple[int, bool]] = {
    "FP32": (32, True),
    "uniform INT8": (8, False),
    "uniform INT4": (4, False),
    "Degree-Quant INT4": (4, True),
}
"""Networks of one bitwidth: bits, and whether the dataset's own input is quantized too."""


def uniform(layers: Sequence[Layer], bits: int, quantize_input: bool = True) -> list[Layer]:
    """The same layers as a network of one bitwidth has them: features, weights and what is summed at ``bits``.

    Args:
        layers: of any network.
        bits: for all of them.
        quantize_input: whether an input that is the dataset's own gets these bits too (Degree-Quant), or stays as
            it was (uniform quantization).
    """
    made = []
    for layer in layers:
        keeps = layer.kept and not quantize_input
        made.append(
            replace(
                layer,
                bits=layer.bits if keeps else np.full_like(layer.bits, bits),
                kept=keeps,
                weight_bits=bits,
                aggregated_bits=layer.aggregated_bits if keeps and layer.aggregation == "before" else bits,
                node_steps=False,
            )
        )
    return made


def check(graph: Adjacency, layers: Sequence[Layer]) -> None:
    """Whether these layers are of this graph.

    Raises:
        AcceleratorError: the first fault, as one sentence.
    """
    if not layers:
        raise AcceleratorError("No layer is given; give at least one.")
    for layer in layers:
        for field in ("d_in", "d_out", "weight_bits", "aggregated_bits"):
            value = getattr(layer, field)
            if value < 1:
                raise AcceleratorError(f"{layer.name}: {field} is {value}; it must be 1 or more.")
        for field in ("bits", "nonzeros", "aggregated_nonzeros"):
            values = getattr(layer, field)
            if values is not None:
                _check_nodes(layer, field, np.asarray(values), graph.num_nodes)
        _check_range(layer, "bits", layer.bits, FULL_PRECISION_BITS)
        if layer.nonzeros is not None:
            _check_range(layer, "nonzeros", layer.nonzeros, layer.d_in)
        if layer.aggregated_nonzeros is not None:
            _check_range(layer, "aggregated_nonzeros", layer.aggregated_nonzeros, layer.width)


def resolved(layers: Sequence[Layer], conventions: Conventions) -> list[Layer]:
    """The layers with the bits that the conventions give them."""
    made = []
    for position, layer in enumerate(layers):
        match conventions.first_input:
            case "learned" if layer.kept:
                following = next((other for other in layers[position + 1 :] if not other.kept), None)
                if following is not None:
                    layer = replace(layer, bits=following.bits, node_steps=following.node_steps)
            case "one-bit" if layer.values == "binary":
                layer = replace(layer, bits=np.ones_like(layer.bits), node_steps=False)
            case "reference" if layer.values != "hidden":
                layer = replace(layer, bits=np.full_like(layer.bits, REFERENCE_BITS), node_steps=False)
            case _:
                pass
        made.append(layer)
    return made


def _check_nodes(layer: Layer, field: str, values: np.ndarray[Any, Any], num_nodes: int) -> None:
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise AcceleratorError(
            f"{layer.name}: {field} is an array of {values.dtype} with shape {list(values.shape)}; "
            "it must hold one whole number per node."
        )
    if len(values) != num_nodes:
        raise AcceleratorError(
            f"{layer.name}: {field} is of {len(values):,} nodes, but the graph has {num_nodes:,}; "
            "give the values of this graph."
        )


def _check_range(layer: Layer, field: str, values: Integers, most: int) -> None:
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > most:
        raise AcceleratorError(
            f"{layer.name}: {field} holds {low if low < 0 else high}; it must be from 0 to {most:,} for every node."
        )
