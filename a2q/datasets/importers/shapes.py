"""Tables of text that are no list of edges, though two of their columns could be read as one."""

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.tables import HEAD_ROWS, Table
from a2q.datasets.importers.uploads import shown

_LEAST_COLUMNS = 4
_TRANSPOSED_COLUMNS = 8
_LEAST_ROWS = 5
_DIGITS = 10


def refuse_other_shapes(edges: Table, header: bool | None = None) -> None:
    """Refuse what would be read as a few wrong edges.

    Args:
        edges: the edge list.
        header: whether the user says that its first line names the columns.

    Raises:
        DatasetError: the table is an adjacency matrix, an adjacency list of networkx, has an edge in each column, rows
            in brackets, or sizes in its first row.
    """
    _refuse_adjacency_list(edges)
    _refuse_brackets(edges)
    if header is None:
        _refuse_sizes(edges)
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


def _refuse_brackets(edges: Table) -> None:
    columns = (edges.head[column].to_pylist() for column in edges.columns)
    rows = [" ".join(str(cell) for cell in row if cell is not None).strip(" ,;") for row in zip(*columns, strict=True)]
    for opening, closing in ("()", "[]"):
        if all(row.startswith(opening) and row.endswith(closing) for row in rows):
            raise DatasetError(
                f"{edges.place(0)} is in brackets ({shown(rows[0])}), as all first rows are; leave the brackets out."
            )


def _refuse_sizes(edges: Table) -> None:
    """Refuse "12 14" above 14 edges between 12 nodes."""
    named = not all(name.startswith("column ") for name in edges.columns)
    if named or not 2 <= len(edges.columns) < _LEAST_COLUMNS or not all(map(edges.numeric, edges.columns)):
        return
    first, *others = zip(*(edges.head[column].to_pylist() for column in edges.columns), strict=True)
    sizes = [int(str(value)) for value in first if str(value).strip().isdecimal() and len(str(value)) < _DIGITS]
    between = {str(end).strip() for row in others for end in row[:2]}
    if len(sizes) < len(first) or len(others) < _LEAST_ROWS or len(between) > max(sizes):
        return
    rows = len(others) if len(others) < HEAD_ROWS - 1 else edges.rows() - 1
    if rows in sizes and len(between) <= max((size for size in sizes if size != rows), default=rows):
        raise DatasetError(
            f"{edges.place(0)} ({' '.join(map(str, sizes))}) looks like sizes, since {rows:,} rows follow; delete it, "
            "or say that no line is a header if it is an edge."
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
