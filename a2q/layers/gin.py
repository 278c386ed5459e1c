"""Graph isomorphism convolution, quantizable."""

from typing import Any, ClassVar, Literal, Self

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedParameter

from a2q.layers.aggregate import AggregatingLayer
from a2q.layers.conv import Aggregation, StackSettings
from a2q.layers.from_pyg import require, require_sum, unknown_width
from a2q.layers.layer import readable
from a2q.layers.linear import LinearLayer
from a2q.layers.roles import TensorRole
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

    model: ClassVar[str] = "gin"
    title: ClassVar[str] = "GIN"
    description: ClassVar[str] = "plain sum, then a small network"
    model_settings: ClassVar[tuple[str, ...]] = ("linears",)
    aggregation: ClassVar[Aggregation] = "sum"
    own: ClassVar[Literal["loop", "extra", "none"]] = "extra"
    holds_layers: ClassVar[bool] = True
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
        self.roles["sum"] = TensorRole("aggregation", in_channels)

    @classmethod
    def pyg_class(cls) -> type[nn.Module]:
        """``GINConv``."""
        from torch_geometric.nn import GINConv

        return GINConv  # type: ignore[no-any-return]

    @classmethod
    def from_pyg(cls, module: Any, name: str) -> Self:
        """The layer around a ``GINConv``'s network, whose linear maps are replaced by themselves."""
        require_sum(module, name)
        inner = _first_linear(module.nn)
        require(inner is not None, name, "a network without a linear map", "give GINConv an MLP")
        assert inner is not None
        if isinstance(inner.weight, UninitializedParameter):
            raise unknown_width(f"{name}.nn")
        layer = cls(module.nn, inner.weight.shape[1], train_eps=isinstance(module.eps, nn.Parameter))
        layer.eps = module.eps
        return layer

    @classmethod
    def stacked(cls, features: int, outputs: int | None, last: bool, config: StackSettings) -> tuple[Self, int]:
        """A layer with learned ε and a network of as many linear maps as asked for."""
        width = config.hidden if outputs is None else outputs
        return cls(_mlp(features, width, config), features, train_eps=True), width

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


def _mlp(features: int, width: int, config: StackSettings) -> nn.Sequential:
    """Linear maps with (batch normalisation and) ReLU between them, none after the last."""
    parts: list[nn.Module] = []
    for _ in range(config.linears - 1):
        parts.append(LinearLayer(features, config.hidden))
        parts += [nn.BatchNorm1d(config.hidden)] if config.batch_norm else []
        parts.append(nn.ReLU())
        features = config.hidden
    return nn.Sequential(*parts, LinearLayer(features, width))


def _first_linear(network: nn.Module) -> Any:
    from torch_geometric.nn import Linear

    found = (module for module in network.modules() if isinstance(module, nn.Linear | Linear | LinearLayer))
    return next(found, None)
