"""Every column of a table that is not read, and why, and those whose numbers are not written as usual."""

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa

from a2q.datasets.importers.mapping import counts_rows, drawing, identifies
from a2q.datasets.importers.masks import MASKS, masks_of
from a2q.datasets.importers.tables import Table, listed
from a2q.datasets.importers.uploads import shown


def left_out(table: Table, used: Collection[str | None]) -> list[str]:
    """What becomes of the columns of a node table that have no meaning, a sentence for each reason.

    Args:
        table: the nodes.
        used: columns that have one.
    """
    masks = masks_of(table)
    split = table.masks if "split" in used else ()
    reasons: dict[str, list[str]] = {}
    for column in table.columns:
        if column not in (*used, *split) and not (column == "split" and table.masks):
            reasons.setdefault(_reason(table, column, masks), []).append(column)
    return [f"Columns {listed(columns)} of {table.name} are not used{reason}." for reason, columns in reasons.items()]


def _reason(table: Table, column: str, masks: Mapping[str, str]) -> str:
    kind = table.head[column].type
    if column in masks.values():
        whole = len(masks) == len(MASKS)
        return ": they are masks" + ("" if whole else " of some parts of a split, and those of the others are missing")
    if column in drawing(table):
        return ": they say where and how a node is drawn"
    if len(table.notations(column)) > 1:
        value = next(cell for cell in table.head[column].to_pylist() if cell and "," in cell)
        return f": {shown(value.strip())} may have thousands or decimals; say whether decimals have a point or a comma"
    if counts_rows(table, column):
        return ": they number the rows"
    if identifies(table, column):
        return ": they are names of nodes"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return "" if table.numeric(column) else ": they are text; as one-hot, each value of one gets a column"
    if pa.types.is_nested(kind):
        return ": they hold records, lists of lists, or lists that differ in length"
    return "" if table.numeric(column) else ": they hold no numbers"


def notes(table: Table, columns: Sequence[str]) -> list[str]:
    """How numbers are read that are not written as usual, a sentence for each way."""
    ways: dict[str, list[str]] = {}
    for column in columns:
        known = table.notations(column)
        if len(known) == 1 and known[0].about:
            ways.setdefault(known[0].about, []).append(column)
    return [f"In columns {listed(found)} of {table.name}, {about}." for about, found in ways.items()]
