"""GraphSAGE convolution with mean aggregation, quantizable."""

from typing import Any, ClassVar, Literal, Self

from torch import Tensor, nn
from torch.nn.functional import normalize

from a2q.layers.aggregate import AggregatingLayer
from a2q.layers.conv import Aggregation, StackSettings
from a2q.layers.from_pyg import linear_from_pyg, require, require_flow
from a2q.layers.layer import readable
from a2q.layers.linear import LinearLayer
from a2q.layers.roles import TensorRole
from a2q.sparse.edges import Edges
from a2q.sparse.matrix import SparseMatrix


class SAGELayer(AggregatingLayer):
    """``W_l · mean over neighbours of Q_c(X) + W_r · X``, both linear maps quantized by themselves.

    Args:
        in_channels, out_channels: columns of X and of the result.
        bias: whether W_l has a bias.
        mean: average over neighbours; False sums.
        root: whether W_r exists.
        normalize: scale each node's result to length 1.

    Shapes: x [num_nodes, in_channels]; result [num_nodes, out_channels].

    Source: Hamilton et al. (NeurIPS 2017).
    """

    model: ClassVar[str] = "sage"
    title: ClassVar[str] = "GraphSAGE"
    description: ClassVar[str] = "mean of neighbours beside the node itself"
    aggregation: ClassVar[Aggregation] = "mean"
    own: ClassVar[Literal["loop", "extra", "none"]] = "none"
    aggregated = "aggregation"

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        bias: bool = True,
        mean: bool = True,
        root: bool = True,
        normalize: bool = False,
    ) -> None:
        super().__init__(in_channels, mean)
        self.out_channels = out_channels
        self.lin_l = LinearLayer(in_channels, out_channels, bias=bias)
        self.lin_r = LinearLayer(in_channels, out_channels, bias=False) if root else None
        self.normalize = normalize
        self.roles["output"] = TensorRole("output", out_channels)

    @classmethod
    def pyg_class(cls) -> type[nn.Module]:
        """``SAGEConv``."""
        from torch_geometric.nn import SAGEConv

        return SAGEConv  # type: ignore[no-any-return]

    @classmethod
    def from_pyg(cls, module: Any, name: str) -> Self:
        """The layer around a ``SAGEConv``'s parameters."""
        require(module.aggr in ("mean", "sum", "add"), name, f"aggr={module.aggr!r}", "use 'mean' or 'sum'")
        require_flow(module, name)
        require(not module.project, name, "project=True", "put a Linear before it")
        left = linear_from_pyg(module.lin_l, f"{name}.lin_l")
        right = linear_from_pyg(module.lin_r, f"{name}.lin_r") if module.root_weight else None
        same = right is None or right.in_channels == left.in_channels
        require(same, name, "different widths of source and target", "use one in_channels for both")
        layer = cls(
            left.in_channels,
            left.out_channels,
            bias=left.bias is not None,
            mean=module.aggr == "mean",
            root=module.root_weight,
            normalize=module.normalize,
        )
        layer.lin_l, layer.lin_r = left, right
        return layer

    @classmethod
    def stacked(cls, features: int, outputs: int | None, last: bool, config: StackSettings) -> tuple[Self, int]:
        """A layer of the hidden width, or of the outputs'."""
        width = config.hidden if outputs is None else outputs
        return cls(features, width), width

    def reads_input(self, linear: LinearLayer) -> bool:
        """Whether it is W_r, the node's own."""
        return linear is self.lin_r

    def forward(self, x: Tensor | SparseMatrix, edge_index: Edges | Tensor) -> Tensor:
        """Features after the layer, [num_nodes, out_channels]."""
        edges = self._edges(x, edge_index)
        protected = self._protected(edges)
        features, gathered = self._neighbours(readable(x), edges, protected)
        result = self.lin_l(gathered, protected)
        if self.lin_r is not None:
            result = result + self.lin_r(features, protected)
        if self.normalize:
            result = normalize(result, dim=-1)
        return self.passed("output", result, protected)

    def mark_raw(self) -> None:
        """Say that the input comes from the dataset itself."""
        super().mark_raw()
        if self.lin_r is not None:
            self.lin_r.mark_raw()
