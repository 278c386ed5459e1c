"""CSV and TSV, by pyarrow's streaming reader: a table larger than memory is read in blocks."""

import io
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.csv as arrow_csv

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.readers.blanks import OneBlank, aligned
from a2q.datasets.importers.readers.first_lines import (
    DELIMITERS,
    cells_of,
    delimiter_of,
    first_lines,
    header_of,
    one_less,
)
from a2q.datasets.importers.readers.text_checks import check_lines, check_quotes, check_text
from a2q.datasets.importers.tables import HEAD_ROWS, Table, checked_columns
from a2q.datasets.importers.uploads import Upload, reading, shown

_BLOCK = limits.ROW_BYTES
_KIND = "a table of text"
_CURE = "write it again as CSV in UTF-8 with one row a line"


def read_delimited(upload: Upload, header: bool | None = None) -> Table:
    """Return the table of a CSV or TSV file; all its values are text as yet.

    The delimiter is the one that Excel's line `sep=;` names, or the one that takes the first rows apart best.
    Lines before it that start with #, % or // are comments, as SNAP's and KONECT's edge lists have them.

    Args:
        upload: the file.
        header: whether the first line names the columns; None: as it seems, and told where that is a guess.

    Raises:
        DatasetError: the file is empty, no UTF-8 text, or no table; a comment is among its rows; a quote is not closed.

    Parsing by pyarrow.
    """
    with reading(upload, _KIND, _CURE):
        quotes = check_text(upload)
        start = first_lines(upload)
        first, skipped, delimiter = start.lines[0], start.skipped, start.delimiter
        if delimiter is None:
            delimiter = "\t" if upload.ending == "tsv" and "\t" in first else delimiter_of(start.lines)
        blanks = not quotes and delimiter in " \t" and aligned(start.lines, cells_of(start.lines, delimiter))
        delimiter = " " if blanks else delimiter
        lines = [" ".join(line.split()) for line in start.lines] if blanks else start.lines
        cells, *below = cells_of(lines, delimiter)
        short = header is not False and one_less(cells, below)
        if short:
            # R leaves the name of its row names out; other programs end rows with a delimiter.
            cells = ["", *cells] if any(row[-1] for row in below) else [*cells, ""]
        told = header is not None or short
        named, warnings = (header is not False, []) if told else header_of(upload, cells, below)
        columns = checked_columns(
            upload.name,
            [cell if named and cell else f"column {number}" for number, cell in enumerate(cells, start=1)],
        )
        empty = check_lines(upload, start, blanks)
        # A quoted cell may hold empty lines.
        warnings += check_quotes(upload, skipped, delimiter) if quotes else empty

    def read(chosen: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with reading(upload, _KIND, _CURE), upload.open() as content:
            stream = io.BufferedReader(OneBlank(content), limits.MIB) if blanks else content
            yield from _batches(upload, stream, columns, skipped + named, delimiter, chosen)

    head = next(read(columns), None)
    if head is None:
        raise DatasetError(f"{upload.name} has a header but no rows; give at least one row below it.")
    # Copied, so that the block it is cut from can go.
    kept = pa.table({name: pa.array(head.column(name)[:HEAD_ROWS].to_pylist(), pa.string()) for name in columns})
    names = f"row {skipped + 1:,} names the columns" if named else "no row names the columns"
    comments = f" ({skipped:,} line{'' if skipped == 1 else 's'} before the first passed over)" if skipped else ""
    marks = "any number of spaces and tabs" if blanks else DELIMITERS.get(delimiter, shown(delimiter))
    between = f"values between {marks}" if len(columns) > 1 else "one column"
    return Table(
        upload.name,
        columns,
        kept,
        read,
        first=skipped + named + 1,
        warnings=tuple(warnings),
        form=f"{between}, {names}{comments}",
        comments=start.comments,
    )


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
