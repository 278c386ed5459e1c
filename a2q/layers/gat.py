"""Graph attention convolution, quantizable."""

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from a2q.layers.layer import QuantizedLayer
from a2q.layers.linear import LinearLayer
from a2q.layers.roles import Site
from a2q.sparse.edges import Edges
from a2q.sparse.entries import SparseEntries
from a2q.sparse.matrix import SparseMatrix


class GATLayer(QuantizedLayer):
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

    Shapes: x [num_nodes, in_channels]; result [num_nodes, heads·out_channels], or [num_nodes, out_channels].

    Source: Veličković et al. (ICLR 2018); where quantizers stand: the paper's code.
    """

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
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.heads, self.concat = heads, concat
        self.negative_slope, self.dropout, self.self_loops = negative_slope, dropout, self_loops
        self.lin = LinearLayer(in_channels, heads * out_channels, bias=False, output="combination")
        self.lin.sites["output"] = Site("combination", heads * out_channels, attends=True)
        self.att_src = nn.Parameter(torch.empty(1, heads, out_channels))
        self.att_dst = nn.Parameter(torch.empty(1, heads, out_channels))
        for vector in (self.att_src, self.att_dst):
            nn.init.xavier_uniform_(vector)
        width = heads * out_channels if concat else out_channels
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None
        self.sites = {
            "attention": Site("attention", 2 * out_channels, rows="heads", count=heads),
            "logits": Site("logits", heads, rows="edges"),
            "aggregation": Site("aggregation", heads * out_channels),
            "output": Site("output", width),
        }
        self.generator: torch.Generator | None = None

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
