"""A set that was made of its raw files: NumPy arrays without pickles, and the SHA-256 of their file.

parts                       number of graphs of each part; nothing for one graph alone
depth                       0 for one graph, 1 for a list of graphs, 2 for a list of lists
attribute                   its values, of all graphs one after another, flattened
attribute/shapes            [graphs, dimensions]
attribute/crow, …/col       instead of shapes where it is one sparse matrix (CSR), whose [rows, columns] are …/size
attribute/counts            instead of both, whole numbers that are no tensors, [graphs]
"""

import hashlib
import warnings
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

# PyTorch Geometric is untyped to mypy here.
MadeSet: TypeAlias = Data | list[Data] | list[list[Data]]  # type: ignore[valid-type, unused-ignore]
"""One graph, its graphs, or the graphs of its parts."""

_ARRAYS, _DIGEST = "set.npz", "set.sha256"


def write_set(made: MadeSet, folder: Path) -> None:
    """Write a set into its folder.

    Raises:
        TypeError: its graphs hold different attributes, or one that is neither a tensor nor a whole number.
    """
    parts: list[list[Any]] = [[made]]
    depth = 0
    if isinstance(made, list):
        depth = 2 if made and isinstance(made[0], list) else 1
        parts = made if depth == 2 else [made]
    graphs = [graph.to_dict() for graph in chain.from_iterable(parts)]
    if any(graph.keys() != graphs[0].keys() for graph in graphs):
        raise TypeError("The graphs of a set hold different attributes.")
    arrays = {"parts": np.array([len(part) for part in parts]), "depth": np.array(depth)}
    for name in graphs[0]:
        arrays |= _packed(name, [graph[name] for graph in graphs])
    file = folder / _ARRAYS
    np.savez(file, allow_pickle=False, **arrays)
    (folder / _DIGEST).write_text(_sha256(file), encoding="utf-8")


def read_set(folder: Path) -> Any:
    """Read the set that was written into a folder, a :data:`MadeSet`.

    Raises:
        ValueError: the file is not the one that was written.
        OSError: there is none.
    """
    file = folder / _ARRAYS
    if _sha256(file) != (folder / _DIGEST).read_text(encoding="utf-8"):
        raise ValueError(f"{file} was changed since it was written.")
    with np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    counts, depth = arrays.pop("parts"), int(arrays.pop("depth"))
    names = [name for name in arrays if "/" not in name]
    columns = [_unpacked(name, arrays) for name in names]
    graphs = [Data.from_dict(dict(zip(names, values, strict=True))) for values in zip(*columns, strict=True)]
    parts = [graphs[start:end] for start, end in pairwise([0, *np.cumsum(counts).tolist()])]
    if depth == 0:
        return graphs[0]
    return parts[0] if depth == 1 else parts


def _packed(name: str, values: list[Any]) -> dict[str, np.ndarray]:
    if all(isinstance(value, int) for value in values):
        return {name: np.array(values), f"{name}/counts": np.array(len(values))}
    if not all(isinstance(value, Tensor) for value in values):
        raise TypeError(f"The attribute {name} of a graph is neither a tensor nor a whole number.")
    if values[0].layout == torch.sparse_csr:
        (matrix,) = values
        return {
            name: matrix.values().numpy(),
            f"{name}/crow": matrix.crow_indices().numpy(),
            f"{name}/col": matrix.col_indices().numpy(),
            f"{name}/size": np.array(matrix.shape),
        }
    flat = np.concatenate([value.numpy().ravel() for value in values])
    return {name: flat, f"{name}/shapes": np.array([value.shape for value in values], dtype=np.int64)}


def _unpacked(name: str, arrays: dict[str, np.ndarray]) -> list[Any]:
    values = arrays[name]
    if f"{name}/counts" in arrays:
        return list(values.tolist())
    tensor = torch.from_numpy(values)
    if f"{name}/crow" in arrays:
        crow, col = (torch.from_numpy(arrays[f"{name}/{part}"]) for part in ("crow", "col"))
        with warnings.catch_warnings():
            # torch calls its CSR layout "beta"; the product with a dense matrix, all that is used, is settled.
            warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")
            size = arrays[f"{name}/size"].tolist()
            return [torch.sparse_csr_tensor(crow, col, tensor, size=size, check_invariants=True)]
    shapes = arrays[f"{name}/shapes"]
    ends = [0, *np.cumsum(shapes.prod(axis=1)).tolist()]
    return [tensor[start:end].view(shape) for (start, end), shape in zip(pairwise(ends), shapes.tolist(), strict=True)]


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
