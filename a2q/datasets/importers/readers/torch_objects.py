"""What torch.save wrote, without running anything that a file may ask to be run.

Torch's own loader for weights makes tensors, lists, dicts and plain values, and objects of classes that are named to it
alone. Those of PyG are named to it as the inert classes here, which keep what they are given: not one line of PyG runs,
and a file that names any other class or function is refused.
"""

import pickle
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.uploads import Upload, shown

CURE = "write it again with torch.save(data, file)"
_TENSORS_ONLY = "save its tensors alone, as torch.save(data.to_dict(), file) does"


class _Data:
    """What stands for a ``Data``, and for its store."""

    def __setstate__(self, state: object) -> None:
        self.state = state


class _Hetero(_Data):
    """What stands for a ``HeteroData``."""


class _Set(_Data):
    """What stands for classes that hold nothing to be read."""


_STAND_INS: dict[str, type[_Data]] = {
    "torch_geometric.data.data.Data": _Data,
    "torch_geometric.data.storage.GlobalStorage": _Data,
    "torch_geometric.data.data.DataEdgeAttr": _Set,
    "torch_geometric.data.data.DataTensorAttr": _Set,
    "torch_geometric.data.hetero_data.HeteroData": _Hetero,
    "torch_geometric.data.graph_store.EdgeAttr": _Set,
    "torch_geometric.data.feature_store.TensorAttr": _Set,
    "torch_geometric.data.storage.BaseStorage": _Set,
    "torch_geometric.data.storage.NodeStorage": _Set,
    "torch_geometric.data.storage.EdgeStorage": _Set,
}


def saved_graphs(upload: Upload) -> list[dict[str, Any]]:
    """The tensors, lists and plain values of each graph of a file, by name.

    Raises:
        DatasetError: it holds anything else, or is too large.
    """
    return _graphs(upload, _loaded(upload))


def _loaded(upload: Upload) -> Any:
    """What the file holds, with the inert classes here in place of PyG's."""
    with upload.open() as stream:
        if not zipfile.is_zipfile(stream):
            raise DatasetError(
                f"{upload.name} is no file as torch.save writes since torch 1.6, and pickles are never opened; {CURE}."
            )
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > limits.UNPACKED_BYTES:
            raise DatasetError(
                f"{upload.name} unpacks to {unpacked / limits.MIB:,.0f} MiB, and at most "
                f"{limits.UNPACKED_BYTES // limits.MIB:,} MiB are read; give a smaller graph."
            )
        stream.seek(0)
        try:
            with _only_stand_ins():
                return torch.load(stream, map_location="cpu", weights_only=True)
        except pickle.UnpicklingError as error:
            # "Unsupported global: GLOBAL os.system was not …", the only sentence of torch that names it.
            named = re.search(r"GLOBAL ([\w.]+)", str(error))
            what = f"an object of {shown(named[1])}" if named else "more than tensors"
            raise DatasetError(
                f"{upload.name} holds {what}, which could run code and is never loaded; {_TENSORS_ONLY}."
            ) from error


@contextmanager
def _only_stand_ins() -> Iterator[None]:
    """Nothing else is named to torch's loader meanwhile: importing PyG names it classes of its own."""
    known = torch.serialization.get_safe_globals()
    torch.serialization.clear_safe_globals()
    torch.serialization.add_safe_globals([(kind, name) for name, kind in _STAND_INS.items()])
    try:
        yield
    finally:
        torch.serialization.clear_safe_globals()
        torch.serialization.add_safe_globals(known)


def _graphs(upload: Upload, content: Any) -> list[dict[str, Any]]:
    """What each graph holds by name."""
    if isinstance(content, list):
        if len(content) > limits.GRAPHS:
            raise DatasetError(
                f"{upload.name} holds {len(content):,} graphs, and at most {limits.GRAPHS:,} are read; give fewer."
            )
        return [_fields(upload, one) for one in content]
    # PyG writes (data, slices), and since 2.4 (dict, slices, class).
    if isinstance(content, tuple) and len(content) in (2, 3) and isinstance(content[1], dict | type(None)):
        return _sliced(upload, _fields(upload, content[0]), content[1])
    return [_fields(upload, content)]


def _fields(upload: Upload, given: Any) -> dict[str, Any]:
    """The tensors, lists and plain values of one graph by name; what is None is left out."""
    if isinstance(given, _Hetero):
        raise DatasetError(
            f"{upload.name} holds nodes of several types (HeteroData), and graphs of one type are read; save "
            "data.to_homogeneous(), or one type."
        )
    if type(given) is _Data:
        state = getattr(given, "state", None)
        store = state.get("_store", given) if isinstance(state, dict) else None
        # Before PyG 2.0 a Data held its tensors itself.
        kept = state if store is given else getattr(store, "state", None)
        given = kept.get("_mapping", kept) if isinstance(kept, dict) else None
    if not isinstance(given, Mapping):
        raise DatasetError(
            f"{upload.name} holds {_words(given)} where a graph is due; save a Data of PyTorch Geometric, or a dict "
            "with 'edge_index'."
        )
    return {str(name): value for name, value in given.items() if value is not None}


def _sliced(upload: Upload, joined: dict[str, Any], slices: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The graphs of a PyG set, whose tensors are joined: of edge_index along its second dimension."""
    if not slices:
        return [joined]
    ends = {str(name): end.detach().numpy() for name, end in slices.items() if isinstance(end, Tensor)}
    counts = {len(end) - 1 for end in ends.values()}
    if len(counts) != 1 or not 1 <= min(counts) <= limits.GRAPHS:
        raise DatasetError(
            f"{upload.name} has slices of {len(counts):,} lengths for its graphs (at most {limits.GRAPHS:,} are read); "
            f"{CURE}."
        )
    found: list[dict[str, Any]] = [{} for _ in range(counts.pop())]
    for name, end in ends.items():
        values = joined.get(name)
        if not isinstance(values, Tensor | list):
            continue
        if isinstance(values, Tensor) and name == "edge_index":
            # Joined along its second dimension, as no other is.
            values = values.t()
        size = len(values)
        if end[0] != 0 or end[-1] != size or (np.diff(end) < 0).any():
            raise DatasetError(f"{upload.name} has slices of {shown(name)} that do not fit its {size:,} rows; {CURE}.")
        for number, of_graph in enumerate(found):
            first, last = int(end[number]), int(end[number + 1])
            piece = values[first:last]
            of_graph[name] = piece.t() if isinstance(piece, Tensor) and name == "edge_index" else piece
    return found


def _words(value: Any) -> str:
    if isinstance(value, Tensor):
        return "one tensor"
    known = {list: "a list", tuple: "a tuple", str: "text"}
    return next((words for kind, words in known.items() if isinstance(value, kind)), "a value of another kind")
