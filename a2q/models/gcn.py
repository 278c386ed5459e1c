"""GCN in which every matrix product can be quantized."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from a2q.config.model import ModelConfig
from a2q.config.quantization import QuantizationConfig
from a2q.graph import Graph
from a2q.quantizers import Quantizer
from a2q.sparse import SparseMatrix

Observer = Callable[[str, int, Tensor], None]


class GCNLayer(nn.Module):
    """One graph convolution, combination then aggregation: ``Â Q_c(Q_r(X) Q_w(W)) + b``.

    ``Q_r`` quantizes each node's features (learned bits), ``Q_w`` each output channel of the weights and
    ``Q_c`` each column of XW; per column, because a step size per row could not be pulled out of the sum
    over neighbours. Without quantization all three are the identity. The bias is added after aggregation,
    as PyG's ``GCNConv`` does, so FP32 and quantized networks are the same network.

    Args:
        num_nodes: rows of X.
        in_channels, out_channels: columns of X and of XW.
        quantization: settings, or None for FP32.
        quantize_input: False leaves X as it is (first layer, whose 0/1 features are 1-bit already).
        generator: source of randomness for the weights.

    Source: Kipf and Welling (ICLR 2017); paper section 3.1.
    """

    def __init__(
        self,
        num_nodes: int,
        in_channels: int,
        out_channels: int,
        quantization: QuantizationConfig | None,
        quantize_input: bool,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.weight = nn.Parameter(torch.empty(in_channels, out_channels))
        nn.init.xavier_uniform_(self.weight, generator=generator)
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.input_quantizer: Quantizer | None = None
        self.weight_quantizer: Quantizer | None = None
        self.xw_quantizer: Quantizer | None = None
        if quantization is None:
            return
        straight_through = quantization.straight_through
        if quantize_input:
            self.input_quantizer = Quantizer(
                num_nodes,
                "row",
                signed=False,
                bits=quantization.initial_bits,
                learn_bits=True,
                min_bits=quantization.min_bits,
                max_bits=quantization.max_bits,
                straight_through=straight_through,
            )
        self.weight_quantizer = Quantizer(
            out_channels,
            "column",
            signed=True,
            min_bits=2,
            bits=quantization.weight_bits,
            gradient="task",
            straight_through=straight_through,
        )
        self.xw_quantizer = Quantizer(
            out_channels,
            "column",
            signed=True,
            min_bits=2,
            bits=quantization.xw_bits,
            straight_through=straight_through,
        )

    def forward(self, x: Tensor | SparseMatrix, adjacency: SparseMatrix) -> Tensor:
        """Features after the layer, [num_nodes, out_channels]."""
        features = x if isinstance(x, SparseMatrix) else _through(self.input_quantizer, x)
        combined = features @ _through(self.weight_quantizer, self.weight)
        return adjacency @ _through(self.xw_quantizer, combined) + self.bias


def _through(quantizer: Quantizer | None, values: Tensor) -> Tensor:
    return values if quantizer is None else quantizer(values)


class GCN(nn.Module):
    """Graph convolutional network; between layers ReLU, then dropout.

    Args:
        graph: fixes the number of nodes, features and classes.
        config: layers, hidden width, dropout.
        quantization: settings, or None for FP32.
        generator: source of all randomness, dropout included, so that one seed means one run.

    Source: Kipf and Welling (ICLR 2017); paper section 3.
    """

    def __init__(
        self,
        graph: Graph,
        config: ModelConfig,
        quantization: QuantizationConfig | None,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        widths = [graph.num_features, *[config.hidden] * (config.layers - 1), graph.num_classes]
        self.layers = nn.ModuleList(
            GCNLayer(graph.num_nodes, width, following, quantization, layer > 0, generator)
            for layer, (width, following) in enumerate(pairwise(widths))
        )
        self.dropout = config.dropout
        self._generator = generator

    def forward(self, graph: Graph, observe: Observer | None = None) -> Tensor:
        """Class scores before softmax, [num_nodes, num_classes].

        ``observe(what, layer, values)`` is called with what == "input" (values entering a layer) and
        "aggregated" (values leaving it), layers counted from 0.
        """
        hidden: Tensor | None = None
        for number, layer in enumerate(self.convolutions()):
            x = graph.features if hidden is None else self._drop(torch.relu(hidden))
            if observe is not None and isinstance(x, Tensor):
                observe("input", number, x)
            hidden = layer(x, graph.adjacency)
            if observe is not None:
                observe("aggregated", number, hidden)
        assert hidden is not None  # ModelConfig allows no network without layers.
        return hidden

    def node_quantizers(self) -> dict[int, Quantizer]:
        """The quantizers that learn a bitwidth per node, by layer (counted from 0)."""
        found = {number: layer.input_quantizer for number, layer in enumerate(self.convolutions())}
        return {number: quantizer for number, quantizer in found.items() if quantizer is not None}

    def convolutions(self) -> list[GCNLayer]:
        """The layers in order, typed."""
        return [layer for layer in self.layers if isinstance(layer, GCNLayer)]

    def _drop(self, x: Tensor) -> Tensor:
        if not self.training or self.dropout == 0:
            return x
        keep = 1 - self.dropout
        return x * torch.rand(x.shape, generator=self._generator).lt_(keep).div_(keep)
