"""NumPy's .npz: each array is looked at before it is read, and none may hold Python objects."""

import math
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.parts import Adjacency, Matrix, Parts
from a2q.datasets.importers.readers.adjacency import adjacency_of
from a2q.datasets.importers.tables import listed, table_of
from a2q.datasets.importers.uploads import Upload, reading, shown
from a2q.datasets.unicode import is_unicode

_KIND, _CURE = "a NumPy .npz file", "write it again with numpy.savez"
_KINDS_READ = "biufUS"
# What the publishers of graph sets call the arrays.
_EDGES = ("edge_index", "edges", "edge_list")
_ADJACENCY = ("adjacency", "adj", "adj_matrix", "A")
_FEATURES = ("x", "features", "node_features", "node_feat", "attr", "attr_matrix", "feat", "X")
_LABELS = ("y", "labels", "node_labels", "node_label", "label")
_PARTS = {
    "train": ("train_mask", "train_masks"),
    "validation": ("val_mask", "val_masks", "valid_mask"),
    "test": ("test_mask", "test_masks"),
}
_NAMES = ("node_names",)
SPLIT = "split"
"""The column of the split; further ones are numbered."""
_GRAPH = ("graph", "batch", "graph_id", "graph_indicator")


def read_arrays(upload: Upload) -> Parts:
    """Return the graph of an .npz file.

    Its arrays: `edge_index` or `edges` ([2, edges] or [edges, 2]) or `adjacency` ([nodes, nodes], dense, or sparse in
    the parts that scipy.sparse.save_npz writes, alone or as `adj_data`, `adj_indices`, …); and where there are any
    `x` or `features` ([nodes, features], dense or sparse), `y` or `labels` ([nodes]), `train_mask`, `val_mask` and
    `test_mask` ([nodes] bool), `split` and `graph` ([nodes]).

    Raises:
        DatasetError: naming the array that is missing, damaged or of the wrong shape.
    """
    with reading(upload, _KIND, _CURE):
        return parts_of(upload, _read(upload))


def parts_of(upload: Upload, arrays: "Arrays", directed: bool | None = None, nodes: int | None = None) -> Parts:
    """The graph of arrays by name, as :func:`read_arrays` has them.

    Args:
        upload: the file they are of.
        arrays: by name.
        directed: what the file says of its edges; None where it does not.
        nodes: their number, where it is known otherwise than by the arrays.

    Raises:
        DatasetError: naming the array that is missing or of the wrong shape.
    """
    warnings: list[str] = []
    features = _matrix(upload, arrays, _FEATURES)
    adjacency = _edges(upload, arrays, features, nodes, warnings)
    columns = _columns(upload, arrays, adjacency.nodes)
    table = table_of(upload.name, columns, "node") if columns else None
    splits = tuple(name for name in columns if name.startswith(SPLIT))
    if table is not None and len(splits) > 1:
        table = replace(table, splits=splits)
    warnings += arrays.unread(upload)
    return Parts(adjacency, table, features=features, directed=directed, warnings=tuple(warnings))


def read_feature_array(upload: Upload) -> Matrix:
    """Return the features, [nodes, features], of an .npz file that holds nothing else, or says which array they are.

    Raises:
        DatasetError: the file is damaged, or which array is meant is unclear.
    """
    with reading(upload, _KIND, _CURE):
        arrays = _read(upload)
        found = _matrix(upload, arrays, (*_FEATURES, ""))
        if found is None and len(arrays) == 1:
            (name,) = arrays
            found = _dense(upload, name, arrays[name])
        if found is None:
            raise DatasetError(f"{upload.name} holds {listed(list(arrays))}; call the features 'x' or 'features'.")
        return replace(found, warnings=tuple(arrays.unread(upload)))


class Arrays(dict[str, np.ndarray]):
    """Arrays by name, and which of them were looked at."""

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        super().__init__(arrays)
        self._seen: set[str] = set()

    def __getitem__(self, name: str) -> np.ndarray:
        self._seen.add(name)
        return super().__getitem__(name)

    def unread(self, upload: Upload) -> list[str]:
        """A sentence that names the others, if there are any."""
        left = [name for name in self if name not in self._seen]
        return [f"Arrays {listed(left)} of {upload.name} are not used."] if left else []


