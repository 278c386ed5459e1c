"""The first lines of a CSV: what is between its values, and whether a row names the columns."""

import csv
import re
from contextlib import suppress
from dataclasses import dataclass

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.numerals import is_float, notations
from a2q.datasets.importers.tables import HEAD_ROWS, ROLE_NAMES, listed, plain_name
from a2q.datasets.importers.uploads import Upload

DELIMITERS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", " ": "spaces"}
"""What may be between values, in words."""
_SAMPLE = 1000
"""Cells that are looked at to find the delimiter."""
_SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_COMMENT = re.compile(r"\s*([#%]|//(?=\s))")
_KNOWN = frozenset(name for names in ROLE_NAMES.values() for name in names)


@dataclass(frozen=True)
class FirstLines:
    """The first rows of a file.

    Args:
        lines: the first that is no comment, and some after it.
        skipped: how many lines are before it.
        delimiter: the one that Excel's line `sep=` names, or None.
        marks: what comments begin with.
        comments: the first of them.
    """

    lines: list[str]
    skipped: int
    delimiter: str | None
    marks: frozenset[bytes]
    comments: tuple[str, ...]


def first_lines(upload: Upload) -> FirstLines:
    delimiter, marks, comments = None, set[bytes](), list[str]()
    with upload.open() as stream:
        skipped = 0
        while line := stream.readline(limits.ROW_BYTES):
            if len(line) >= limits.ROW_BYTES:
                raise DatasetError(
                    f"The first row of {upload.name} is longer than {limits.ROW_BYTES // limits.MIB} MiB: "
                    f"at most {limits.COLUMNS:,} columns are read; give features as an .npz or Matrix Market file."
                )
            if b"\r" in re.sub(rb'"[^"]*"', b"", line).rstrip(b"\r\n"):
                raise DatasetError(
                    f"Row {skipped + 1:,} of {upload.name} holds a carriage return, as lines end on old Macs; save "
                    "it with the line ends of Unix or Windows."
                )
            text = line.decode("utf-8-sig" if skipped == 0 else "utf-8").strip("\r\n")
            sep = _SEP_LINE.fullmatch(text.strip())
            if sep and delimiter is None:
                delimiter = sep[1]
            elif text.strip() and not (mark := _COMMENT.match(text)):
                # Not by splitlines(), for which also U+2028 and form feeds end a line.
                more = stream.read(limits.MIB).decode("utf-8", "ignore").replace("\r\n", "\n").split("\n")
                return FirstLines([text, *more[:HEAD_ROWS]], skipped, delimiter, frozenset(marks), tuple(comments))
            elif text.strip() and mark:
                marks.add(mark[1].encode())
                comments += [text] if len(comments) < HEAD_ROWS else []
            skipped += 1
    raise DatasetError(f"{upload.name} holds nothing but comments; give a table with at least one row.")


def delimiter_of(lines: list[str]) -> str:
    """The delimiter that gives all first rows the same number of cells: numbers in all of them first, spaces last (they
    are in names), then the most numbers and the most cells. Where none does, the one the first line has most of."""
    found: dict[tuple[bool, bool, float, int], str] = {}
    likely = [mark for mark in reversed(DELIMITERS) if mark in lines[0]]
    for delimiter in likely if len(likely) > 1 else ():
        try:
            rows = cells_of(lines, delimiter)
        except csv.Error:
            continue
        # In {'weight': 1, 'colour': 2}, as networkx writes attributes, commas are no delimiters.
        split = any(cell.count("{") != cell.count("}") for row in rows for cell in row[:_SAMPLE])
        widths = {len(row) for row in rows[1:]} or {len(rows[0])}
        # R names one column less than there are, and leaves out that of its row names.
        if max(widths) < 2 or len(widths) > 1 or len(rows[0]) not in (max(widths), max(widths) - 1):
            continue
        if split and delimiter != " ":
            continue
        cells = [cell for row in rows[1:] or rows for cell in row][:_SAMPLE]
        numbers = sum(bool(notations([cell])) for cell in cells) / len(cells)
        found[(numbers == 1, delimiter != " ", numbers, len(rows[0]))] = delimiter
    return found[max(found)] if found else max(reversed(DELIMITERS), key=lines[0].count)


def cells_of(lines: list[str], delimiter: str) -> list[list[str]]:
    """The cells of the first row and of those below it, up to one that is too long or damaged."""
    rows = csv.reader(lines, delimiter=delimiter)
    found = [[cell.strip() for cell in next(rows)]]
    # What is wrong further down is told where all rows are read.
    with suppress(csv.Error):
        for row in rows:
            found += [[cell.strip() for cell in row]] if row else []
    return found


def header_of(upload: Upload, first: list[str], below: list[list[str]]) -> tuple[bool, list[str]]:
    """Whether the first row names the columns, and what the user should know of that guess."""
    if not first[0] and any(first) and below and below[0][0]:
        # pandas leaves the name of its index out.
        return True, []
    filled = [cell for cell in first if cell]
    if all(map(is_float, filled)):
        return False, []
    if any(plain_name(cell) in _KNOWN for cell in first):
        return True, []
    cure = "set the header to yes or no where that is wrong"
    if any(map(is_float, filled)):
        columns = [[row[number] for row in below if number < len(row) and row[number]] for number in range(len(first))]
        named = any(
            cell and not is_float(cell) and values and all(map(is_float, values))
            for cell, values in zip(first, columns, strict=True)
        )
    else:
        # Ends of edges come again further down; names of columns do not.
        again = {cell for row in below for cell in row[:2]}
        named = not again.intersection(first[:2])
    what = "the names of its columns" if named else "data, not as the names of its columns"
    return named, [f"The first row of {upload.name} ({listed(first, 4)}) is read as {what}; {cure}."]


def one_less(first: list[str], below: list[list[str]]) -> bool:
    """Whether the first row has one cell less than all below it, and is no row of sizes."""
    return {len(row) for row in below} == {len(first) + 1} and not all(map(is_float, first))
