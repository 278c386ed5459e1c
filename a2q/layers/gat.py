"""Graph attention convolution, quantizable."""

from typing import Any, ClassVar, Literal, Self

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from a2q.layers.conv import Aggregation, ConvLayer, StackSettings
from a2q.layers.from_pyg import linear_from_pyg, require, require_sum
from a2q.layers.linear import LinearLayer
from a2q.layers.roles import TensorRole
from a2q.sparse.edges import Edges
from a2q.sparse.entries import SparseEntries
from a2q.sparse.matrix import SparseMatrix


class GATLayer(ConvLayer):
    """Attention-weighted mean of neighbours, node i itself included: ``Σ_j α_ij Q_n(X W)_j + b`` for each head.

    ``α_i· = softmax_j LeakyReLU(Q_e(a_src · (XW)_j + a_dst · (XW)_i))``. For A²Q ``Q_n`` has one step size per
    node (a mean is no integer sum anyway), the attention vector one per head, the logits one per head; the
    softmax's result and its products with XW stay in floating point.

    Args:
        in_channels, out_channels: columns of X, and of each head's result.
        heads: number of heads.
        concat: put heads side by side; False averages them.
        negative_slope: LeakyReLU's slope below 0.
        dropout: share of attention weights dropped in training.
        self_loops: whether a node attends to itself.
        bias: whether b exists.
        bias_inside: whether XW has a bias of its own besides, before it is quantized, as in the paper's code.

    Shapes: x [num_nodes, in_channels]; result [num_nodes, heads·out_channels], or [num_nodes, out_channels].

    Source: Veličković et al. (ICLR 2018); where quantizers stand: the paper's code.
    """

    model: ClassVar[str] = "gat"
    title: ClassVar[str] = "GAT"
    description: ClassVar[str] = "attention-weighted mean"
    model_settings: ClassVar[tuple[str, ...]] = ("heads", "attention_dropout", "self_loops")
    aggregation: ClassVar[Aggregation] = "attention"
    aggregates_first: ClassVar[bool] = False
    own: ClassVar[Literal["loop", "extra", "none"]] = "loop"
    aggregated = "output"

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        heads: int = 1,
        concat: bool = True,
        negative_slope: float = 0.2,
        dropout: float = 0.0,
        self_loops: bool = True,
        bias: bool = True,
        bias_inside: bool = False,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.heads, self.concat = heads, concat
        self.negative_slope, self.dropout, self.self_loops = negative_slope, dropout, self_loops
        self.lin = LinearLayer(in_channels, heads * out_channels, bias=bias_inside, output="combination")
        self.lin.roles["output"] = TensorRole("combination", heads * out_channels, attends=True)
        self.att_src = nn.Parameter(torch.empty(1, heads, out_channels))
        self.att_dst = nn.Parameter(torch.empty(1, heads, out_channels))
        for vector in (self.att_src, self.att_dst):
            nn.init.xavier_uniform_(vector)
        width = heads * out_channels if concat else out_channels
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None
        self.roles = {
            "attention": TensorRole("attention", 2 * out_channels, rows="heads", count=heads),
            "logits": TensorRole("logits", heads, rows="edges"),
            "aggregation": TensorRole("aggregation", heads * out_channels),
            "output": TensorRole("output", width),
        }
        self.generator: torch.Generator | None = None

    @classmethod
    def pyg_class(cls) -> type[nn.Module]:
        """``GATConv``."""
        from torch_geometric.nn import GATConv

        return GATConv  # type: ignore[no-any-return]

    @classmethod
    def from_pyg(cls, module: Any, name: str) -> Self:
        """The layer around a ``GATConv``'s parameters."""
        require_sum(module, name)
        require(module.lin is not None, name, "different widths of source and target", "use one in_channels for both")
        require(module.edge_dim is None, name, "edge features (edge_dim)", "leave edge_dim out")
        require(getattr(module, "res", None) is None, name, "residual=True", "add the residual outside of the layer")
        lin = linear_from_pyg(module.lin, f"{name}.lin", "combination")
        layer = cls(
            lin.in_channels,
            module.out_channels,
            heads=module.heads,
            concat=module.concat,
            negative_slope=module.negative_slope,
            dropout=module.dropout,
            self_loops=module.add_self_loops,
            bias=module.bias is not None,
        )
        lin.roles["output"] = layer.lin.roles["output"]
        layer.lin, layer.bias = lin, module.bias
        layer.att_src, layer.att_dst = module.att_src, module.att_dst
        return layer

    @classmethod
    def stacked(cls, features: int, outputs: int | None, last: bool, config: StackSettings) -> tuple[Self, int]:
        """A layer of all heads side by side, or, at the end, of one.

        The one is as wide as all before where a readout follows, as wide as the classes else.
        """
        width = cls.hidden_width(config)
        heads, each = (1, width if outputs is None else outputs) if last else (config.heads, config.hidden)
        layer = cls(
            features,
            each,
            heads=heads,
            dropout=config.attention_dropout,
            self_loops=config.self_loops,
            bias_inside=config.biases == "paper-code",
        )
        return layer, heads * each

    @classmethod
    def hidden_width(cls, config: StackSettings) -> int:
        """Columns of all heads."""
        return config.hidden * config.heads

    @property
    def own_row(self) -> Literal["loop", "extra", "none"]:
        """Among the neighbours, where there are self-loops."""
        return "loop" if self.self_loops else "none"

    @property
    def reads_entries(self) -> bool:
        """Whether the linear map does."""
        return self.lin.reads_entries

    def draw_from(self, generator: torch.Generator) -> None:
        """Draw the dropped attention weights from it."""
        self.generator = generator

    def forward(
        self, x: Tensor | SparseMatrix | SparseEntries, edge_index: Edges | Tensor, edge_attr: Tensor | None = None
    ) -> Tensor:
        """Features after the layer, [num_nodes, heads·out_channels] or, averaged, [num_nodes, out_channels].

        Raises:
            ValueError: edge features are given, which PyG's models pass on as ``edge_attr``.
        """
        if edge_attr is not None:
            raise ValueError("edge_attr is given, but quantized attention takes no edge features; leave it out.")
        edges = self._edges(x, edge_index)
        protected = self._protected(edges)
        source, target = edges.with_self_loops if self.self_loops else (edges.source, edges.target)
        combined = self.lin(x, protected).view(-1, self.heads, self.out_channels)
        attention = self._attention(combined, source, target, protected)
        messages = combined[source] * attention.unsqueeze(2)
        summed = messages.new_zeros(combined.shape).index_add(0, target, messages).flatten(1)
        summed = self.passed("aggregation", summed, protected)
        result = summed if self.concat else summed.view(-1, self.heads, self.out_channels).mean(1)
        if self.bias is not None:
            result = result + self.bias
        return self.passed("output", result, protected)

    def mark_raw(self) -> None:
        """Say that the input comes from the dataset itself."""
        self.lin.mark_raw()

    def _attention(self, combined: Tensor, source: Tensor, target: Tensor, protected: Tensor | None) -> Tensor:
        """Attention weights of all edges, [num_edges, heads]; those that arrive at a node sum to 1."""
        vectors = self.passed("attention", torch.cat([self.att_src[0], self.att_dst[0]], dim=1))
        from_source, from_target = vectors.split(self.out_channels, dim=1)
        sent, received = (combined * from_source).sum(2), (combined * from_target).sum(2)
        quiet = None if protected is None else protected[source]
        logits = leaky_relu(self.passed("logits", sent[source] + received[target], quiet), self.negative_slope)
        index = target.unsqueeze(1).expand_as(logits)
        # A constant taken from all logits of a node leaves its softmax as it is; so no gradient needs to pass.
        highest = logits.new_full(sent.shape, -torch.inf).scatter_reduce(0, index, logits.detach(), "amax")
        exponentials = (logits - highest[target]).exp()
        sums = exponentials.new_zeros(sent.shape).index_add(0, target, exponentials)
        weights = exponentials / sums.index_select(0, target)
        if self.training and self.dropout > 0:
            keep = 1 - self.dropout
            noise = torch.empty_like(weights).bernoulli_(keep, generator=self.generator)
            weights = weights * noise.div_(keep)
        return weights
