"""Matrix Market, by NumPy: an adjacency, or the features of numbered nodes.

Not by scipy.io.mmread: its reader in C++ (scipy 1.17) reads beyond its memory in some damaged files, which ends the
process; tests/data/imports found such.
"""

import re
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import scipy.sparse as sp

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.parts import Matrix, Parts
from a2q.datasets.importers.readers.adjacency import adjacency_of
from a2q.datasets.importers.uploads import Upload, reading, shown

_KIND, _CURE = "a Matrix Market file", "write it again with scipy.io.mmwrite"
_LINE = 1024
_COLUMNS = {"real": 3, "double": 3, "integer": 3, "unsigned-integer": 3, "pattern": 2}
"""Numbers on a line of a sparse matrix, by kind of entry."""


def read_adjacency(upload: Upload) -> Parts:
    """Return the edges of a square matrix: entry (i, j) is an edge from node i to node j.

    Raises:
        DatasetError: the file is damaged, too large, or the matrix not square.
    """
    with reading(upload, _KIND, _CURE):
        # The half that is left out of a symmetric matrix would only repeat the edges that are there.
        head, matrix = _read(upload, whole=False)
        warnings: list[str] = []
        edges = adjacency_of(upload, matrix if isinstance(matrix, sp.coo_array) else sp.coo_array(matrix), warnings)
        return Parts(edges, directed=None if head.symmetry == "general" else False, warnings=tuple(warnings))


def read_feature_matrix(upload: Upload) -> Matrix:
    """Return the features, [nodes, features], of a dense or sparse matrix.

    Raises:
        DatasetError: the file is damaged or too large.
    """
    with reading(upload, _KIND, _CURE):
        _, matrix = _read(upload)
        return Matrix(upload.name, sp.csr_array(matrix) if isinstance(matrix, sp.coo_array) else matrix)


@dataclass(frozen=True)
class _Head:
    """The first lines: "%%MatrixMarket matrix coordinate real general", comments, and the sizes.

    Args:
        sparse: whether only some entries are listed, each with its row and column.
        field: kind of entry.
        symmetry: "general", or which half is left out.
        rows, columns, entries: the sizes; entries are those listed.
    """

    sparse: bool
    field: str
    symmetry: str
    rows: int
    columns: int
    entries: int


def _read(upload: Upload, whole: bool = True) -> tuple[_Head, sp.coo_array | np.ndarray]:
    with upload.open() as stream:
        head = _head(upload, stream)
        width = _COLUMNS[head.field] if head.sparse else 1
        # Read by lines: room is made for what is there, not for what the first lines promise.
        numbers = _numbers(upload, stream) if head.entries else np.zeros((0, width))
    if numbers.shape != (head.entries, width):
        raise DatasetError(
            f"{upload.name} says it has {head.entries:,} entries, but holds {len(numbers):,} lines of "
            f"{numbers.shape[1]} numbers where {width} are due; it is cut short or damaged, give the whole file."
        )
    if not head.sparse:
        return head, numbers.reshape(head.columns, head.rows).T
    ends = numbers[:, :2]
    outside = ~((ends >= 1) & (ends <= (head.rows, head.columns)) & (ends == np.floor(ends))).all(axis=1)
    if outside.any():
        entry = int(outside.argmax())
        raise DatasetError(
            f"Entry {entry + 1:,} of {upload.name} is in row {ends[entry, 0]:g}, column {ends[entry, 1]:g}, outside of "
            f"the {head.rows:,} × {head.columns:,}; rows and columns are whole numbers from 1."
        )
    row, column = ends.astype(np.int64).T - 1
    values = numbers[:, 2] if width == 3 else np.ones(len(numbers))
    if whole and head.symmetry != "general":
        other = row != column
        sign = -1.0 if head.symmetry == "skew-symmetric" else 1.0
        row, column = np.concatenate([row, column[other]]), np.concatenate([column, row[other]])
        values = np.concatenate([values, sign * values[other]])
    return head, sp.coo_array((values, (row, column)), shape=(head.rows, head.columns))


def _numbers(upload: Upload, stream: BinaryIO) -> np.ndarray:
    """The numbers of all entries, a row each.

    Raises:
        DatasetError: naming the first entry that is none.
    """
    try:
        # Numbers are ASCII; comments may be of any encoding.
        numbers: np.ndarray = np.loadtxt(stream, comments="%", ndmin=2, encoding="latin-1")
    except ValueError as error:
        word = re.search(r"string '(.*)' to \w+ at row (\d+)", str(error))
        more = re.search(r"columns changed from (\d+) to (\d+) at row (\d+)", str(error))
        if word:
            told = f"Entry {int(word[2]) + 1:,} of {upload.name} holds {shown(word[1])}, which is no number"
        elif more:
            told = f"Entry {int(more[3]):,} of {upload.name} has {more[2]} numbers, and those before it have {more[1]}"
        else:
            raise
        raise DatasetError(f"{told}; {_CURE}.") from error
    return numbers


def _head(upload: Upload, stream: BinaryIO) -> _Head:
    words = stream.readline(_LINE).decode("latin-1").lower().split()
    if len(words) != 5 or words[:2] != ["%%matrixmarket", "matrix"] or words[2] not in ("coordinate", "array"):
        raise DatasetError(f"{upload.name} does not start with '%%MatrixMarket matrix'; {_CURE}.")
    form, field, symmetry = words[2:]
    if field not in _COLUMNS or (field == "pattern" and form == "array"):
        raise DatasetError(f"{upload.name} holds {shown(field)} values; give real numbers, integers or a pattern.")
    if symmetry not in ("general", "symmetric", "skew-symmetric") or (symmetry != "general" and form == "array"):
        raise DatasetError(
            f"{upload.name} has the symmetry {shown(symmetry)}, which is not read of a matrix in {form} form; "
            "give it as general."
        )
    line = b"%"
    while line.startswith(b"%") or (line and not line.strip()):
        line = stream.readline(limits.ROW_BYTES)
    sizes = line.decode("latin-1").split()
    if len(sizes) != (3 if form == "coordinate" else 2) or not all(
        size.isdecimal() and len(size) < 16 for size in sizes
    ):
        raise DatasetError(f"{upload.name} has no line with the number of rows and columns; {_CURE}.")
    rows, columns = int(sizes[0]), int(sizes[1])
    entries = int(sizes[2]) if form == "coordinate" else rows * columns
    if max(rows, columns) > limits.NODES or entries > limits.FEATURE_VALUES:
        raise DatasetError(
            f"{upload.name} is {rows:,} × {columns:,} with {entries:,} entries, and at most {limits.NODES:,} rows and "
            f"{limits.FEATURE_VALUES:,} entries are read; give a smaller graph."
        )
    return _Head(form == "coordinate", field, symmetry, rows, columns, entries)
