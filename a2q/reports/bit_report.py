"""Bits and memory of any prepared model on any graph."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from a2q.layers import quantized_layers, watching
from a2q.reports.accounting import Accounts, account
from a2q.sparse.matrix import SparseMatrix

if TYPE_CHECKING:
    from torch_geometric.data import Data


@dataclass(frozen=True)
class BitReport:
    """What a model spends on a graph.

    Attributes:
        accounts: both accounts, item by item.
        node_bits: effective bits of every row of each quantized layer input, int64 [rows], by module name.
    """

    accounts: Accounts
    node_bits: dict[str, Tensor]

    @property
    def average_bits(self) -> float:
        """The paper's account: mean over quantized layer inputs of their nodes' mean bits."""
        return self.accounts.average_bits

    @property
    def full_bits_per_value(self) -> float:
        """The full account: step sizes, tags, first layer and weights included."""
        return self.accounts.full_bits_per_value

    @property
    def layer_bits(self) -> dict[str, float]:
        """Mean bits of each quantized layer input, by module name."""
        return self.accounts.layer_bits

    def __str__(self) -> str:
        return (
            f"{self.average_bits:.2f} average bits ({self.accounts.compression:.1f}× compression), "
            f"{self.full_bits_per_value:.2f} bits per value with everything stored "
            f"({self.accounts.full_compression:.1f}×)"
        )


@torch.no_grad()
def bit_report(model: nn.Module, data: "Data", run: Callable[[], object] | None = None) -> BitReport:
    """Bits per node and both accounts of one forward pass, in evaluation.

    Args:
        model: prepared by :func:`a2q.quantize_`.
        data: PyG ``Data``; the model is called as ``model(data.x, data.edge_index)``.
        run: calls the model in another way, for models that read more.
    """
    layers = quantized_layers(model)
    node_bits: dict[str, Tensor] = {}

    def watch(name: str, role: str, values: Tensor | SparseMatrix) -> None:
        quantizer = layers[name].quantizer(role)
        if layers[name].roles[role].kind == "features" and quantizer is not None and isinstance(values, Tensor):
            node_bits[name] = quantizer.row_bits(values)

    training = model.training
    infer = run or (lambda: model(data.x, data.edge_index))
    accounts = account(model, infer)
    with watching(model, watch):
        infer()
    model.train(training)
    return BitReport(accounts, node_bits)
