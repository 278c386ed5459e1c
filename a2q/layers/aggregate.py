"""Aggregation of features as they are, shared by the layers that aggregate before they combine."""

from typing import ClassVar

from torch import Tensor

from a2q.layers.conv import ConvLayer
from a2q.layers.roles import TensorRole
from a2q.sparse.edges import Edges
from a2q.sparse.matrix import SparseMatrix


class AggregatingLayer(ConvLayer):
    """A layer that sums or averages its neighbours' features before any linear map.

    For A²Q the features are quantized per column before the sum, which then is one of integers.

    Args:
        in_channels: columns of the features.
        mean: average instead of sum.
    """

    aggregates_first: ClassVar[bool] = True

    def __init__(self, in_channels: int, mean: bool) -> None:
        super().__init__()
        self.in_channels, self.mean = in_channels, mean
        self.roles = {
            "input": TensorRole("combination", in_channels),
            "messages": TensorRole("messages", in_channels, rows="edges"),
            "aggregation": TensorRole("aggregation", in_channels),
        }

    def mark_raw(self) -> None:
        """Say that the input comes from the dataset itself."""
        self.roles["input"] = self.roles["input"].as_raw()

    def _neighbours(
        self, x: Tensor | SparseMatrix, edges: Edges, protected: Tensor | None
    ) -> tuple[Tensor | SparseMatrix, Tensor]:
        """The features after their quantizer, and their sum or mean over incoming edges."""
        constant = isinstance(x, SparseMatrix) and not self.mean
        if isinstance(x, SparseMatrix) and constant and not {"input", "messages"} & set(self.quantizers):
            self.watch("input", x)
            return x, self.passed("aggregation", edges.sum_of_constant(x), protected)
        dense = x.to_dense() if isinstance(x, SparseMatrix) else x
        dense = self.passed("input", dense, protected)
        if "messages" not in self.quantizers:
            operator = edges.mean if self.mean else edges.sum
            return dense, self.passed("aggregation", operator @ dense, protected)
        sent = None if protected is None else protected[edges.source]
        messages = dense[edges.source]
        if edges.weight is not None:
            messages = messages * edges.weight.unsqueeze(1).to(dense.dtype)
        messages = self.passed("messages", messages, sent)
        summed = messages.new_zeros(dense.shape).index_add(0, edges.target, messages)
        if self.mean:
            summed = summed / edges.in_count.clamp_min(1).unsqueeze(1)
        return dense, self.passed("aggregation", summed, protected)
