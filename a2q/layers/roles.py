"""The places in a layer where a tensor can be quantized."""

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["features", "weight", "combination", "attention", "logits", "norm", "messages", "aggregation", "output"]


@dataclass(frozen=True)
class TensorRole:
    """One tensor of a layer that passes through a quantizer, if the method puts one there.

    Attributes:
        kind: what the tensor is. "features": node features that enter a linear map; "weight"; "combination":
            what is about to be aggregated (XW, or the input of a layer that aggregates first); "attention":
            attention vector; "logits": attention scores of edges before LeakyReLU; "norm": coefficients of
            GCN's operator; "messages": one row per edge; "aggregation": sums over neighbours; "output": what
            leaves a layer.
        dim: columns of the tensor.
        rows: what its rows are: "nodes", "edges", "channels", or the "heads" of an attention vector.
        count: number of rows where the layer fixes it.
        raw: whether the values are the dataset's own input.
        attends: whether the layer weighs neighbours by attention.
    """

    kind: Kind
    dim: int
    rows: Literal["nodes", "edges", "channels", "heads"] = "nodes"
    count: int | None = None
    raw: bool = False
    attends: bool = False

    def as_raw(self) -> "TensorRole":
        """The same role fed by the dataset itself."""
        return replace(self, raw=True)
