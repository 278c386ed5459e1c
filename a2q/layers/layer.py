"""What all layers share: quantizers for their roles, and a way to watch the values there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar, Self

import torch
from torch import Tensor, nn

from a2q.layers.packed_state import pack, unpack
from a2q.layers.roles import TensorRole
from a2q.quantizers import FakeQuantizer, ProtectiveMask
from a2q.sparse.edges import Edges, as_edges
from a2q.sparse.entries import SparseEntries
from a2q.sparse.matrix import SparseMatrix, as_matrix

Values = Tensor | SparseMatrix
Watcher = Callable[["QuantizedLayer", str, Values], None]


class QuantizedLayer(nn.Module):
    """A layer whose tensors pass through quantizers, one for each of its :attr:`roles` that has one.

    Without quantizers the layer computes exactly what PyG's layer of the same kind does.

    Attributes:
        roles: every place where a quantizer can stand, by name.
        quantizers: those that do.
        protection: draws the nodes that pass in full precision (Degree-Quant), or None.
        aggregated: the role at which sums over neighbours pass, None where the layer has none.
        frozen: whether it only infers, see :meth:`freeze`.
    """

    aggregated: ClassVar[str | None] = None
    quantizers: nn.ModuleDict

    def __init__(self) -> None:
        super().__init__()
        self.roles: dict[str, TensorRole] = {}
        self.quantizers = nn.ModuleDict()
        self.protection: ProtectiveMask | None = None
        self._watcher: Watcher | None = None
        self.frozen = False

    def freeze(self) -> None:
        """Let the layer only infer: nothing of it learns or follows values any more, and its state is packed."""
        if self.frozen:
            return
        for quantizer in self.quantizers.values():
            assert isinstance(quantizer, FakeQuantizer)  # Nothing else stands at a role.
            quantizer.freeze()
        self.frozen = True
        self.requires_grad_(False).eval()
        self.register_state_dict_post_hook(pack)
        self.register_load_state_dict_pre_hook(unpack)

    def train(self, mode: bool = True) -> Self:
        """As of any module; one that only infers stays in evaluation."""
        return super().train(mode and not self.frozen)

    def quantizer(self, role: str) -> FakeQuantizer | None:
        """The quantizer for a role, None where values pass as they are."""
        found = self.quantizers._modules.get(role)
        return found if isinstance(found, FakeQuantizer) else None

    def mark_raw(self) -> None:
        """Say that the layer's input comes from the dataset itself."""
        raise NotImplementedError

    def reset_parameters(self) -> None:
        """Refused: step sizes and bits would stay those of the old weights.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("reset_parameters() is for models without quantizers; call it before quantize_.")

    def passed(self, role: str, values: Tensor, protected: Tensor | None = None) -> Tensor:
        """``values`` through the quantizer at ``role``; where there are none, nothing starts or moves it."""
        self.watch(role, values)
        quantizer = self.quantizer(role)
        return values if quantizer is None or not len(values) else quantizer(values, protected)

    def watch(self, role: str, values: Values) -> None:
        """Show ``values`` to whoever watches; for those that pass without a quantizer."""
        if self._watcher is not None:
            self._watcher(self, role, values)

    def _edges(self, x: Values | SparseEntries, edge_index: Edges | Tensor, edge_weight: Tensor | None = None) -> Edges:
        """The edges between the nodes of ``x``, [num_nodes, dim].

        Raises:
            TypeError: ``x`` is a pair.
            ValueError: ``x`` has other dimensions, or an edge names a node that does not exist.
        """
        if isinstance(x, tuple):
            raise TypeError("x is a pair of source and target nodes; quantized layers take one tensor for both.")
        if len(x.shape) != 2:
            raise ValueError(
                f"x has shape {list(x.shape)}; quantized layers take one graph, [nodes, features]: give the graphs of "
                "a batch one by one, or as one graph made by torch_geometric.data.Batch."
            )
        return as_edges(edge_index, int(x.shape[0]), edge_weight)

    def _protected(self, edges: Edges) -> Tensor | None:
        """Nodes that pass in full precision in this step, bool [num_nodes]; None for all methods but one."""
        return None if self.protection is None or not self.training else self.protection(edges.in_degree)


def readable(x: Tensor | SparseMatrix) -> Tensor | SparseMatrix:
    """Features in a form that layers read: a sparse torch tensor becomes a :class:`SparseMatrix`."""
    return as_matrix(x) if isinstance(x, Tensor) and x.layout != torch.strided else x


def quantized_layers(model: nn.Module) -> dict[str, QuantizedLayer]:
    """All layers of a model that have roles, by module name, in order of definition."""
    return {name: module for name, module in model.named_modules() if isinstance(module, QuantizedLayer)}


@contextmanager
def watching(model: nn.Module, watcher: Callable[[str, str, Values], None]) -> Iterator[None]:
    """Call ``watcher(layer name, role, values)`` for every tensor that reaches a role, before it is quantized."""
    layers = quantized_layers(model)
    names = {id(layer): name for name, layer in layers.items()}
    for layer in layers.values():
        layer._watcher = lambda layer, role, values: watcher(names[id(layer)], role, values)
    try:
        yield
    finally:
        for layer in layers.values():
            layer._watcher = None
