"""What is wrong with a damaged file, in words of the file: exceptions of libraries speak of their own insides."""

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from xml.etree.ElementTree import ParseError

import networkx as nx
import pyarrow as pa

_MOST = 120
_INSIDE = re.compile(
    r"codec|NoneType|object|dtype|thrift|flatbuffer|base64|pandas|pyarrow|numpy|networkx|float64|int64|Errno|index out"
    r"|literal|subscript|iterable|attribute '|argument|callable|unpack|<class|0x[0-9a-f]{6}|usecols|\bself\b|Error\b|b'"
)
_KNOWN: Sequence[tuple[type[Exception] | tuple[type[Exception], ...], str, str]] = (
    (zipfile.BadZipFile, "CRC-32 for file '(.+?)(?:.npy)?'", "the content of '{}' is damaged"),
    (zipfile.BadZipFile, "^(File is not a zip file)$", "{}"),
    (zipfile.BadZipFile, "", "its list of arrays is damaged"),
    ((zlib.error, struct.error, EOFError, OSError, NotImplementedError), "", "its content is damaged or cut short"),
    (pa.ArrowException, "[Mm]agic bytes", "it does not begin and end as such a file does"),
    (
        ValueError,
        "could not convert string '(.*?)' to float64 at row (\\d+)",
        "entry {1} holds '{0}', which is no number",
    ),
    (
        ValueError,
        "columns changed from (\\d+) to (\\d+) at row (\\d+)",
        "entry {2} has {1} numbers, and those before {0}",
    ),
)


def reason(error: Exception) -> str:
    """Why a file cannot be read, to stand in brackets; "its content is damaged" where the exception says nothing that
    its reader could use."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1:,}, 0x{error.object[error.start]:02x}, is no UTF-8 text"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.removesuffix(' at')} at line {error.lineno:,}, column {error.colno:,}"
    first = (str(error).strip().splitlines() or [""])[0]
    printable = "".join(letter for letter in first if letter.isprintable()).rstrip(".;: ")
    for kind, pattern, words in _KNOWN:
        found = re.search(pattern, printable)
        if isinstance(error, kind) and found:
            return _cut(words.format(*(group[:40] for group in found.groups())))
    telling = isinstance(error, ParseError | nx.NetworkXException | pa.ArrowException)
    if telling and printable and not _INSIDE.search(printable):
        return _cut(printable)
    return "its content is damaged"


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"
