"""A linear map whose input, weights and output can be quantized."""

import torch
from torch import Tensor, nn

from a2q.entries import SparseEntries
from a2q.layers.layer import QuantizedLayer
from a2q.layers.sites import Kind, Site
from a2q.sparse import SparseMatrix


class LinearLayer(QuantizedLayer):
    """``Q_o(Q_i(X) Q_w(W)ᵀ + b)``: the one place where quantized features meet quantized weights.

    Args:
        in_channels, out_channels: columns of the input and of the output.
        bias: whether b exists.
        output: what leaves the map: "combination" where it is aggregated next, else "output".

    After :meth:`convert` the weights are whole-number codes and the product is one of integers:
    ``(X̄ W̄) ⊙ (s_X ⊗ s_W)``.

    Source: paper section 3.1 (integer product and rescale).
    """

    weight: nn.Parameter | None
    weight_codes: Tensor
    weight_step: Tensor

    def __init__(self, in_channels: int, out_channels: int, bias: bool = True, output: Kind = "output") -> None:
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        self.converted = False
        self.sites = {
            "input": Site("features", in_channels),
            "weight": Site("weight", out_channels, rows="channels"),
            "output": Site(output, out_channels),
        }
        nn.init.xavier_uniform_(self.weight)

    @classmethod
    def holding(cls, weight: nn.Parameter, bias: nn.Parameter | None, output: Kind = "output") -> "LinearLayer":
        """A layer around parameters that exist already, [out_channels, in_channels] and [out_channels]."""
        layer = cls(weight.shape[1], weight.shape[0], bias is not None, output)
        layer.weight, layer.bias = weight, bias
        return layer

    @property
    def reads_entries(self) -> bool:
        """Whether the input may come as :class:`SparseEntries`: nobody watches, and rows have own step sizes."""
        quantizer = self.quantizer("input")
        return not self.converted and self._watcher is None and (quantizer is None or quantizer.reads_entries)

    def forward(self, x: Tensor | SparseMatrix | SparseEntries, protected: Tensor | None = None) -> Tensor:
        """Output features, [num_nodes, out_channels]."""
        if isinstance(x, SparseEntries):
            result = self._entries_product(x, protected)
        else:
            result = self._integer_product(x) if self.converted else self._product(x, protected)
        if self.bias is not None:
            result = result + self.bias
        return self.passed("output", result, protected)

    def mark_raw(self) -> None:
        """Say that the input comes from the dataset itself."""
        self.sites["input"] = self.sites["input"].as_raw()

    @torch.no_grad()
    def convert(self) -> None:
        """Keep the weights as int8 codes and one step size per output channel; they can be trained no more.

        Raises:
            ValueError: the weights have no quantizer, or one that has not seen them yet.
        """
        quantizer = self.quantizer("weight")
        if self.weight is None or quantizer is None or not quantizer.started:
            raise ValueError(
                "This linear map has no calibrated weight quantizer, so there are no codes to convert to; "
                "prepare the model and run it once before converting."
            )
        codes, step = quantizer.codes(self.weight.t())
        self.register_buffer("weight_codes", codes.to(torch.int8))
        self.register_buffer("weight_step", step.expand(1, self.out_channels).clone())
        self.weight = None
        self.converted = True

    def extra_repr(self) -> str:
        return f"{self.in_channels}, {self.out_channels}, bias={self.bias is not None}"

    def _product(self, x: Tensor | SparseMatrix, protected: Tensor | None) -> Tensor:
        assert self.weight is not None  # Only conversion takes the weights away.
        if isinstance(x, SparseMatrix) and "input" in self.quantizers:
            if self.reads_entries:
                return self._entries_product(x.entries, protected)
            x = x.to_dense()
        weight = self.passed("weight", self.weight.t())
        if isinstance(x, SparseMatrix):
            self.watch("input", x)
            return x @ weight
        return self.passed("input", x, protected) @ weight

    def _entries_product(self, x: SparseEntries, protected: Tensor | None) -> Tensor:
        assert self.weight is not None and self.reads_entries  # Who gives entries has asked.
        quantizer = self.quantizer("input")
        features = x if quantizer is None else quantizer(x, protected)
        return features @ self.passed("weight", self.weight.t())

    def _integer_product(self, x: Tensor | SparseMatrix) -> Tensor:
        # Whole numbers in float32: exact while sums stay below 2^24, and fast where integer products are not.
        weight = self.weight_codes.float()
        quantizer = self.quantizer("input")
        self.watch("input", x)
        if quantizer is None:
            return (x @ weight) * self.weight_step
        codes, step = quantizer.codes(x.to_dense() if isinstance(x, SparseMatrix) else x)
        return (codes @ weight) * step * self.weight_step
