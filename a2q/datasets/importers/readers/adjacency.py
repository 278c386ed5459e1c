"""From a square matrix to the edges it lists."""

import numpy as np
import scipy.sparse as sp

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.parts import Adjacency
from a2q.datasets.importers.uploads import Upload


def adjacency_of(upload: Upload, matrix: sp.coo_array, warnings: list[str]) -> Adjacency:
    """The edges of a square matrix: an entry in row i and column j that is not 0 is an edge from i to j.

    Args:
        upload: the file.
        matrix: its matrix.
        warnings: takes what is to be said of entries that are 0 or no 1.

    Raises:
        DatasetError: it is not square, or an entry is no number.
    """
    rows, columns = matrix.shape
    if rows != columns:
        raise DatasetError(
            f"The adjacency of {upload.name} has {rows:,} rows and {columns:,} columns; give as many columns as rows."
        )
    entries = np.asarray(matrix.data)
    wrong = np.flatnonzero(~np.isfinite(entries)) if entries.dtype.kind in "fc" else np.array([], dtype=int)
    if wrong.size:
        row, column = matrix.coords[0][wrong[0]], matrix.coords[1][wrong[0]]
        raise DatasetError(
            f"The adjacency of {upload.name} holds {entries[wrong[0]]} in row {row + 1:,}, column {column + 1:,}; "
            "put a finite number there, or 0 for no edge."
        )
    there = entries != 0
    if not there.any():
        raise DatasetError(f"The adjacency of {upload.name} has no edges; give at least one entry that is not 0.")
    zero, weighed = np.flatnonzero(~there), np.flatnonzero(there & (entries != 1))
    if zero.size:
        warnings.append(
            f"{zero.size:,} of {len(entries):,} entries that {upload.name} lists are 0 (first: "
            f"{_entry(matrix, zero)}): no edges."
        )
    if weighed.size:
        warnings.append(
            f"Values of the adjacency of {upload.name} other than 0 and 1 (first: {entries[weighed[0]]:g} in "
            f"{_entry(matrix, weighed)}) are not used: edges have no weights here."
        )
    return Adjacency(upload.name, matrix.coords[0][there], matrix.coords[1][there], rows)


def _entry(matrix: sp.coo_array, which: np.ndarray) -> str:
    row, column = (int(ends[which[0]]) + 1 for ends in matrix.coords)
    return f"row {row:,}, column {column:,}"
