"""Tables of text that are no list of edges, though two of their columns could be read as one."""

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import shown

_LEAST_COLUMNS = 4
_TRANSPOSED_COLUMNS = 8


def refuse_other_shapes(edges: Table) -> None:
    """Refuse what would be read as a few wrong edges.

    Raises:
        DatasetError: the table is an adjacency matrix, an adjacency list of networkx, or has an edge in each column.
    """
    _refuse_adjacency_list(edges)
    if len(edges.columns) < _LEAST_COLUMNS:
        return
    named = [str(value) for value in edges.head[edges.columns[0]].to_pylist()]
    if named == list(edges.columns[1 : 1 + len(named)]) and edges.rows() == len(edges.columns) - 1:
        raise _is_matrix(edges)
    if not all(map(edges.numeric, edges.columns)):
        return
    rows = edges.rows()
    if rows == 2 and len(edges.columns) >= _TRANSPOSED_COLUMNS:
        raise DatasetError(
            f"{edges.name} has 2 rows of {len(edges.columns):,} numbers, as edge_index of PyTorch Geometric has; give "
            "a row for each edge, or the array as 'edge_index' in an .npz."
        )
    if rows in (len(edges.columns), len(edges.columns) + 1) and _like_matrix(edges, rows - len(edges.columns)):
        raise _is_matrix(edges)


def _refuse_adjacency_list(edges: Table) -> None:
    for column in edges.columns[:2]:
        for row, value in enumerate(edges.head[column].to_pylist()):
            if isinstance(value, str) and _is_attributes(value.strip()):
                raise DatasetError(
                    f"{edges.place(row)} has attributes ({shown(value)}) where an edge ends, as multi-line adjacency "
                    "lists of networkx have; give two nodes a row, as write_edgelist writes them."
                )


def _is_attributes(value: str) -> bool:
    """Whether it is a dict of Python; {a, b} may be the name of a node."""
    return value == "{}" or (value.startswith("{'") and "':" in value and value.endswith("}"))


def _like_matrix(edges: Table, skipped: int) -> bool:
    """Whether the first rows are zeros and ones, mostly zeros, or the same as the first columns."""
    batch = edges.first_rows()
    numbers = np.stack([batch.numbers(column) for column in edges.columns], axis=1)[skipped:]
    square = numbers[:, : len(numbers)]
    few = np.isin(numbers, (0, 1)).all() or (numbers == 0).mean() >= 1 / 2
    return bool(few or np.array_equal(square, square.T))


def _is_matrix(edges: Table) -> DatasetError:
    return DatasetError(
        f"{edges.name} looks like an adjacency matrix, as it has as many rows as columns; give it as .mtx, as "
        "'adjacency' in an .npz, or as a row for each edge."
    )
