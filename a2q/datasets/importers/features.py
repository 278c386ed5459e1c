"""Features on their way from an upload to the stored graph: a few rows in memory at any time."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.categories import categories, places
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.left_out import left_out, notes
from a2q.datasets.importers.parts import Matrix, Parts
from a2q.datasets.importers.tables import Batch, Table, listed
from a2q.datasets.importers.uploads import shown

_SPARSE = ", or give those that are not 0 as a sparse matrix"
DEGREE_COLUMNS = 64
"""Columns of the one-hot in-degree; the last one is for all that are larger."""
_ROWS_VALUES = 1_000_000


class FeatureFile:
    """Rows of float32 in a file, [nodes, features], with the SHA-256 of their bytes.

    Args:
        path: the file to write.
        columns: features a node.

    Attributes:
        rows: written so far.
        digest: of the bytes written so far.
        binary: whether all of them are 0 or 1.
    """

    def __init__(self, path: Path, columns: int) -> None:
        self.path, self.columns, self.rows = path, columns, 0
        self.binary = True
        self.arrays: dict[str, np.ndarray] = {}
        self.digest = hashlib.sha256()
        path.write_bytes(b"")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the values, as hexadecimal digits."""
        return self.digest.hexdigest()

    def append(self, rows: np.ndarray) -> None:
        """Add rows, [rows, features]."""
        content = np.ascontiguousarray(rows, dtype="<f4").tobytes()
        with self.path.open("ab") as stream:
            stream.write(content)
        self.digest.update(content)
        self.rows += len(rows)
        self.binary = self.binary and bool(((rows == 0) | (rows == 1)).all())


class SparseFeatures:
    """The entries of a sparse matrix, [nodes, features].

    Args:
        matrix: float32, its rows in order, each place once.
    """

    path = None
    fingerprint = "sparse"
    """The entries are among the arrays, which are summed up by themselves."""

    def __init__(self, matrix: sp.csr_array) -> None:
        self.rows, self.columns = (int(size) for size in matrix.shape)
        self.binary = bool((matrix.data == 1).all())
        self.arrays = {
            "x_data": matrix.data,
            "x_columns": matrix.indices.astype(np.uint32),
            "x_ends": matrix.indptr.astype(np.int64),
            "x_shape": np.array(matrix.shape, dtype=np.int64),
        }

    @property
    def entries(self) -> int:
        """How many are not 0."""
        return len(self.arrays["x_data"])


def stored_features(
    parts: Parts, config: ImportConfig, in_degree: np.ndarray, path: Path, graphs: bool, warnings: list[str]
) -> FeatureFile | SparseFeatures:
    """Write the features of every node to a file, or where they are too many of a sparse matrix take its entries.

    Args:
        parts: the files.
        config: which columns, and what nodes get where there are none.
        in_degree: of each node, [nodes].
        path: the file to write.
        graphs: whether it is a set of graphs, each of which has dense features.
        warnings: takes what the user should know of.

    Raises:
        DatasetError: a value is missing or not finite, or there are too many.
    """
    nodes, table = len(in_degree), parts.nodes
    pieces: Iterator[np.ndarray]
    chosen = (*(config.features or ()), *config.one_hot)
    if table is not None:
        warnings.extend(left_out(table, {*chosen, config.node, config.label, config.split, config.graph}))
        warnings.extend(notes(table, config.features or ()))
        if config.label and config.label in chosen:
            warnings.append(
                f"Column {shown(config.label)} of {table.name} is label and feature at once, which gives away what is "
                "to be predicted; leave it out of the features."
            )
    if parts.features is not None:
        columns, pieces, name = parts.features.shape[1], _from_matrix(parts.features), parts.features.name
        beyond = nodes * columns > limits.FEATURE_VALUES
        if chosen and table is not None:
            warnings.append(f"Features are those of {name}; columns {listed(chosen)} of {table.name} are not used.")
    elif table is not None and chosen:
        kinds = {column: categories(table, column) for column in config.one_hot}
        warnings.extend(
            f"Column {shown(column)} of {table.name} is one-hot, in {len(found):,} columns: {listed(found)}."
            for column, found in kinds.items()
        )
        columns, name = len(config.features or ()) + sum(map(len, kinds.values())), table.name
        pieces = _from_table(table, config.features or (), kinds)
    elif config.missing_features == "constant":
        columns, pieces, name = 1, iter([np.ones((nodes, 1), dtype=np.float32)]), "The graph"
        warnings.append("There are no features: every node gets a 1.")
    else:
        columns, name = min(int(in_degree.max()) + 1, DEGREE_COLUMNS), "The graph"
        pieces = _from_in_degree(in_degree, columns)
        rest = " (the last for all that are larger)" if columns == DEGREE_COLUMNS else ""
        warnings.append(f"There are no features: every node gets its in-degree one-hot, in {columns} columns{rest}.")
    if parts.features is not None and isinstance(parts.features.values, sp.csr_array) and beyond and not graphs:
        return _entries(parts.features)
    _check_size(nodes, columns, name)
    file = FeatureFile(path, columns)
    for piece in pieces:
        file.append(piece)
    return file


