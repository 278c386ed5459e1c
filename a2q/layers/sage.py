"""GraphSAGE convolution with mean aggregation, quantizable."""

from torch import Tensor
from torch.nn.functional import normalize

from a2q.layers.aggregate import AggregatingLayer
from a2q.layers.layer import readable
from a2q.layers.linear import LinearLayer
from a2q.layers.roles import Site
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
        self.sites["output"] = Site("output", out_channels)

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
