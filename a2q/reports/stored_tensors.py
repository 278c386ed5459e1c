"""Which tensors a forward pass stores: each once, whoever reads it, and in every form that quantization gives it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils.hooks import RemovableHandle

from a2q.layers import QuantizedLayer, quantized_layers, watching
from a2q.layers.layer import readable
from a2q.quantizers import FakeQuantizer
from a2q.sparse.matrix import SparseMatrix

Values = Tensor | SparseMatrix
KINDS = ("features", "combination")
"""Kinds of tensors that are kept: edge messages, sums and logits are used up as they arise."""


class StoredTensors:
    """Tells the tensors of one forward pass apart by the memory they lie in, whatever shape they are looked at in.

    What leaves a quantizer is a further form of the tensor that entered it. A sparse matrix and the dense tensor made
    of it are one tensor.
    """

    def __init__(self) -> None:
        self._given: dict[Any, SparseMatrix | None] = {}
        self._origins: dict[Any, tuple[Any, int]] = {}
        self._tensors: set[Any] = set()
        self._forms: set[tuple[Any, int | None]] = set()

    def begin(self, inputs: Any) -> None:
        """A new forward pass on ``inputs``, which are the dataset's own."""
        for known in (self._given, self._origins, self._tensors, self._forms):
            known.clear()
        for values in _tensors(inputs):
            matrix = readable(values)
            self._given[self._key(matrix)] = matrix if isinstance(matrix, SparseMatrix) else None

    def quantized(self, quantizer: nn.Module, entered: tuple[Any, ...], left: Any) -> None:
        """A hook of quantizers: what left is what entered, in another form."""
        if isinstance(left, Tensor) and isinstance(entered[0], Tensor) and left is not entered[0]:
            self._origins[self._key(left)] = (self._origin(entered[0])[0], id(quantizer))

    def given(self, values: Values) -> bool:
        """Whether they are the dataset's own."""
        return self._origin(values)[0] in self._given

    def admit(self, values: Values, quantizer: FakeQuantizer | None) -> tuple[bool, bool]:
        """Whether this form of the tensor, and whether the tensor, is met for the first time in this pass."""
        tensor, form = self._origin(values)
        form = form if quantizer is None else id(quantizer)
        first = (tensor, form) not in self._forms, tensor not in self._tensors
        self._forms.add((tensor, form))
        self._tensors.add(tensor)
        return first

    def _origin(self, values: Values) -> tuple[Any, int | None]:
        key = self._key(values)
        return self._origins.get(key, (key, None))

    def _key(self, values: Values) -> Any:
        if isinstance(values, SparseMatrix):
            return id(values)
        for key, matrix in self._given.items():
            if matrix is not None and values is matrix.__dict__.get("_dense"):
                return key
        version = None if values.is_inference() else values._version
        # Held weakly, so that memory that is used again is not taken for the tensor that lay there before.
        return StorageWeakRef(values.untyped_storage()), values.storage_offset(), values.numel(), version


Watcher = Callable[[StoredTensors, str, str, Values], None]


@contextmanager
def storing(model: nn.Module, watch: Watcher) -> Iterator[None]:
    """Call ``watch(stored, name, role, values)`` for every tensor that a model keeps between two of its steps.

    Those are the features that enter a layer with weights, and what is about to be aggregated; ``role`` is the layer's
    name for them. Of layers that stay PyG's or torch's (``FP32Config`` in overrides) it is "features", "combination"
    or, where a layer aggregates its input before any linear map, "input".
    """
    stored = StoredTensors()
    layers = quantized_layers(model)

    def ours(name: str, role: str, values: Values) -> None:
        if layers[name].roles[role].kind in KINDS:
            watch(stored, name, role, values)

    def theirs(name: str, kind: str, values: Any) -> None:
        for tensor in _tensors(values):
            if tensor.is_floating_point() and tensor.dim() >= 2:
                watch(stored, name, kind, readable(tensor))

    handles = [model.register_forward_pre_hook(partial(_begin, stored), prepend=True, with_kwargs=True)]
    for name, module in model.named_modules():
        if isinstance(module, FakeQuantizer):
            handles.append(module.register_forward_hook(stored.quantized))
        else:
            handles += _hooks_in_fp32(module, partial(theirs, name))
    try:
        with watching(model, ours):
            yield
    finally:
        for handle in handles:
            handle.remove()


def _begin(stored: StoredTensors, _model: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
    stored.begin([*given, *named.values()])


def _hooks_in_fp32(module: nn.Module, watch: Callable[[str, Any], None]) -> list[RemovableHandle]:
    """Hooks on a layer that is none of ours."""
    from torch_geometric.nn import MessagePassing

    matrices = any(parameter.dim() >= 2 for parameter in module.parameters(recurse=False))
    if isinstance(module, QuantizedLayer | nn.Embedding) or not (isinstance(module, MessagePassing) or matrices):
        return []

    entered: list[Any] = []

    def enters(_module: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        entered[:] = _tensors(next(iter([*given, *named.values()]), None))
        if matrices:
            watch("features", entered)

    def sent(_module: nn.Module, given: tuple[Any, ...]) -> None:
        # Edges and their weights are named otherwise, and are used up as they arise.
        for tensor in _tensors(given[-1].get("x")):
            watch("input" if any(tensor is one for one in entered) else "combination", tensor)

    handles = [module.register_forward_pre_hook(enters, with_kwargs=True)]
    if isinstance(module, MessagePassing):
        handles.append(module.register_propagate_forward_pre_hook(sent))
    return handles


def _tensors(values: Any) -> list[Any]:
    """All tensors and matrices among what a module is called with, those of PyG's Data included."""
    if isinstance(values, Tensor | SparseMatrix):
        return [values]
    if isinstance(values, dict):
        values = list(values.values())
    elif hasattr(values, "to_dict"):
        return _tensors(values.to_dict())
    return [tensor for part in values for tensor in _tensors(part)] if isinstance(values, list | tuple) else []
