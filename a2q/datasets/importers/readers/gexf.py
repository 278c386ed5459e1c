"""GEXF of any version: attributes of nodes by networkx, which knows three drafts; edges from the file itself."""

from xml.etree.ElementTree import Element, SubElement

import networkx as nx

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.readers.network import Network, checked_ends, checked_names, goes_one_way
from a2q.datasets.importers.readers.xml import attributes, checked_value, children, local, read_tree, value_type
from a2q.datasets.importers.uploads import Upload, shown

_NAMESPACE = "http://gexf.net/1.3"
_TIMES = ("start", "end", "startopen", "endopen", "timestamp")


def read_gexf(upload: Upload) -> Network:
    """Return the graph of a GEXF file, with the nodes and edges inside of its nodes.

    Raises:
        DatasetError: naming the node, edge or attribute that is wrong.

    Parsing by defusedxml and networkx.
    """
    _, graph = read_tree(upload, "gexf", "GEXF", _NAMESPACE)
    nodes = [element for element in graph.iter() if local(element) == "node"]
    edges = [element for element in graph.iter() if local(element) == "edge"]
    names = checked_names(upload, nodes)
    source, target = checked_ends(upload, edges, names)
    warnings: list[str] = []
    whole = _only_nodes(upload, graph, nodes, warnings)
    rows, defaults = attributes(whole, names, nx.read_gexf)
    # What nodes are called is no attribute where it is what they are numbered.
    if all(row.get("label") in (None, name) for row, name in zip(rows, names, strict=True)):
        rows = [{key: value for key, value in row.items() if key != "label"} for row in rows]
    network = Network(names, rows, source, target, None, defaults, _of_edges(graph, edges), warnings)
    if edges:
        usual = graph.get("defaultedgetype", "undirected")
        network.directions(
            upload,
            [
                goes_one_way(upload, f"Edge {number:,}", edge.get("type") or usual)
                for number, edge in enumerate(edges, start=1)
            ],
        )
    timed = [element for element in (*nodes, *edges) if _timed(element)]
    if timed:
        warnings.append(
            f"{len(timed):,} nodes and edges of {upload.name} have times (first: {local(timed[0])} "
            f"{shown(timed[0].get('id'))}): these are not read, and all are there from the start."
        )
    return network


def _only_nodes(upload: Upload, graph: Element, nodes: list[Element], warnings: list[str]) -> Element:
    """The nodes with their values alone, in a form that networkx takes: it knows few types, and no value of a type that
    is not the declared one; of several values of one attribute it keeps the last without a word."""
    whole = Element(f"{{{_NAMESPACE}}}gexf", version="1.3")
    new = SubElement(whole, f"{{{_NAMESPACE}}}graph", defaultedgetype="undirected")
    declared = SubElement(new, f"{{{_NAMESPACE}}}attributes", {"class": "node", "mode": "static"})
    kinds: dict[str, tuple[str, str]] = {}
    titles = {"label"}
    for group in children(graph, "attributes"):
        for attribute in children(group, "attribute") if group.get("class", "node").lower() == "node" else ():
            number, kind = str(attribute.get("id")), value_type(attribute.get("type"))
            title = attribute.get("title") or number
            # "label" is what the node is called.
            title = title if title not in titles else f"{title} (attribute {number})"
            titles.add(title)
            kinds[number] = title, kind
            kept = SubElement(declared, f"{{{_NAMESPACE}}}attribute", id=number, title=title, type=kind)
            default = next(iter(children(attribute, "default")), None)
            if default is not None and default.text and default.text.strip():
                where = f"The default of attribute {shown(number)}"
                told = checked_value(upload, where, title, kind, default.text)
                SubElement(kept, f"{{{_NAMESPACE}}}default").text = told
    several: list[tuple[int, str]] = []
    into = SubElement(new, f"{{{_NAMESPACE}}}nodes")
    for place, node in enumerate(nodes, start=1):
        values: dict[str, str] = {}
        for value in (value for held in children(node, "attvalues") for value in children(held, "attvalue")):
            # The first drafts wrote id for for.
            number = str(value.get("for", value.get("id")))
            if number not in kinds:
                raise DatasetError(
                    f"Node {place:,} of {upload.name} has a value for the attribute {shown(number)}, which is not "
                    "declared for nodes; add its <attribute>, or remove the value."
                )
            title, kind = kinds[number]
            text = value.get("value", "")
            if number in values:
                several.append((place, title))
            if text.strip() or kind == "string":
                values[number] = checked_value(upload, f"Node {place:,}", title, kind, text)
        kept = SubElement(into, f"{{{_NAMESPACE}}}node", id=str(node.get("id")))
        if node.get("label") is not None:
            kept.set("label", str(node.get("label")))
        held = SubElement(kept, f"{{{_NAMESPACE}}}attvalues")
        for number, text in values.items():
            SubElement(held, f"{{{_NAMESPACE}}}attvalue", {"for": number, "value": text})
    if several:
        warnings.append(
            f"{len(several):,} values of nodes of {upload.name} are one of several over time (first: "
            f"{shown(several[0][1])} of node {several[0][0]:,}): the last of each is read."
        )
    return whole


def _of_edges(graph: Element, edges: list[Element]) -> set[str]:
    """What edges have beyond their ends."""
    titles = {
        str(attribute.get("id")): str(attribute.get("title"))
        for group in children(graph, "attributes")
        if group.get("class", "").lower() == "edge"
        for attribute in children(group, "attribute")
    }
    found = {name for edge in edges for name in ("weight", "label", "kind") if edge.get(name) is not None}
    for edge in edges:
        for held in children(edge, "attvalues"):
            numbers = (str(value.get("for", value.get("id"))) for value in children(held, "attvalue"))
            found |= {titles.get(number, number) for number in numbers}
    return found


def _timed(element: Element) -> bool:
    inner = any(local(child) in ("spells", "slices") for child in element)
    return inner or any(element.get(name) is not None for name in _TIMES)
