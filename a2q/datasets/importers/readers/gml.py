"""GML, by networkx, which takes one line a value, ASCII, and no two edges between the same nodes."""

import html
import re
from typing import Any

import networkx as nx

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.readers.network import CURE, Network, text_of
from a2q.datasets.importers.readers.xml import several_graphs
from a2q.datasets.importers.uploads import Upload

_PARTS = re.compile(
    r'(?P<text>"[^"]*")|(?P<comment>\#[^\n]*)|(?P<graph>\bgraph\s*\[)|(?P<edge>\bedge\s*\[)'
    r"|(?P<power>(?<![\w.])[+-]?\d+[eE][+-]?\d+\b)|(?P<odd>(?<![\w.])[+-]?(?i:nan|infinity|inf)\b)"
)
_PLACE = re.compile(r"\((\d+), (\d+)\)")
_NUMBERED = re.compile(r"\b(node|edge) #(\d+)")
_NUMBER = "a2qnumber"


def read_gml(upload: Upload) -> Network:
    """Return the graph of a GML file; nodes are called as their labels are, if each has one of its own, else by id.

    Raises:
        DatasetError: with the place in the file, or the node or edge that is wrong.

    Parsing by networkx.
    """
    with upload.open() as stream:
        text, graphs = _tidied(_decoded(stream.read()))
    try:
        graph: Any = nx.parse_gml(text, label="id")
    except nx.NetworkXError as error:
        told = str(error).splitlines()[0]
        if "more than one graph" in told:
            raise several_graphs(upload, graphs) from error
        told = _NUMBERED.sub(lambda found: f"{found[1]} {int(found[2]) + 1:,}", told)
        told = _PLACE.sub(r"line \1, column \2", told).replace("cannot tokenize", "no GML:").replace("EOF", "its end")
        told = "".join(letter for letter in html.unescape(told) if letter.isprintable())
        raise DatasetError(f"{upload.name} cannot be read as GML ({told[:120]}); {CURE}.") from error
    found = sorted(graph.edges(data=True), key=lambda edge: _order(edge[2]))
    rows = [dict(data) for _, data in graph.nodes(data=True)]
    labels = [text_of(row["label"]) for row in rows if isinstance(row.get("label"), str | int | float)]
    ids = [text_of(node) for node in graph.nodes]
    named = len(labels) == len(ids) == len(set(labels)) and "" not in labels
    names = labels if named else ids
    if named:
        for row in rows:
            del row["label"]
    name = dict(zip(graph.nodes, names, strict=True))
    return Network(
        names,
        rows,
        [name[source] for source, _, _ in found],
        [name[target] for _, target, _ in found],
        bool(graph.is_directed()),
        edge_attributes={str(key) for _, _, data in found for key in data if key != _NUMBER},
    )


def _order(edge: dict[str, Any]) -> int:
    number = edge.get(_NUMBER)
    return number if isinstance(number, int) else 0


def _decoded(content: bytes) -> str:
    """The text: ASCII by the book, UTF-8 or Latin-1 as programs write it."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _tidied(text: str) -> tuple[str, int]:
    """The text as networkx takes it, and how many graphs it seems to have: letters beyond ASCII written as
    &#233;, texts in one line each, 1e5 as 1.0e5, edges numbered in their order, of which several may join two nodes."""
    counts = {"graph": 0, "edge": 0}

    def replaced(found: re.Match[str]) -> str:
        whole, kind = found[0], found.lastgroup
        if kind == "text":
            lines = whole.split("\n")
            # Line ends come after it, so that places in the file stay true.
            return " ".join(line.strip() for line in lines) + "\n" * (len(lines) - 1) if len(lines) > 1 else whole
        if kind == "comment":
            return ""
        if kind == "power":
            return re.sub("[eE]", ".0E", whole)
        if kind == "odd":
            sign = "-" if whole.startswith("-") else ""
            return "NAN" if "nan" in whole.lower() else f"{sign or '+'}INF"
        counts[str(kind)] += 1
        if kind == "graph":
            return f"{whole} multigraph 1 " if counts["graph"] == 1 else whole
        return f"{whole} {_NUMBER} {counts['edge']} "

    tidy = _PARTS.sub(replaced, text.replace("\r\n", "\n").replace("\r", "\n"))
    return tidy.encode("ascii", "xmlcharrefreplace").decode("ascii"), counts["graph"]
