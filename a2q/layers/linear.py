"""A linear map whose input, weights and output can be quantized."""

import torch
from torch import Tensor, nn

from a2q.layers.layer import QuantizedLayer, readable
from a2q.layers.roles import Kind, TensorRole
from a2q.sparse.entries import SparseEntries
from a2q.sparse.matrix import SparseMatrix


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
        self.roles = {
            "input": TensorRole("features", in_channels),
            "weight": TensorRole("weight", out_channels, rows="channels"),
            "output": TensorRole(output, out_channels),
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
        """Output features, [num_nodes, out_channels]; a dense input of other dimensions keeps all but its last."""
        if isinstance(x, SparseEntries):
            result = self._entries_product(x, protected)
        elif isinstance(x, Tensor) and x.dim() != 2:
            rows = self.forward(x.reshape(-1, x.shape[-1]), protected)
            return rows.reshape(*x.shape[:-1], self.out_channels)
        else:
            x = readable(x)
            result = self._integer_product(x) if self.converted else self._product(x, protected)
        if self.bias is not None:
            result = result + self.bias
        return self.passed("output", result, protected)

    def mark_raw(self) -> None:
        """Say that the input comes from the dataset itself."""
        self.roles["input"] = self.roles["input"].as_raw()

    def check_convertible(self, name: str) -> None:
        """Whether :meth:`convert` can do its work; errors call the layer ``name``.

        Raises:
            ValueError: the weights have no quantizer, or one that has not seen them yet.
        """
        quantizer = self.quantizer("weight")
        if self.weight is None or quantizer is None or not quantizer.started:
            raise ValueError(
                f"{name} has no calibrated weight quantizer, so there are no codes to convert to; "
                "prepare the model and run it once before converting."
            )

    @torch.no_grad()
    def convert(self) -> None:
        """Keep the weights as integer codes and one step size per output channel; they can be trained no more.

        Codes are int8, or int16 where they are counted from a zero point far from 0 (Degree-Quant).

        Raises:
            ValueError: as :meth:`check_convertible`.
        """
        self.check_convertible("This linear map")
        quantizer = self.quantizer("weight")
        assert quantizer is not None and self.weight is not None  # Just checked.
        codes, step = quantizer.codes(self.weight.t())
        fits = codes.numel() == 0 or int(codes.abs().max()) <= torch.iinfo(torch.int8).max
        self.register_buffer("weight_codes", codes.to(torch.int8 if fits else torch.int16))
        self.register_buffer("weight_step", step.expand(1, self.out_channels).clone())
        self.weight = None
        self.converted = True

    def extra_repr(self) -> str:
        kept = f", {str(self.weight_codes.dtype).removeprefix('torch.')} codes, only infers" if self.converted else ""
        return f"{self.in_channels}, {self.out_channels}, bias={self.bias is not None}{kept}"

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
        quantizer = self.quantizer("input")
        self.watch("input", x)
        if quantizer is None:
            return (x @ self.weight_codes.to(self.weight_step.dtype)) * self.weight_step
        dense = x.to_dense() if isinstance(x, SparseMatrix) else x
        quantizer.meet(dense)
        codes, step = quantizer.codes(dense)
        # Whole numbers in float32: exact while sums stay below 2^24, and fast where integer products are not.
        return (codes.float() @ self.weight_codes.float()) * step * self.weight_step
