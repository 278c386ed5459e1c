"""Files of torch.save: a PyG ``Data``, several of them, the ``(data, slices)`` of a PyG set, or a dict of tensors."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

import numpy as np
import torch
from torch import Tensor

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.readers.graph_set import OneGraph, set_of, symmetric
from a2q.datasets.importers.readers.npz import Arrays, parts_of
from a2q.datasets.importers.readers.torch_objects import CURE, saved_graphs
from a2q.datasets.importers.tables import listed
from a2q.datasets.importers.uploads import Upload, reading, shown


def read_torch(upload: Upload) -> Parts:
    """Return the graph, or the set of graphs, of a file of torch.save.

    Tensors have the names that arrays of an .npz have: `edge_index` [2, edges], whose direction is that of messages;
    and where there are any `x` [nodes, features] (dense or sparse), `y` [nodes] (of a set one value a graph),
    `train_mask`, `val_mask` and `test_mask` [nodes] or [nodes, splits], and lists of text `node_names` and
    `class_names`.

    Raises:
        DatasetError: it holds anything else than these, is damaged, or too large.
    """
    with reading(upload, "a file of torch.save", CURE):
        graphs = saved_graphs(upload)
        if not graphs:
            raise DatasetError(f"{upload.name} holds no graph; {CURE}.")
        return _one(upload, graphs[0]) if len(graphs) == 1 else _several(upload, graphs)


def _one(upload: Upload, fields: dict[str, Any]) -> Parts:
    arrays, directed = _arrays(upload, fields)
    classes, labels = fields.get("class_names"), arrays.get("y")
    if _is_text(classes) and labels is not None and labels.dtype.kind == "i" and labels.ndim == 1:
        arrays.pop("class_names", None)
        if len(labels) and labels.max() < len(classes) == len(set(classes)):
            arrays["y"] = np.array([*classes, ""])[np.where(labels < 0, len(classes), labels)]
    masks = [name for name in ("train_mask", "val_mask", "test_mask") if name in arrays]
    unused: tuple[str, ...] = ()
    if len(masks) in (1, 2):
        # As of Zachary's karate club, which PyG gives a training part alone.
        unused = (f"{upload.name} has a mask for some parts only ({listed(masks)}), which is not used.",)
        for name in masks:
            del arrays[name]
    parts = parts_of(upload, arrays, directed, _number(fields))
    return replace(parts, warnings=(*parts.warnings, *unused))


def _several(upload: Upload, graphs: Sequence[dict[str, Any]]) -> Parts:
    held = []
    for fields in graphs:
        arrays, _ = _arrays(upload, fields, whole=True)
        edges, x, y = (arrays.pop(name, None) for name in ("edge_index", "x", "y"))
        held.append(OneGraph(edges, x, y, _number(fields), frozenset(arrays)))
    return set_of(upload, held)


def _number(fields: Mapping[str, Any]) -> int | None:
    """Number of nodes, where it is said."""
    given = fields.get("num_nodes")
    if isinstance(given, Tensor | list) and len(given) == 1:
        given = int(given[0])
    return given if isinstance(given, int) and 0 < given <= limits.NODES else None


def _arrays(upload: Upload, fields: dict[str, Any], whole: bool = False) -> tuple[Arrays, bool]:
    """The tensors and lists of text as arrays, sparse ones in the parts that readers of arrays know; and whether edges
    go one way only. Of edges both ways one direction is enough, except where ``whole``."""
    arrays: dict[str, np.ndarray] = {}
    for name, value in fields.items():
        if isinstance(value, Tensor) and value.layout != torch.strided and name in ("adj", "adj_t"):
            ends = _entries(upload, name, value).indices().numpy()
            # Row i of adj_t holds the sources of node i's messages.
            arrays.setdefault("edge_index", ends[::-1] if name == "adj_t" else ends)
        elif isinstance(value, Tensor) and value.layout != torch.strided:
            arrays |= _sparse(upload, name, value)
        elif isinstance(value, Tensor):
            arrays[name] = _array(upload, name, value)
        elif _is_text(value):
            arrays[name] = np.array(value)
    # A number of nodes is no array of values for them.
    arrays = {name: values for name, values in arrays.items() if values.ndim or name == "y"}
    edges = arrays.get("edge_index")
    if edges is None or edges.ndim != 2 or edges.shape[0] != 2 or edges.dtype.kind not in "iu" or whole:
        return Arrays(arrays), True
    nodes = int(edges.max(initial=-1)) + 1
    if edges.min(initial=0) < 0 or nodes > limits.NODES or not symmetric(edges, nodes):
        return Arrays(arrays), True
    arrays["edge_index"] = edges[:, edges[0] <= edges[1]]
    return Arrays(arrays), False


def _array(upload: Upload, name: str, tensor: Tensor) -> np.ndarray:
    """The values of a dense tensor.

    Raises:
        DatasetError: there are more than its file may hold, as of one value that is expanded, or of no plain kind.
    """
    if tensor.numel() * max(tensor.element_size(), 1) > limits.UNPACKED_BYTES:
        raise DatasetError(
            f"The tensor {shown(name)} of {upload.name} has the shape {list(tensor.shape)}, more than "
            f"{limits.UNPACKED_BYTES // limits.MIB:,} MiB; give a smaller graph, or a sparse tensor."
        )
    if tensor.is_quantized or tensor.is_meta or tensor.is_complex():
        raise DatasetError(f"The tensor {shown(name)} of {upload.name} holds {tensor.dtype} values; give numbers.")
    plain = tensor.detach()
    if plain.is_floating_point() and plain.dtype != torch.float64:
        # NumPy has no bfloat16 and none of eight bits.
        plain = plain.float()
    return np.ascontiguousarray(plain.resolve_neg().numpy())


def _sparse(upload: Upload, name: str, tensor: Tensor) -> dict[str, np.ndarray]:
    """A sparse matrix in the parts that readers of arrays know."""
    entries = _entries(upload, name, tensor)
    row, column = entries.indices().numpy()
    return {
        f"{name}_data": _array(upload, name, entries.values()),
        f"{name}_row": row,
        f"{name}_col": column,
        f"{name}_shape": np.array(tensor.shape),
    }


def _entries(upload: Upload, name: str, tensor: Tensor) -> Tensor:
    """The matrix as entries, each place once."""
    if tensor.dim() != 2 or tensor.layout not in (torch.sparse_coo, torch.sparse_csr, torch.sparse_csc):
        raise DatasetError(
            f"The sparse tensor {shown(name)} of {upload.name} has {tensor.dim()} dimensions or blocks; give a matrix "
            "in COO or CSR form."
        )
    entries: Tensor = tensor.detach().to_sparse_coo().coalesce()
    return entries


def _is_text(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)
