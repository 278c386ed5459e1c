"""Graph isomorphism convolution, quantizable."""

import torch
from torch import Tensor, nn

from a2q.layers.aggregate import AggregatingLayer
from a2q.layers.layer import readable
from a2q.layers.linear import LinearLayer
from a2q.layers.roles import Site
from a2q.sparse.edges import Edges
from a2q.sparse.entries import SparseEntries
from a2q.sparse.matrix import SparseMatrix


class GINLayer(AggregatingLayer):
    """Aggregation, then combination: ``MLP((A + (1 + ε) I) Q_c(X))``, the MLP's linear maps quantized by themselves.

    For A²Q ``Q_c`` has one step size per column and the MLP's inputs one step size and bitwidth per node.
    The sum is not normalised, so a node's values grow with its in-degree: here bits follow in-degree best.

    Args:
        mlp: a module of linear maps, normalisations and activations.
        in_channels: columns of X.
        eps: initial ε.
        train_eps: whether ε is learned.

    Shapes: x [num_nodes, in_channels]; result as the MLP gives it.

    Source: Xu et al. (ICLR 2019); paper section 3.1.
    """

    aggregated = "sum"
    eps: Tensor

    def __init__(self, mlp: nn.Module, in_channels: int, eps: float = 0.0, train_eps: bool = False) -> None:
        super().__init__(in_channels, mean=False)
        self.nn = mlp
        start = torch.tensor([eps])
        if train_eps:
            self.eps = nn.Parameter(start)
        else:
            self.register_buffer("eps", start)
        self.sites["sum"] = Site("aggregation", in_channels)

    def forward(self, x: Tensor | SparseMatrix, edge_index: Edges | Tensor) -> Tensor:
        """Features after the layer, [num_nodes, out_channels]."""
        edges = self._edges(x, edge_index)
        x = readable(x)
        sums = edges.sparse_sums(x) if isinstance(x, SparseMatrix) and self._may_stay_sparse() else None
        if sums is not None:
            pattern, summed, own = sums
            mapped: Tensor = self.nn(SparseEntries(pattern, torch.addcmul(summed, own, 1 + self.eps)))
            return mapped
        protected = self._protected(edges)
        features, summed = self._neighbours(x, edges, protected)
        dense = features.to_dense() if isinstance(features, SparseMatrix) else features
        result: Tensor = self.nn(self.passed("sum", torch.addcmul(summed, dense, 1 + self.eps), protected))
        return result

    def _may_stay_sparse(self) -> bool:
        """Whether sums of sparse input can go on as entries: nothing here and in the first map needs them dense."""
        first = self.nn[0] if isinstance(self.nn, nn.Sequential) and len(self.nn) else None
        free = not self.quantizers and self._watcher is None and self.protection is None
        return free and isinstance(first, LinearLayer) and first.reads_entries
