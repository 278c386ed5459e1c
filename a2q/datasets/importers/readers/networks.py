"""GraphML, GEXF, GML and node-link JSON, by networkx; XML is looked through by defusedxml first."""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import networkx as nx
import pyarrow as pa
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse, parse

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.tables import Table, table_of
from a2q.datasets.importers.uploads import Upload, reading, shown

_KINDS = {"graphml": "GraphML", "gexf": "GEXF", "gml": "GML", "json": "networkx node-link JSON"}
_GEXF = "http://gexf.net/1.3"
_GEXF_TYPES = {
    **{kind: kind for kind in ("boolean", "integer", "long", "float", "double")},
    **dict.fromkeys(("int", "short", "byte", "biginteger"), "long"),
    "bigdecimal": "double",
}
_MASKS = {"train": "train_mask", "validation": "val_mask", "test": "test_mask"}
_CURE = "write it again with networkx, Gephi or the program it came from"


def read_network(upload: Upload) -> Parts:
    """Return nodes and edges, with their attributes, of a GraphML, GEXF, GML or node-link JSON file.

    Raises:
        DatasetError: the file is damaged, hostile, or too large for its parser.

    Parsing by networkx and defusedxml.
    """
    kind = _KINDS[upload.ending]
    if upload.size > limits.PARSED_BYTES:
        raise DatasetError(
            f"{upload.name} is {upload.size / limits.MIB:,.0f} MiB, and {kind} is read up to "
            f"{limits.PARSED_BYTES // limits.MIB} MiB; give the edges as CSV or Parquet instead."
        )
    with reading(upload, kind, _CURE):
        graph = _READERS[upload.ending](upload)
        if not isinstance(graph, nx.Graph):
            raise DatasetError(f"{upload.name} holds no single graph; {_CURE}.")
        return _parts(upload, graph)


def _parts(upload: Upload, graph: nx.Graph) -> Parts:
    if not graph.number_of_nodes():
        raise DatasetError(f"{upload.name} has no nodes; give a graph with at least one edge.")
    names = [str(node) for node in graph.nodes]
    nodes = _attributes(upload, "node", (data for _, data in graph.nodes(data=True)), {"id": names})
    ends: dict[str, list[str]] = {"source": [], "target": []}
    for source, target in graph.edges():
        ends["source"].append(str(source))
        ends["target"].append(str(target))
    edges = table_of(upload.name, {name: pa.array(values, pa.string()) for name, values in ends.items()}, "edge")
    return Parts(edges=edges, nodes=nodes, directed=graph.is_directed())


def _attributes(upload: Upload, word: str, rows: Iterable[Mapping[Any, Any]], first: dict[str, list[Any]]) -> Table:
    """A table with a column for every attribute that any row has."""
    given = [_plain(row) for row in rows]
    columns = {str(name): name for row in given for name in row}
    if len(columns) > limits.COLUMNS or len(columns) * len(given) > limits.FEATURE_VALUES // 10:
        raise DatasetError(
            f"{upload.name} has {len(columns):,} attributes a {word} on {len(given):,} {word}s, more than is read from "
            "such a file; give features as an .npz or Matrix Market file."
        )
    found = {}
    for title, name in columns.items():
        found[title if title not in first else f"{title} (attribute)"] = _column([row.get(name) for row in given])
    return table_of(upload.name, {**{name: pa.array(values) for name, values in first.items()}, **found}, word)


def _plain(row: Mapping[Any, Any]) -> dict[Any, Any]:
    """Attributes as PyTorch Geometric's to_networkx gives them: lists of numbers as columns, masks as a split."""
    found: dict[Any, Any] = {}
    for name, value in row.items():
        if isinstance(value, list) and value and all(isinstance(number, int | float) for number in value):
            found |= {f"{name} {place}": number for place, number in enumerate(value)}
        else:
            found[name] = value
    if "split" not in row and all(isinstance(row.get(mask), bool) for mask in _MASKS.values()):
        parts = [part for part, mask in _MASKS.items() if found.pop(mask)]
        found["split"] = " and ".join(parts) or "none"
    return found


