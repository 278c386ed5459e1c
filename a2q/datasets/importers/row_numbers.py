"""Columns that say no more than which row it is."""

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.tables import ROLE_NAMES, Table, plain_name

_ROW_NUMBERS = ("index", "id", "edge_id", "edgeid", "edge", "row", "number", "no", "nr")
_UNNAMED = ("column 1", "Unnamed: 0", "__index_level_0__")


def counts_rows(table: Table, column: str) -> bool:
    """Whether a column is nothing but the number of each row; pandas writes its index so, with gaps where rows were
    left out."""
    if unnamed_index(table, column):
        return True
    named = column in _UNNAMED or plain_name(column) in (*_ROW_NUMBERS, *ROLE_NAMES["node"])
    return named and table.running(column)


def unnamed_index(table: Table, column: str) -> bool:
    """Whether a column has no name beside others that have, and whole numbers in its first rows, no two alike."""
    if column not in _UNNAMED or (column == "column 1" and all(name.startswith("column ") for name in table.columns)):
        return False
    return numbers_apart(table, column)


def numbers_apart(table: Table, column: str) -> bool:
    """Whether a column's first rows are whole numbers of 0 or more, no two alike."""
    try:
        found = table.first_rows().texts(column)
    except DatasetError:
        return False
    return len(set(found)) == len(found) and all(value is not None and value.isdecimal() for value in found)
