"""Matrix Market, by scipy: an adjacency, or the features of numbered nodes."""

from typing import Any

import numpy as np
import scipy.io
import scipy.sparse as sp

from data.errors import DatasetError
from data.imports import limits
from data.imports.arrays import adjacency_of
from data.imports.parts import Matrix, Parts
from data.imports.uploads import Upload, reading

_KIND, _CURE = "a Matrix Market file", "write it again with scipy.io.mmwrite"
# The shortest entry of a sparse matrix is "1 1" with a line's end, of a dense one "1".
_SHORTEST = {"coordinate": 4, "array": 2}


def read_adjacency(upload: Upload) -> Parts:
    """Return the edges of a square matrix: entry (i, j) is an edge from node i to node j.

    Raises:
        DatasetError: the file is damaged, too large, or the matrix not square.
    """
    with reading(upload, _KIND, _CURE):
        matrix, symmetry = _read(upload)
        directed = None if symmetry == "general" else False
        return Parts(adjacency_of(upload, sp.coo_array(matrix)), directed=directed)


def read_feature_matrix(upload: Upload) -> Matrix:
    """Return the features, [nodes, features], of a dense or sparse matrix.

    Raises:
        DatasetError: the file is damaged or too large.
    """
    with reading(upload, _KIND, _CURE):
        matrix, _ = _read(upload)
        return Matrix(upload.name, sp.csr_array(matrix) if sp.issparse(matrix) else np.asarray(matrix))


def _read(upload: Upload) -> tuple[Any, str]:
    with upload.open() as stream:
        rows, columns, entries, form, field, symmetry = scipy.io.mminfo(stream)
    if field not in ("real", "integer", "unsigned-integer", "pattern", "double"):
        raise DatasetError(f"{upload.name} holds {field} values; give real numbers, integers or a pattern.")
    # A header may promise a billion entries in a file of a hundred bytes; room would be made for them.
    least = entries * _SHORTEST[form] // (1 if symmetry == "general" else 2)
    if entries < 0 or least > upload.size + 2:
        raise DatasetError(
            f"{upload.name} says it has {entries:,} entries, but is only {upload.size:,} bytes long; "
            "it is cut short or damaged, give the whole file."
        )
    dense = rows * columns if form == "array" else 0
    if max(rows, columns) > limits.NODES or dense > limits.FEATURE_VALUES or entries > limits.FEATURE_VALUES:
        raise DatasetError(
            f"{upload.name} is {rows:,} × {columns:,} with {entries:,} entries, and at most {limits.NODES:,} rows and "
            f"{limits.FEATURE_VALUES:,} entries are read; give a smaller graph."
        )
    with upload.open() as stream:
        return scipy.io.mmread(stream, spmatrix=False), str(symmetry)
