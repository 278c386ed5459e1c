"""XML of untrusted files: looked through by defusedxml before a tree is built, and its values by declared type."""

import io
import re
from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element, ElementTree

import networkx as nx
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse, parse

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.numerals import is_float
from a2q.datasets.importers.readers.network import CURE
from a2q.datasets.importers.uploads import Upload, shown

_WHOLE = re.compile(r"[+-]?\d+")
_TYPES = {
    **dict.fromkeys(("boolean", "bool"), "boolean"),
    **dict.fromkeys(("int", "integer", "long", "short", "byte", "biginteger"), "long"),
    **dict.fromkeys(("float", "double", "decimal", "bigdecimal", "real", "number"), "double"),
}


def read_tree(upload: Upload, root: str, kind: str, namespace: str) -> tuple[Element, Element]:
    """The root of a file and the one graph in it; elements of the root's own namespace get that of networkx.

    Args:
        upload: the file.
        root: name of its root.
        kind: what it should be, as in "GraphML".
        namespace: the one that networkx knows.

    Raises:
        DatasetError: it is hostile, damaged, of another kind, or holds no graph or several.
    """
    _look_through(upload)
    with upload.open() as stream:
        top: Element = parse(stream, forbid_dtd=True).getroot()
    if local(top) != root:
        raise DatasetError(
            f"{upload.name} cannot be read as {kind} (it begins with <{local(top)[:40]}>, not <{root}>); {CURE}."
        )
    own = str(top.tag).rpartition("}")[0]
    for element in top.iter():
        if str(element.tag).rpartition("}")[0] in (own, ""):
            element.tag = f"{{{namespace}}}{local(element)}"
    graphs = children(top, "graph")
    if not graphs:
        raise DatasetError(f"{upload.name} cannot be read as {kind} (it has no <graph>); {CURE}.")
    if len(graphs) > 1:
        raise several_graphs(upload, len(graphs))
    return top, graphs[0]


def several_graphs(upload: Upload, count: int) -> DatasetError:
    """What a file of several graphs is refused with."""
    return DatasetError(
        f"{upload.name} holds {count:,} graphs, and one is read; give each a file of its own, or one graph "
        "of all of them and a column that says which is which."
    )


def attributes(
    root: Element, names: Iterable[str], reader: Callable[[Any], nx.Graph]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Attributes of each node as networkx reads them, and the defaults."""
    content = io.BytesIO()
    ElementTree(root).write(content, encoding="utf-8", xml_declaration=True)
    content.seek(0)
    graph = reader(content)
    return [graph.nodes[name] for name in names], graph.graph.get("node_default", {})


def value_type(given: str | None) -> str:
    """The type of values that a file declares, as networkx knows it: boolean, long, double or string."""
    return _TYPES.get((given or "string").lower().rpartition(":")[2], "string")


def checked_value(upload: Upload, place: str, name: str, kind: str, text: str) -> str:
    """A value of a declared type, as networkx understands it.

    Raises:
        DatasetError: it is of another type; with node, attribute and value.
    """
    value = text.strip()
    if kind == "boolean":
        fits, word = value.lower() in ("true", "false", "1", "0"), "neither true nor false"
        value = value.lower()
    elif kind == "long":
        value = value.removesuffix(".0")
        fits, word = _WHOLE.fullmatch(value) is not None and len(value) < 40, "no whole number"
    elif kind == "double":
        fits, word = is_float(value), "no number"
    else:
        return text
    if not fits:
        raise DatasetError(
            f"{place} of {upload.name} holds {shown(value)} in {shown(name)}, which is {word} as declared; mend the "
            "value, or declare a string."
        )
    return value


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str) -> list[Element]:
    """The elements of this name right inside of another."""
    return [child for child in element if local(child) == name]


def _look_through(upload: Upload) -> None:
    """Refuse entities, document types, depth and too many elements, before anything is built."""
    counts = {"node": 0, "edge": 0}
    most = {"node": limits.NODES, "edge": limits.EDGES}
    depth = 0
    with upload.open() as stream:
        try:
            for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
                depth += 1 if event == "start" else -1
                if depth > limits.XML_DEPTH:
                    raise DatasetError(f"{upload.name} nests elements more than {limits.XML_DEPTH} deep; {CURE}.")
                if event == "end":
                    name = local(element)
                    if name in counts:
                        counts[name] += 1
                        if counts[name] > most[name]:
                            raise DatasetError(
                                f"{upload.name} has more than {most[name]:,} {name}s; give a smaller graph."
                            )
                    element.clear()
        except DefusedXmlException as error:
            raise DatasetError(
                f"{upload.name} declares a document type or entities, which are never read because they can be made "
                "to fill the memory; remove the <!DOCTYPE …> lines."
            ) from error
