"""Graph convolution of Kipf and Welling, quantizable."""

from typing import Any, ClassVar, Literal, Self

import torch
from torch import Tensor, nn

from a2q.layers.conv import Aggregation, ConvLayer, StackSettings
from a2q.layers.from_pyg import linear_from_pyg, require_sum
from a2q.layers.linear import LinearLayer
from a2q.layers.roles import TensorRole
from a2q.sparse.edges import Edges
from a2q.sparse.entries import SparseEntries
from a2q.sparse.matrix import SparseMatrix


class GCNLayer(ConvLayer):
    """Combination, then aggregation: ``Â Q_c(Q_r(X) Q_w(W)) + b`` with ``Â = D^-1/2 (A + I) D^-1/2``.

    For A²Q ``Q_r`` quantizes each node's features (learned bits), ``Q_w`` each output channel of the weights
    and ``Q_c`` each column of XW; per column, because a step size per row could not be pulled out of the sum
    over neighbours. Degree-Quant also quantizes coefficients, messages, sums and the output. The bias is
    added after aggregation, as PyG's ``GCNConv`` does, so FP32 and quantized networks are the same network.

    Args:
        in_channels, out_channels: columns of X and of XW.
        bias: whether b exists.
        bias_inside: whether b is added to XW instead, before that is quantized, as the paper's code does.
        self_loops, improved, normalize: the operator's form, as in ``GCNConv``.

    Shapes: x [num_nodes, in_channels]; result [num_nodes, out_channels].

    Source: Kipf and Welling (ICLR 2017); paper section 3.1.
    """

    model: ClassVar[str] = "gcn"
    title: ClassVar[str] = "GCN"
    description: ClassVar[str] = "sum of neighbours scaled by degrees"
    model_settings: ClassVar[tuple[str, ...]] = ("self_loops",)
    aggregation: ClassVar[Aggregation] = "gcn"
    aggregates_first: ClassVar[bool] = False
    own: ClassVar[Literal["loop", "extra", "none"]] = "loop"
    aggregated = "output"

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        bias: bool = True,
        self_loops: bool = True,
        improved: bool = False,
        normalize: bool = True,
        bias_inside: bool = False,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.lin = LinearLayer(in_channels, out_channels, bias=bias and bias_inside, output="combination")
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias and not bias_inside else None
        self.operator = (self_loops, improved, normalize)
        self.roles = {
            "norm": TensorRole("norm", 1, rows="edges"),
            "messages": TensorRole("messages", out_channels, rows="edges"),
            "aggregation": TensorRole("aggregation", out_channels),
            "output": TensorRole("output", out_channels),
        }

    @classmethod
    def pyg_class(cls) -> type[nn.Module]:
        """``GCNConv``."""
        from torch_geometric.nn import GCNConv

        return GCNConv  # type: ignore[no-any-return]

    @classmethod
    def from_pyg(cls, module: Any, name: str) -> Self:
        """The layer around a ``GCNConv``'s parameters."""
        require_sum(module, name)
        lin = linear_from_pyg(module.lin, f"{name}.lin", "combination")
        layer = cls(
            lin.in_channels,
            lin.out_channels,
            bias=module.bias is not None,
            self_loops=module.add_self_loops,
            improved=module.improved,
            normalize=module.normalize,
        )
        layer.lin, layer.bias = lin, module.bias
        return layer

    @classmethod
    def stacked(cls, features: int, outputs: int | None, last: bool, config: StackSettings) -> tuple[Self, int]:
        """A layer of the hidden width, or of the outputs'."""
        width = config.hidden if outputs is None else outputs
        inside = config.biases == "paper-code"
        return cls(features, width, self_loops=config.self_loops, bias_inside=inside), width

    @property
    def own_row(self) -> Literal["loop", "extra", "none"]:
        """Among the neighbours, where there are self-loops."""
        return "loop" if self.operator[0] else "none"

    @property
    def reads_entries(self) -> bool:
        """Whether the linear map does."""
        return self.lin.reads_entries

    def forward(
        self, x: Tensor | SparseMatrix | SparseEntries, edge_index: Edges | Tensor, edge_weight: Tensor | None = None
    ) -> Tensor:
        """Features after the layer, [num_nodes, out_channels]."""
        edges = self._edges(x, edge_index, edge_weight)
        protected = self._protected(edges)
        summed = self._aggregate(self.lin(x, protected), edges, protected)
        if self.bias is not None:
            summed = summed + self.bias
        return self.passed("output", summed, protected)

    def mark_raw(self) -> None:
        """Say that the input comes from the dataset itself."""
        self.lin.mark_raw()

    def _aggregate(self, combined: Tensor, edges: Edges, protected: Tensor | None) -> Tensor:
        if "messages" not in self.quantizers:
            return self.passed("aggregation", edges.convolution(*self.operator) @ combined, protected)
        source, target, weight = edges.normalised(*self.operator)
        weight = self.passed("norm", weight.unsqueeze(1).to(combined.dtype))
        sent = None if protected is None else protected[source]
        messages = self.passed("messages", weight * combined[source], sent)
        summed = messages.new_zeros(combined.shape).index_add(0, target, messages)
        return self.passed("aggregation", summed, protected)
