"""CSV and TSV, by pyarrow's streaming reader: a table larger than memory is read in blocks."""

import codecs
import csv
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.csv as arrow_csv

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.tables import HEAD_ROWS, Table, checked_columns
from a2q.datasets.importers.uploads import Upload, reading, shown

_BLOCK = limits.ROW_BYTES
_DELIMITERS = (",", "\t", ";", "|", " ")
_KIND = "a table of text"
_CURE = "write it again as CSV in UTF-8 with one row a line"
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_delimited(upload: Upload, header: bool | None = None) -> Table:
    """Return the table of a CSV or TSV file; all its values are text as yet.

    The delimiter is the one the first line has most of (a tab in a .tsv). Lines before it that start with # or %
    are comments, as SNAP's and KONECT's edge lists have them.

    Args:
        upload: the file.
        header: whether the first line names the columns; None: it does unless all its cells are numbers.

    Raises:
        DatasetError: the file is empty, no UTF-8 text, or no table.

    Parsing by pyarrow.
    """
    with reading(upload, _KIND, _CURE):
        _check_text(upload)
        first, skipped = _first_line(upload)
        delimiter = "\t" if upload.ending == "tsv" else max(_DELIMITERS, key=first.count)
        cells = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter))]
        named = not all(map(_numeric, cells)) if header is None else header
        columns = checked_columns(
            upload.name,
            [cell if named and cell else f"column {number}" for number, cell in enumerate(cells, start=1)],
        )

    def read(chosen: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with reading(upload, _KIND, _CURE), upload.open() as stream:
            yield from _batches(upload, stream, columns, skipped + named, delimiter, chosen)

    head = next(read(columns), None)
    if head is None:
        raise DatasetError(f"{upload.name} has a header but no rows; give at least one row below it.")
    # Copied, so that the block it is cut from can go.
    kept = pa.table({name: pa.array(head.column(name)[:HEAD_ROWS].to_pylist(), pa.string()) for name in columns})
    return Table(upload.name, columns, kept, read, first=skipped + named + 1)


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


def _check_text(upload: Upload) -> None:
    """Make sure that the file is UTF-8 text from its first to its last byte, a block at a time."""
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
            empty = empty and not block.strip()
    if empty:
        raise DatasetError(f"{upload.name} is empty; give a table with at least one row.")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"Row {line:,} of {upload.name} ends within a character, so the file is cut short; upload it again."
        ) from error


def _refuse_marks(upload: Upload, block: bytes) -> None:
    for mark, encoding in _MARKS.items():
        if block.startswith(mark):
            raise DatasetError(f"Row 1 of {upload.name} says that it is {encoding}; save it with the encoding UTF-8.")


def _first_line(upload: Upload) -> tuple[str, int]:
    """The first line that is no comment, and how many lines are before it."""
    with upload.open() as stream:
        skipped = 0
        while line := stream.readline(limits.ROW_BYTES):
            if len(line) >= limits.ROW_BYTES:
                raise DatasetError(
                    f"The first row of {upload.name} is longer than {limits.ROW_BYTES // limits.MIB} MiB: "
                    f"at most {limits.COLUMNS:,} columns are read; give features as an .npz or Matrix Market file."
                )
            text = line.decode("utf-8-sig" if skipped == 0 else "utf-8").strip("\r\n")
            if text.strip() and text[0] not in "#%":
                return text, skipped
            skipped += 1
    raise DatasetError(f"{upload.name} holds nothing but comments; give a table with at least one row.")


def _numeric(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
