"""CSV and TSV, by pyarrow's streaming reader: a table larger than memory is read in blocks."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa
import pyarrow.csv as arrow_csv

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.numerals import notations
from a2q.datasets.importers.tables import HEAD_ROWS, ROLE_NAMES, Table, checked_columns, listed
from a2q.datasets.importers.uploads import Upload, reading, shown

_BLOCK = limits.ROW_BYTES
_SAMPLE = 1000
"""Cells that are looked at to find the delimiter."""
_DELIMITERS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", " ": "spaces"}
_KIND = "a table of text"
_CURE = "write it again as CSV in UTF-8 with one row a line"
_SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_KNOWN = frozenset(name for names in ROLE_NAMES.values() for name in names)
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_delimited(upload: Upload, header: bool | None = None) -> Table:
    """Return the table of a CSV or TSV file; all its values are text as yet.

    The delimiter is the one that Excel's line `sep=;` names, or the one that takes the first rows apart best.
    Lines before it that start with # or % are comments, as SNAP's and KONECT's edge lists have them.

    Args:
        upload: the file.
        header: whether the first line names the columns; None: as it seems, and told where that is a guess.

    Raises:
        DatasetError: the file is empty, no UTF-8 text, or no table; a comment is among its rows; a quote is not closed.

    Parsing by pyarrow.
    """
    with reading(upload, _KIND, _CURE):
        quotes = _check_text(upload)
        start = _start(upload)
        first, skipped, delimiter = start.lines[0], start.skipped, start.delimiter
        if delimiter is None:
            delimiter = "\t" if upload.ending == "tsv" and "\t" in first else _delimiter(start.lines)
        cells, *below = _cells(start.lines, delimiter)
        named, warnings = (header, []) if header is not None else _header(upload, cells, below)
        columns = checked_columns(
            upload.name,
            [cell if named and cell else f"column {number}" for number, cell in enumerate(cells, start=1)],
        )
        empty = _check_lines(upload, start)
        # A quoted cell may hold empty lines.
        warnings += _check_quotes(upload, skipped, delimiter) if quotes else empty

    def read(chosen: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with reading(upload, _KIND, _CURE), upload.open() as stream:
            yield from _batches(upload, stream, columns, skipped + named, delimiter, chosen)

    head = next(read(columns), None)
    if head is None:
        raise DatasetError(f"{upload.name} has a header but no rows; give at least one row below it.")
    # Copied, so that the block it is cut from can go.
    kept = pa.table({name: pa.array(head.column(name)[:HEAD_ROWS].to_pylist(), pa.string()) for name in columns})
    names = f"row {skipped + 1:,} names the columns" if named else "no row names the columns"
    comments = f" ({skipped:,} line{'' if skipped == 1 else 's'} before the first passed over)" if skipped else ""
    form = f"values between {_DELIMITERS.get(delimiter, shown(delimiter))}, {names}{comments}"
    return Table(upload.name, columns, kept, read, first=skipped + named + 1, warnings=tuple(warnings), form=form)


def _delimiter(lines: list[str]) -> str:
    """The delimiter that gives all first rows the same number of cells: numbers in all of them first, spaces last (they
    are in names), then the most numbers and the most cells. Where none does, the one the first line has most of."""
    found: dict[tuple[bool, bool, float, int], str] = {}
    likely = [mark for mark in reversed(_DELIMITERS) if mark in lines[0]]
    for delimiter in likely if len(likely) > 1 else ():
        try:
            rows = _cells(lines, delimiter)
        except csv.Error:
            continue
        # In {'weight': 1, 'colour': 2}, as networkx writes attributes, commas are no delimiters.
        split = any(cell.count("{") != cell.count("}") for row in rows for cell in row[:_SAMPLE])
        if len(rows[0]) < 2 or len({len(row) for row in rows}) > 1 or (split and delimiter != " "):
            continue
        cells = [cell for row in rows[1:] or rows for cell in row][:_SAMPLE]
        numbers = sum(bool(notations([cell])) for cell in cells) / len(cells)
        found[(numbers == 1, delimiter != " ", numbers, len(rows[0]))] = delimiter
    return found[max(found)] if found else max(reversed(_DELIMITERS), key=lines[0].count)


def _cells(lines: list[str], delimiter: str) -> list[list[str]]:
    """The cells of the first row and of those below it, up to one that is too long or damaged."""
    rows = csv.reader(lines, delimiter=delimiter)
    found = [[cell.strip() for cell in next(rows)]]
    # What is wrong further down is told where all rows are read.
    with suppress(csv.Error):
        for row in rows:
            found += [[cell.strip() for cell in row]] if row else []
    return found


def _header(upload: Upload, first: list[str], below: list[list[str]]) -> tuple[bool, list[str]]:
    """Whether the first row names the columns, and what the user should know of that guess."""
    if not first[0] and any(first) and below and below[0][0]:
        # pandas leaves the name of its index out.
        return True, []
    filled = [cell for cell in first if cell]
    if all(map(_numeric, filled)):
        return False, []
    if any(cell.lower().replace(" ", "_") in _KNOWN for cell in first):
        return True, []
    cure = "set the header to yes or no where that is wrong"
    if any(map(_numeric, filled)):
        columns = [[row[number] for row in below if number < len(row) and row[number]] for number in range(len(first))]
        named = any(
            cell and not _numeric(cell) and values and all(map(_numeric, values))
            for cell, values in zip(first, columns, strict=True)
        )
    else:
        # Ends of edges come again further down; names of columns do not.
        again = {cell for row in below for cell in row[:2]}
        named = not again.intersection(first[:2])
    what = "the names of its columns" if named else "data, not as the names of its columns"
    return named, [f"The first row of {upload.name} ({listed(first, 4)}) is read as {what}; {cure}."]


def _check_quotes(upload: Upload, skipped: int, delimiter: str) -> list[str]:
    """Make sure that every quote is closed where its cell ends; tell of cells that go over several lines.

    Raises:
        DatasetError: naming the row whose quote is not closed.
    """
    spanning: list[tuple[int, int]] = []
    with upload.open() as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        for _ in islice(text, skipped):
            pass
        rows, before = csv.reader(text, delimiter=delimiter, strict=True), 0
        try:
            for _ in rows:
                if rows.line_num > before + 1:
                    spanning.append((skipped + before + 1, skipped + rows.line_num))
                before = rows.line_num
        except csv.Error as error:
            raise DatasetError(
                f"Row {skipped + before + 1:,} of {upload.name} has a quote that is not closed at the end of its cell, "
                f"or a cell of more than {csv.field_size_limit():,} characters; close the quote, or double each quote "
                "that belongs to the text."
            ) from error
        finally:
            text.detach()
    if not spanning:
        return []
    first, last = spanning[0]
    return [
        f"Lines {first:,} to {last:,} of {upload.name} are one row, since a quoted cell goes over them "
        f"({len(spanning):,} such row{'' if len(spanning) == 1 else 's'} in all); close the quote where it does not."
    ]


def _check_lines(upload: Upload, start: "_Start") -> list[str]:
    """Refuse comments below the first row, which pyarrow would take for rows; tell of empty lines, which it drops.

    Raises:
        DatasetError: naming the row of a comment.
    """
    number = start.skipped
    empty: list[int] = []
    with upload.open() as stream:
        for _ in islice(stream, start.skipped):
            pass
        tail = b"\n"
        while block := stream.read(limits.MIB) + stream.readline(limits.ROW_BYTES):
            for found in re.finditer(rb"(?<=\n)([#%])([ \t\r\n]?)", tail + block):
                if found[2] or found[1] in start.marks:
                    row = number + (tail + block).count(b"\n", 1, found.start()) + 1
                    raise DatasetError(
                        f"Row {row:,} of {upload.name} starts with {shown(found[1].decode())} as a comment does, and "
                        "comments are read above the first row only; delete the line, or quote it if it is data."
                    )
            held = (tail + block).rstrip()
            found_empty = islice(re.finditer(rb"(?<=\n)\r?\n", held), _SAMPLE + 1 - len(empty))
            empty += [number + held.count(b"\n", 1, found.start()) + 1 for found in found_empty]
            number += block.count(b"\n")
            tail = block[-1:]
    if not empty:
        return []
    count = f"more than {_SAMPLE:,}" if len(empty) > _SAMPLE else f"{len(empty):,}"
    return [
        f"Line {empty[0]:,} of {upload.name} is empty ({count} such in all): passed over, and rows are counted without."
    ]


def _batches(
    upload: Upload, stream: object, columns: tuple[str, ...], skipped: int, delimiter: str, chosen: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    bad: list[arrow_csv.InvalidRow] = []

    def refuse(row: arrow_csv.InvalidRow) -> str:
        bad.append(row)
        return "error"

    try:
        reader = arrow_csv.open_csv(
            stream,
            read_options=arrow_csv.ReadOptions(
                column_names=columns, skip_rows=skipped, block_size=_BLOCK, use_threads=False
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, invalid_row_handler=refuse),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), include_columns=list(chosen)
            ),
        )
        for batch in reader:
            if batch.num_rows:
                yield batch
    except pa.ArrowInvalid as error:
        if bad:
            found = bad[0]
            # pyarrow counts from the first line it parses.
            number = "" if found.number is None else f"Row {found.number:,} of "
            raise DatasetError(
                f"{number}{upload.name} has {found.actual_columns} values, but the first row has "
                f"{found.expected_columns}; give every row the same number, and quote values that hold a "
                f"{shown(delimiter)}."
            ) from error
        # Two words of pyarrow's for a row beyond the block, by how its reads happened to fall.
        if "straddling" in str(error) or "Could not skip initial" in str(error):
            raise DatasetError(
                f"A row of {upload.name} is longer than {_BLOCK // limits.MIB} MiB or its quotes are not closed; "
                f"{_CURE}."
            ) from error
        if "Empty CSV" in str(error):
            return
        raise


def _check_text(upload: Upload) -> bool:
    """Make sure that the file is UTF-8 text from its first to its last byte; returns whether it holds quotes."""
    quotes = False
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, empty = 1, True
    with upload.open() as stream:
        while block := stream.read(limits.MIB):
            if empty:
                _refuse_marks(upload, block)
            zero = block.find(b"\0")
            if zero >= 0:
                raise DatasetError(
                    f"Row {line + block.count(10, 0, zero):,} of {upload.name} holds a zero byte, so it is no text; "
                    "give the table as CSV or TSV in UTF-8."
                )
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                row = line + error.object.count(b"\n", 0, error.start)
                raise DatasetError(
                    f"Row {row:,} of {upload.name} is not UTF-8 text (byte 0x{error.object[error.start]:02x}); "
                    "save the file with the encoding UTF-8."
                ) from error
            line += block.count(b"\n")
            quotes = quotes or b'"' in block
            empty = empty and not block.strip()
    if empty:
        raise DatasetError(f"{upload.name} is empty; give a table with at least one row.")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"Row {line:,} of {upload.name} ends within a character, so the file is cut short; upload it again."
        ) from error
    return quotes


def _refuse_marks(upload: Upload, block: bytes) -> None:
    for mark, encoding in _MARKS.items():
        if block.startswith(mark):
            raise DatasetError(f"Row 1 of {upload.name} says that it is {encoding}; save it with the encoding UTF-8.")


@dataclass(frozen=True)
class _Start:
    """The first rows of a file.

    Args:
        lines: the first that is no comment, and some after it.
        skipped: how many lines are before it.
        delimiter: the one that Excel's line `sep=` names, or None.
        marks: what comments begin with.
    """

    lines: list[str]
    skipped: int
    delimiter: str | None
    marks: frozenset[bytes]


def _start(upload: Upload) -> _Start:
    delimiter, marks = None, set[bytes]()
    with upload.open() as stream:
        skipped = 0
        while line := stream.readline(limits.ROW_BYTES):
            if len(line) >= limits.ROW_BYTES:
                raise DatasetError(
                    f"The first row of {upload.name} is longer than {limits.ROW_BYTES // limits.MIB} MiB: "
                    f"at most {limits.COLUMNS:,} columns are read; give features as an .npz or Matrix Market file."
                )
            if b"\r" in line.rstrip(b"\r\n") and b'"' not in line:
                raise DatasetError(
                    f"Row {skipped + 1:,} of {upload.name} holds a carriage return, as lines end on old Macs; save "
                    "it with the line ends of Unix or Windows."
                )
            text = line.decode("utf-8-sig" if skipped == 0 else "utf-8").strip("\r\n")
            sep = _SEP_LINE.fullmatch(text.strip())
            if sep and delimiter is None:
                delimiter = sep[1]
            elif text.strip() and text[0] not in "#%":
                more = stream.read(limits.MIB).decode("utf-8", "ignore").splitlines()[:HEAD_ROWS]
                return _Start([text, *more], skipped, delimiter, frozenset(marks))
            elif text.strip():
                marks.add(text[0].encode())
            skipped += 1
    raise DatasetError(f"{upload.name} holds nothing but comments; give a table with at least one row.")


def _numeric(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