def _entries(matrix: Matrix) -> SparseFeatures:
    """The entries of a sparse matrix that are not 0, each place once.

    Raises:
        DatasetError: there are too many, or one is no finite number.
    """
    rows = sp.csr_array(matrix.values)
    if rows.nnz > limits.FEATURE_ENTRIES:
        nodes, columns = matrix.shape
        raise DatasetError(
            f"{matrix.name} has {rows.nnz:,} entries of {nodes:,} nodes and {columns:,} features, and at most "
            f"{limits.FEATURE_ENTRIES:,} are read of more than {limits.FEATURE_VALUES:,} cells; choose fewer columns."
        )
    rows.sum_duplicates()
    wrong = np.flatnonzero(~(np.abs(rows.data) <= np.finfo(np.float32).max))
    if wrong.size:
        row = int(np.searchsorted(rows.indptr, wrong[0], side="right"))
        raise _not_finite(matrix, row, int(rows.indices[wrong[0]]) + 1, rows.data[wrong[0]])
    rows = rows.astype(np.float32)
    rows.eliminate_zeros()
    return SparseFeatures(rows)


def _not_finite(matrix: Matrix, row: int, column: int, value: object) -> DatasetError:
    return DatasetError(
        f"{matrix.name} holds {value} in row {row:,}, column {column:,}; put a finite number of at most 3.4e38 there."
    )


def _check_size(nodes: int, columns: int, name: str) -> None:
    if not columns:
        raise DatasetError(f"{name} has no column of features; give at least one.")
    if nodes * columns > limits.FEATURE_VALUES:
        raise DatasetError(
            f"{name} has {nodes:,} nodes with {columns:,} features each, and at most "
            f"{limits.FEATURE_VALUES:,} values are read; choose fewer columns{_SPARSE}."
        )


def _from_table(table: Table, columns: Sequence[str], kinds: Mapping[str, Sequence[str]]) -> Iterator[np.ndarray]:
    """Rows of the columns of a table, float32; categories come last.

    Raises:
        DatasetError: naming row and column of the first value that is missing or no finite number.
    """
    width = len(columns) + sum(map(len, kinds.values()))
    for batch in table.batches(*columns, *kinds):
        numbers = [finite(batch, column) for column in columns]
        chosen = [places(batch, column, found) for column, found in kinds.items()]
        step = max(1, _ROWS_VALUES // width)
        for piece in (slice(start, start + step) for start in range(0, batch.rows.num_rows, step)):
            rows = np.zeros((len(range(batch.rows.num_rows)[piece]), width), dtype=np.float32)
            for number, values in enumerate(numbers):
                rows[:, number] = values[piece]
            first = len(columns)
            for found, place in zip(kinds.values(), chosen, strict=True):
                there = np.flatnonzero(place[piece] >= 0)
                rows[there, first + place[piece][there]] = 1
                first += len(found)
            yield rows


def finite(batch: Batch, column: str) -> np.ndarray:
    """Numbers of a column, all there, [rows] float64.

    Raises:
        DatasetError: naming the row of the first that is missing or not finite.
    """
    values = batch.numbers(column)
    missing = np.isnan(values)
    if missing.any():
        raise DatasetError(
            f"{batch.place(int(missing.argmax()))} has no number in column {shown(column)}; fill it in "
            "(0 where nothing is known), or leave the column out."
        )
    return values


def _from_matrix(matrix: Matrix) -> Iterator[np.ndarray]:
    """Rows of a matrix, float32.

    Raises:
        DatasetError: naming row and column of the first value that is no finite number.
    """
    nodes, columns = matrix.shape
    step = max(1, _ROWS_VALUES // max(columns, 1))
    for start in range(0, nodes, step):
        piece = matrix.values[start : start + step]
        dense = np.asarray(piece.toarray() if isinstance(piece, sp.csr_array) else piece, dtype=np.float64)
        wrong = ~(np.abs(dense) <= np.finfo(np.float32).max)
        if wrong.any():
            row, column = (int(place[0]) for place in wrong.nonzero())
            raise _not_finite(matrix, start + row + 1, column + 1, dense[row, column])
        yield dense.astype(np.float32)


def _from_in_degree(in_degree: np.ndarray, columns: int) -> Iterator[np.ndarray]:
    """The in-degree of each node, one-hot; the last column is for all that are larger."""
    step = _ROWS_VALUES // DEGREE_COLUMNS
    for start in range(0, len(in_degree), step):
        yield np.eye(columns, dtype=np.float32)[np.minimum(in_degree[start : start + step], columns - 1)]