def _column(values: list[Any]) -> pa.Array:
    """Values of one attribute: yes/no, whole numbers or numbers where all are such, else text."""
    present = [value for value in values if value is not None]
    for kind, arrow in ((bool, pa.bool_()), (int, pa.int64()), ((int, float), pa.float64())):
        if present and all(
            isinstance(value, kind) and (kind is bool or not isinstance(value, bool)) for value in present
        ):
            try:
                return pa.array(values, arrow)
            except (pa.ArrowInvalid, OverflowError):
                continue
    return pa.array([value if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    # Half of a surrogate pair, as "\ud800" in JSON, is no text.
    return text[: limits.MIB].encode("utf-8", "replace").decode("utf-8")


def _xml(upload: Upload) -> None:
    """Refuse entities, document types, depth and too many elements, before anything is built."""
    counts = {"node": 0, "edge": 0}
    most = {"node": limits.NODES, "edge": limits.EDGES}
    depth = 0
    with upload.open() as stream:
        try:
            for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
                depth += 1 if event == "start" else -1
                if depth > limits.XML_DEPTH:
                    raise DatasetError(f"{upload.name} nests elements more than {limits.XML_DEPTH} deep; {_CURE}.")
                if event == "end":
                    name = str(element.tag).rpartition("}")[2]
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


def _graphml(upload: Upload) -> nx.Graph:
    _xml(upload)
    with upload.open() as stream:
        tree = parse(stream, forbid_dtd=True)
    root = tree.getroot()
    graphs = [element for element in root if _local(element) == "graph"]
    if len(graphs) > 1:
        raise DatasetError(
            f"{upload.name} holds {len(graphs):,} graphs, and one is read; give each a file of its own, or one graph "
            "of all of them and a column that says which is which."
        )
    for graph in graphs:
        _unnest(graph)
    content = io.BytesIO()
    tree.write(content, encoding="utf-8", xml_declaration=True)
    content.seek(0)
    return nx.read_graphml(content)


def _unnest(graph: Any) -> None:
    """Take the nodes and edges of graphs inside of nodes (groups and folders of yEd) into the graph: networkx
    reads the nodes of those, but none of their edges."""
    inner = [(node, child) for node in graph.iter() if _local(node) == "node" for child in node]
    for node, child in inner:
        if _local(child) == "graph":
            node.remove(child)
            graph.extend(element for element in child if _local(element) in ("node", "edge", "hyperedge"))


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _gexf(upload: Upload) -> nx.Graph:
    """The graph of a GEXF file of any version: networkx knows the namespaces of three drafts, colours as three
    numbers, and few types."""
    _xml(upload)
    with upload.open() as stream:
        tree = parse(stream, forbid_dtd=True)
    root = tree.getroot()
    for element in list(root.iter()):
        for child in list(element):
            # How a node is drawn is not read.
            if "viz" in str(child.tag).rpartition("}")[0]:
                element.remove(child)
        name = _local(element)
        element.tag = f"{{{_GEXF}}}{name}"
        if name == "attribute":
            kind = str(element.get("type", "string"))
            element.set("type", _GEXF_TYPES.get(kind, "string"))
    content = io.BytesIO()
    tree.write(content, encoding="utf-8", xml_declaration=True)
    content.seek(0)
    return nx.read_gexf(content)


def _gml(upload: Upload) -> nx.Graph:
    with upload.open() as stream:
        try:
            return nx.read_gml(stream)
        except nx.NetworkXError as error:
            if "label" not in str(error):
                raise
    # Labels name the nodes, unless two are alike or one has none: ids do then.
    with upload.open() as stream:
        return nx.read_gml(stream, label="id")


def _json(upload: Upload) -> nx.Graph:
    with upload.open() as stream:
        found = json.load(stream)
    if not isinstance(found, dict) or not isinstance(found.get("nodes"), list):
        raise DatasetError(f"{upload.name} has no list 'nodes', as node-link JSON of networkx has; {_CURE}.")
    edges = next((name for name in ("edges", "links") if isinstance(found.get(name), list)), None)
    if edges is None:
        raise DatasetError(f"{upload.name} has neither a list 'edges' nor a list 'links'; {_CURE}.")
    _check_links(upload, found["nodes"], found[edges], edges)
    return nx.node_link_graph(found, edges=edges)


def _check_links(upload: Upload, nodes: list[Any], links: list[Any], name: str) -> None:
    """What networkx would accept in silence: it makes nodes of whatever an edge names."""
    known: set[str | int] = set()
    for number, node in enumerate(nodes, start=1):
        if not isinstance(node, dict) or not isinstance(node.get("id"), str | int):
            raise DatasetError(
                f"Node {number:,} of {upload.name} has no id; give each node a whole number or a text as 'id'."
            )
        if node["id"] in known:
            raise DatasetError(
                f"Node {number:,} of {upload.name} has the id {shown(node['id'])} of an earlier one; give each its own."
            )
        known.add(node["id"])
    for number, link in enumerate(links, start=1):
        for end in ("source", "target"):
            if not isinstance(link, dict) or not isinstance(link.get(end), str | int) or link[end] not in known:
                given = link.get(end) if isinstance(link, dict) else link
                raise DatasetError(
                    f"Edge {number:,} in the list {name!r} of {upload.name} has the {end} {shown(given)}, "
                    "which is no node's id; add the node or remove the edge."
                )


_READERS: dict[str, Callable[[Upload], nx.Graph]] = {"graphml": _graphml, "gexf": _gexf, "gml": _gml, "json": _json}
