"""Every column of a table that is not read, and why, and those whose numbers are not written as usual."""

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa

from a2q.datasets.importers.mapping import drawing, identifies, numbers_parts
from a2q.datasets.importers.masks import MASKS, masks_of
from a2q.datasets.importers.numerals import notations
from a2q.datasets.importers.row_numbers import counts_rows
from a2q.datasets.importers.tables import Table, listed
from a2q.datasets.importers.uploads import shown


def left_out(table: Table, used: Collection[str | None]) -> list[str]:
    """What becomes of the columns of a node table that have no meaning, a sentence for each reason.

    Args:
        table: the nodes.
        used: columns that have one.
    """
    masks = masks_of(table)
    read = {*used, *(table.masks if "split" in used else ()), *(table.splits if table.splits[:1] else ())}
    drawn = drawing(table)
    reasons: dict[str, list[str]] = {}
    for column in table.columns:
        if column not in read and not (column == "split" and table.masks):
            reasons.setdefault(_reason(table, column, masks, drawn), []).append(column)
    return [f"Columns {listed(columns)} of {table.name} are not used{reason}." for reason, columns in reasons.items()]


def _reason(table: Table, column: str, masks: Mapping[str, str], drawn: Collection[str]) -> str:
    kind = table.head[column].type
    if column in masks.values():
        whole = len(masks) == len(MASKS)
        return ": they are masks" + ("" if whole else " of some parts of a split, and those of the others are missing")
    if column in drawn:
        return ": they say where and how a node is drawn"
    if len(table.notations(column)) > 1:
        value = next(cell for cell in table.head[column].to_pylist() if cell and "," in cell)
        return f": {shown(value.strip())} may have thousands or decimals; say whether decimals have a point or a comma"
    if counts_rows(table, column):
        return ": they number the rows"
    if numbers_parts(table, column):
        return ": they are called as a split is, which is read where it says train, validation and test"
    if identifies(table, column):
        return ": they are names of nodes"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return "" if table.numeric(column) else _of_text(table, column)
    if pa.types.is_nested(kind):
        return ": they hold records, lists of lists, or lists that differ in length"
    return "" if table.numeric(column) else ": they hold no numbers"


def _of_text(table: Table, column: str) -> str:
    """Text; or numbers, but for a few words among them, as NA of R and the units below a header are."""
    cells = [str(cell).strip() for cell in table.head[column].to_pylist()]
    words = [row for row, cell in enumerate(cells) if cell and cell != "None" and not notations([cell])]
    if not any(cell and cell != "None" for cell in cells):
        return ": their first rows are empty"
    there = sum(bool(cell) and cell != "None" for cell in cells)
    if 0 < len(words) <= there / 2 < there - 1:
        place = table.place(words[0])
        where = f"{place[:1].lower()}{place[1:]} holds {shown(cells[words[0]])}"
        return f": most of their first values are numbers, but {where}; fill in numbers"
    return ": they are text; as one-hot, each value of one gets a column"


def notes(table: Table, columns: Sequence[str]) -> list[str]:
    """How numbers are read that are not written as usual, a sentence for each way."""
    ways: dict[str, list[str]] = {}
    for column in columns:
        known = table.notations(column)
        if len(known) == 1 and known[0].about:
            ways.setdefault(known[0].about, []).append(column)
    return [f"In columns {listed(found)} of {table.name}, {about}." for about, found in ways.items()]