def _read(upload: Upload) -> Arrays:
    """Every array of the file, after its header was found to agree with the bytes that are there."""
    with upload.open() as stream, zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        if unpacked > limits.UNPACKED_BYTES:
            raise DatasetError(
                f"{upload.name} unpacks to {unpacked / limits.MIB:,.0f} MiB, and at most "
                f"{limits.UNPACKED_BYTES // limits.MIB:,} MiB are read; give a smaller graph."
            )
        if not members:
            raise DatasetError(f"{upload.name} holds no array; {_CURE}.")
        return Arrays({member.filename.removesuffix(".npy"): _array(upload, archive, member) for member in members})


def _array(upload: Upload, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    """One array.

    Raises:
        DatasetError: with its name.
    """
    try:
        return _checked_array(upload, archive, member)
    except (ValueError, SyntaxError, TypeError, OverflowError, UnicodeError) as error:
        # Whatever NumPy finds in a header that is none.
        raise DatasetError(
            f"{upload.name} cannot be read as {_KIND} (the header of its array {shown(member.filename)} is damaged); "
            f"{_CURE}."
        ) from error


def _checked_array(upload: Upload, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    name = shown(member.filename.removesuffix(".npy"))
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if read_header is None:
            raise DatasetError(f"The array {name} of {upload.name} has the unknown version {version}; {_CURE}.")
        shape, _, kind = read_header(stream)
        header = stream.tell()
    if kind.kind not in _KINDS_READ:
        what = "Python objects, which could run code and are never read" if kind.hasobject else words_of(kind)
        raise DatasetError(f"The array {name} of {upload.name} holds {what}; give numbers or text.")
    # An array of a few bytes whose header says it has a billion values would be allocated before it is read.
    if math.prod(shape) * kind.itemsize != member.file_size - header or min(shape, default=0) < 0:
        raise DatasetError(f"The array {name} of {upload.name} is not as long as its header says; {_CURE}.")
    with archive.open(member) as stream:
        array: np.ndarray = np.lib.format.read_array(stream, allow_pickle=False)
    if kind.kind == "U" and not is_unicode(array):
        raise DatasetError(
            f"The array {name} of {upload.name} holds texts with characters that Unicode does not have; {_CURE}."
        )
    # Arrow takes only the order of bytes that this machine has.
    return array.astype(kind.newbyteorder("="), copy=False)


def _edges(
    upload: Upload, arrays: Arrays, features: Matrix | None, known: int | None, warnings: list[str]
) -> Adjacency:
    given = next((name for name in _EDGES if name in arrays), None)
    if given is None:
        matrix = _sparse(upload, arrays, (*_ADJACENCY, ""))
        name = next((name for name in _ADJACENCY if name in arrays), None)
        if matrix is None and name is not None:
            dense = arrays[name]
            if dense.ndim != 2 or dense.dtype.kind not in "biuf":
                raise DatasetError(f"The array {shown(name)} of {upload.name} is no matrix of numbers; {_CURE}.")
            matrix = sp.coo_array(dense)
        if matrix is None:
            raise DatasetError(
                f"{upload.name} holds {listed(list(arrays)) or 'values'}, but no edges; call them 'edge_index' "
                "([2, edges]) or 'adjacency' ([nodes, nodes])."
            )
        return adjacency_of(upload, matrix, warnings)
    edges = arrays[given]
    if edges.dtype.kind not in "iuf" or edges.ndim != 2 or 2 not in edges.shape:
        raise DatasetError(
            f"The array {shown(given)} of {upload.name} holds {words_of(edges.dtype)} of shape {list(edges.shape)}; "
            "give whole numbers of shape [2, edges]."
        )
    if edges.shape == (2, 2):
        warnings.append(
            f"The array {shown(given)} of {upload.name} is read as [2, edges]: its first row holds sources."
        )
    source, target = edges if edges.shape[0] == 2 else edges.T
    if not edges.size:
        raise DatasetError(f"The array {shown(given)} of {upload.name} has no edges; give at least one.")
    wrong = ~(np.isfinite(edges) & (edges >= 0) & (edges == np.floor(edges)))
    if wrong.any():
        row = int(np.argmax((wrong if edges.shape[0] == 2 else wrong.T).any(axis=0)))
        ends = f"{source[row]}, {target[row]}"
        raise DatasetError(f"Edge {row + 1:,} of {upload.name} is ({ends}); give numbers of nodes from 0.")
    sizes = [known] if known else [len(arrays[name]) for name in _LABELS if name in arrays and arrays[name].ndim]
    if features:
        sizes = [features.shape[0]]
    nodes = sizes[0] if sizes else int(edges.max()) + 1
    late = np.flatnonzero((source >= nodes) | (target >= nodes))
    if late.size:
        row = int(late[0])
        raise DatasetError(
            f"Edge {row + 1:,} of {upload.name} is ({source[row]}, {target[row]}), but there are {nodes:,} nodes; "
            "number them from 0, and give each a row of features and labels."
        )
    return Adjacency(upload.name, source.astype(np.int64), target.astype(np.int64), nodes)


def _matrix(upload: Upload, arrays: Mapping[str, np.ndarray], names: tuple[str, ...]) -> Matrix | None:
    found = _sparse(upload, arrays, names)
    if found is not None:
        return Matrix(upload.name, sp.csr_array(found))
    name = next((name for name in names if name in arrays), None)
    return None if name is None else _dense(upload, name, arrays[name])


def _dense(upload: Upload, name: str, values: np.ndarray) -> Matrix:
    if values.ndim != 2 or values.dtype.kind not in "biuf":
        raise DatasetError(
            f"The array {shown(name)} of {upload.name} holds {words_of(values.dtype)} of shape {list(values.shape)}; "
            "give numbers of shape [nodes, features]."
        )
    return Matrix(upload.name, values)


def _sparse(upload: Upload, arrays: Mapping[str, np.ndarray], names: tuple[str, ...]) -> sp.coo_array | None:
    """The sparse matrix whose parts are in the file as `<name>_data` and so on ("data" for an empty name)."""
    for name in names:
        stem = f"{name}_" if name else ""
        if f"{stem}data" not in arrays or f"{stem}shape" not in arrays:
            continue
        data, shape = arrays[f"{stem}data"], tuple(int(size) for size in arrays[f"{stem}shape"].ravel())
        if data.dtype.kind not in "biuf" or len(shape) != 2 or not all(0 <= size <= limits.NODES for size in shape):
            raise DatasetError(
                f"The sparse matrix {shown(name)} of {upload.name} has the shape {list(shape)}; {_CURE}."
            )
        given = b"csr" if f"{stem}indptr" in arrays else b"coo"
        if f"{stem}format" in arrays:
            given = bytes(arrays[f"{stem}format"].astype("S9")).rstrip(b"\0")
        if given not in (b"csr", b"csc", b"coo"):
            told = shown(given.decode("ascii", "replace"))
            raise DatasetError(f"The sparse matrix of {upload.name} is stored as {told}; store it as csr, csc or coo.")
        if given != b"coo":
            kind = sp.csc_array if given == b"csc" else sp.csr_array
            try:
                matrix: Any = kind((data, arrays[f"{stem}indices"], arrays[f"{stem}indptr"]), shape=shape)
                # Indices beyond the shape would be read from memory that is not the matrix's.
                matrix.check_format(full_check=True)
            except (ValueError, TypeError, KeyError, IndexError) as error:
                raise _unfit(upload, name) from error
            return sp.coo_array(matrix)
        try:
            return sp.coo_array((data, (arrays[f"{stem}row"], arrays[f"{stem}col"])), shape=shape)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise _unfit(upload, name) from error
    return None


def _unfit(upload: Upload, name: str) -> DatasetError:
    whose = f"its sparse matrix {shown(name)}" if name else "the sparse matrix"
    return DatasetError(
        f"{upload.name} cannot be read as {_KIND} (the arrays of {whose} do not fit each other or its shape); {_CURE}."
    )


def words_of(kind: np.dtype[Any]) -> str:
    """What values of a type are, in words."""
    known = {"b": "true and false", "f": "numbers", "c": "complex numbers", "U": "text", "S": "text", "M": "dates"}
    return "whole numbers" if kind.kind in "iu" else known.get(kind.kind, "values of another kind")


def _columns(upload: Upload, arrays: Mapping[str, np.ndarray], nodes: int) -> dict[str, pa.Array]:
    """Labels, split and graph of each node, as columns of a table."""
    columns: dict[str, pa.Array] = {}
    for title, names in (("node", _NAMES), ("label", _LABELS), (SPLIT, ("split",)), ("graph", _GRAPH)):
        name = next((name for name in names if name in arrays), None)
        if name is not None:
            values = _text_or_numbers(_of_nodes(upload, name, arrays[name], nodes))
            # A label that is NaN is none.
            columns[title] = pa.array(values, from_pandas=True)
    masks = {part: next((name for name in names if name in arrays), None) for part, names in _PARTS.items()}
    if any(masks.values()):
        if not all(masks.values()):
            raise DatasetError(
                f"{upload.name} has a mask for some parts only; give train_mask, val_mask and test_mask."
            )
        columns |= _splits(upload, arrays, {part: str(name) for part, name in masks.items()}, nodes)
    return columns


def _splits(upload: Upload, arrays: Mapping[str, np.ndarray], masks: dict[str, str], nodes: int) -> dict[str, pa.Array]:
    """A column for each split that masks of [nodes, splits] or [splits, nodes] say."""
    several: dict[str, np.ndarray] = {}
    for part, name in masks.items():
        mask = arrays[name]
        if mask.ndim == 2 and nodes in mask.shape:
            several[part] = mask.T if mask.shape[0] == nodes else mask
        else:
            several[part] = _of_nodes(upload, name, mask, nodes)[None]
    counts = {len(mask) for mask in several.values()}
    if len(counts) > 1:
        # One test part for all splits, as the sets of Wikipedia's articles have it.
        most = max(counts)
        if counts != {1, most}:
            told = ", ".join(f"{masks[part]} has {len(mask)}" for part, mask in several.items())
            raise DatasetError(f"The masks of {upload.name} are of different numbers of splits ({told}); give as many.")
        several = {part: np.broadcast_to(mask, (most, nodes)) for part, mask in several.items()}
    if not max(counts):
        raise DatasetError(f"The masks of {upload.name} are of no split; give at least one column in each.")
    if max(counts) > limits.SPLITS:
        raise DatasetError(
            f"The masks of {upload.name} are of {max(counts):,} splits, and at most {limits.SPLITS} are read; give "
            "fewer."
        )
    return {
        SPLIT if not number else f"{SPLIT} {number}": _split(
            upload, {part: mask[number] for part, mask in several.items()}, masks
        )
        for number in range(max(counts))
    }


def _split(upload: Upload, parts: Mapping[str, np.ndarray], masks: Mapping[str, str]) -> pa.Array:
    nodes = len(parts["train"])
    split = np.full(nodes, "", dtype="U10")
    for part, mask in parts.items():
        if mask.dtype.kind not in "biu":
            raise DatasetError(
                f"The array {shown(masks[part])} of {upload.name} holds {words_of(mask.dtype)}; give true or false."
            )
        chosen = mask.astype(bool)
        both = np.flatnonzero(chosen & (split != ""))
        if both.size:
            raise DatasetError(
                f"Node {int(both[0]):,} of {upload.name} is in two parts ({split[both[0]]} and {part}); "
                "leave it in one."
            )
        split[chosen] = part
    return pa.array(split.tolist())


def _of_nodes(upload: Upload, name: str, values: np.ndarray, nodes: int) -> np.ndarray:
    if values.ndim == 2 and 1 in values.shape:
        values = values.ravel()
    if values.shape != (nodes,):
        raise DatasetError(
            f"The array {shown(name)} of {upload.name} has the shape {list(values.shape)}, but there are {nodes:,} "
            "nodes; give one value a node."
        )
    return values


def _text_or_numbers(values: np.ndarray) -> Any:
    if values.dtype.kind == "S":
        return [value.decode("utf-8", "replace") for value in values]
    return values.tolist() if values.dtype.kind == "U" else values
