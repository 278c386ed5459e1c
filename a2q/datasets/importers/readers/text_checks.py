"""Every byte of a CSV before it is parsed: encoding, comments, empty lines and quotes."""

import codecs
import csv
import io
import re
from itertools import islice

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.readers.first_lines import FirstLines
from a2q.datasets.importers.uploads import Upload, shown

_MOST_TOLD = 1000
_COMMENT = re.compile(rb"(?<=\n)[ \t]*([#%]|//)([ \t\r\n]?)")
_EMPTY_LINE, _BLANK_LINE = re.compile(rb"(?<=\n)\r?\n"), re.compile(rb"(?<=\n)[ \t]*\r?\n")
_MAYBE_EMPTY = (b"\n\n", b"\n\r\n", b"\n ", b"\n\t")
_MAYBE_COMMENTS = (b"#", b"%", b"//")
"""Expressions over every byte take ten times as long as a look for these."""
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def check_text(upload: Upload) -> bool:
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


def check_lines(upload: Upload, start: FirstLines, blanks: bool = False) -> list[str]:
    """Refuse comments below the first row, which pyarrow would take for rows; tell of empty lines, which it drops.

    Args:
        upload: the file.
        start: its first rows.
        blanks: whether values are any number of spaces and tabs apart, so that a line of these is empty.

    Raises:
        DatasetError: naming the row of a comment.
    """
    number, line = start.skipped, _BLANK_LINE if blanks else _EMPTY_LINE
    empty: list[int] = []
    with upload.open() as stream:
        for _ in islice(stream, start.skipped):
            pass
        tail = b"\n"
        while block := stream.read(limits.MIB) + stream.readline(limits.ROW_BYTES):
            marked = any(mark in block for mark in _MAYBE_COMMENTS)
            for found in _COMMENT.finditer(tail + block) if marked else ():
                if found[2] or found[1] in start.marks:
                    row = number + (tail + block).count(b"\n", 1, found.start()) + 1
                    raise DatasetError(
                        f"Row {row:,} of {upload.name} starts with {shown(found[1].decode())} as a comment does, and "
                        "comments are read above the first row only; delete the line, or quote it if it is data."
                    )
            held = (tail + block).rstrip()
            if any(mark in held for mark in _MAYBE_EMPTY):
                found_empty = islice(line.finditer(held), _MOST_TOLD + 1 - len(empty))
                empty += [number + held.count(b"\n", 1, found.start()) + 1 for found in found_empty]
            number += block.count(b"\n")
            tail = block[-1:]
    if not empty:
        return []
    count = f"more than {_MOST_TOLD:,}" if len(empty) > _MOST_TOLD else f"{len(empty):,}"
    return [
        f"Line {empty[0]:,} of {upload.name} is empty ({count} such in all): passed over, and rows are counted without."
    ]


def check_quotes(upload: Upload, skipped: int, delimiter: str) -> list[str]:
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
