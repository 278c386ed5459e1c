"""The networks of every task: convolutions, what stands between them, and a readout for whole graphs."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from a2q.layers import LAYERS, ConvLayer, LinearLayer
from a2q.models.config import ModelConfig
from a2q.models.convolutions import convolutions
from a2q.sparse.edges import Edges
from a2q.sparse.entries import SparseEntries
from a2q.sparse.matrix import SparseMatrix


class SeededDropout(nn.Module):
    """Drops each value with probability ``rate`` in training and scales the rest by ``1 / (1 - rate)``.

    Unlike torch's, it draws from the run's own generator, so a resumed run goes on as if never stopped.
    """

    def __init__(self, rate: float, generator: torch.Generator) -> None:
        super().__init__()
        self.rate, self._generator = rate, generator

    def forward(self, x: Tensor) -> Tensor:
        """Values of the shape of ``x``."""
        if not self.training or self.rate == 0:
            return x
        keep = 1 - self.rate
        return x * torch.rand(x.shape, generator=self._generator, device=x.device).lt_(keep).div_(keep)

    def extra_repr(self) -> str:
        return f"{self.rate}"


def pool(kind: Literal["mean", "sum", "max"], x: Tensor, graph_of_node: Tensor, num_graphs: int) -> Tensor:
    """One row per graph from its nodes' rows, [num_graphs, dim].

    Args:
        kind: mean, sum or maximum over the nodes.
        x: features, [num_nodes, dim].
        graph_of_node: number of each node's graph, [num_nodes].
        num_graphs: number of graphs; one without nodes becomes 0.
    """
    pooled = x.new_zeros(num_graphs, x.shape[1])
    if kind == "max":
        index = graph_of_node.unsqueeze(1).expand_as(x)
        return pooled.scatter_reduce(0, index, x, "amax", include_self=False)
    pooled = pooled.index_add(0, graph_of_node, x)
    if kind == "mean":
        pooled = pooled / torch.bincount(graph_of_node, minlength=num_graphs).clamp_min(1).unsqueeze(1)
    return pooled


@dataclass(frozen=True)
class Shape:
    """What a network reads and gives.

    Attributes:
        features: columns of the input.
        outputs: classes, or 1 for a regression.
        types: number of node types where the input is one type per node instead of features, else None.
        per_graph: whether there is one output per graph instead of one per node.
    """

    features: int
    outputs: int
    types: int | None = None
    per_graph: bool = False


class Network(nn.Module):
    """A graph neural network without quantizers; :func:`a2q.quantize_` adds them.

    Node level: convolutions with ReLU (and batch normalisation) and dropout between them. Graph level: an
    embedding where asked for, convolutions each followed by batch normalisation and ReLU, a residual
    connection where asked for, pooling, and a readout of two linear maps.

    Args:
        shape: columns of input and output.
        config: layers, widths, dropout.
        generator: source of all randomness, dropout included, so that one seed means one run.

    Source: Kipf and Welling (ICLR 2017), Xu et al. (ICLR 2019), Veličković et al. (ICLR 2018); arrangement at
    graph level: Dwivedi et al., Benchmarking Graph Neural Networks, as the paper's code has it.
    """

    def __init__(self, shape: Shape, config: ModelConfig, generator: torch.Generator) -> None:
        super().__init__()
        self.shape, self.residual, self.pooling = shape, config.residual, config.pooling
        width = LAYERS[config.name].hidden_width(config)
        self.embedding: nn.Module | None = None
        if shape.types is not None:
            self.embedding = nn.Embedding(shape.types, width)
        elif config.embedding:
            self.embedding = LinearLayer(shape.features, width)
        start = shape.features if self.embedding is None else width
        stack = convolutions(start, None if shape.per_graph else shape.outputs, config)
        self.convs = nn.ModuleList(layer for layer, _ in stack)
        widths = [columns for _, columns in (stack if shape.per_graph else stack[:-1])]
        self.norms = nn.ModuleList(
            nn.BatchNorm1d(columns) if config.batch_norm else nn.Identity() for columns in widths
        )
        self.dropout = SeededDropout(config.dropout, generator)
        self.input_dropout = SeededDropout(config.input_dropout, generator)
        self.readout: nn.Module | None = None
        if shape.per_graph:
            self.readout = nn.Sequential(
                LinearLayer(widths[-1], widths[-1]), nn.ReLU(), LinearLayer(widths[-1], shape.outputs)
            )
        self._initialize(generator)
        if config.biases == "paper-code":
            self._draw_biases(generator)

    def forward(
        self,
        x: Tensor | SparseMatrix,
        edges: Edges,
        graph_of_node: Tensor | None = None,
        num_graphs: int = 1,
    ) -> Tensor:
        """Class scores before softmax, or a regression's value.

        Args:
            x: input, [num_nodes, features], or node types, [num_nodes].
            edges: of the graph or batch.
            graph_of_node: number of each node's graph, [num_nodes]; for outputs per graph only.
            num_graphs: number of graphs in the batch.

        Returns:
            Tensor of [num_nodes, outputs], or [num_graphs, outputs].
        """
        hidden: Tensor | SparseMatrix | SparseEntries = self._read(x) if self.embedding is None else self.embedding(x)
        result = torch.empty(0)
        for number, conv in enumerate(self.convs):
            result = conv(hidden, edges)
            if number < len(self.norms):
                result = torch.relu(self.norms[number](result))
                if self.residual and isinstance(hidden, Tensor) and hidden.shape == result.shape:
                    result = result + hidden
                result = self.dropout(result)
            hidden = result
        if self.readout is not None and graph_of_node is not None:
            result = self.readout(pool(self.pooling, result, graph_of_node, num_graphs))
        return result

    def _read(self, x: Tensor | SparseMatrix) -> Tensor | SparseMatrix | SparseEntries:
        """The dataset's features, some of them dropped in training."""
        if not self.training or self.input_dropout.rate == 0:
            return x
        if not isinstance(x, SparseMatrix):
            dropped: Tensor = self.input_dropout(x)
            return dropped
        first = self.convs[0]
        if isinstance(first, ConvLayer) and first.reads_entries:
            return SparseEntries(x.entries.pattern, self.input_dropout(x.values), graded=False)
        dense: Tensor = self.input_dropout(x.to_dense())
        return dense

    def _initialize(self, generator: torch.Generator) -> None:
        """Glorot weights from the given source of randomness; biases start at 0."""
        for parameter in self.parameters():
            if parameter.dim() >= 2:
                nn.init.xavier_uniform_(parameter, generator=generator)
        for layer in self.convs:
            if isinstance(layer, ConvLayer):
                layer.draw_from(generator)

    @torch.no_grad()
    def _draw_biases(self, generator: torch.Generator) -> None:
        """Biases of linear maps as ``torch.nn.Linear`` starts them, uniform between ±1/√(columns of its input)."""
        for module in self.modules():
            if isinstance(module, LinearLayer) and module.bias is not None:
                bound = module.in_channels**-0.5
                module.bias.uniform_(-bound, bound, generator=generator)
