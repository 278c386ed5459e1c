"""GraphML: attributes of nodes by networkx, edges from the file itself, since networkx hides some of them."""

from collections import Counter
from xml.etree.ElementTree import Element

import networkx as nx

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.readers.network import Network, checked_ends, checked_names, goes_one_way
from a2q.datasets.importers.readers.xml import attributes, checked_value, children, local, read_tree, value_type
from a2q.datasets.importers.uploads import Upload, shown

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"


def read_graphml(upload: Upload) -> Network:
    """Return the graph of a GraphML file, those nested in its nodes included.

    Raises:
        DatasetError: naming the node, edge or key that is wrong.

    Parsing by defusedxml and networkx.
    """
    root, graph = read_tree(upload, "graphml", "GraphML", _NAMESPACE)
    directed = _unnest(upload, graph)
    keys = {str(key.get("id")): key for key in children(root, "key")}
    nodes, edges = children(graph, "node"), children(graph, "edge")
    if hyper := children(graph, "hyperedge"):
        raise DatasetError(
            f"{upload.name} has hyperedges ({len(hyper):,}), which join any number of "
            "nodes; write an edge for each pair that it joins."
        )
    names = checked_names(upload, nodes)
    source, target = checked_ends(upload, edges, names)
    of_edges = {_name(keys, data) for edge in edges for data in children(edge, "data")}
    for edge in edges:
        graph.remove(edge)
    _tidy(upload, keys, nodes)
    # networkx joins a node twice with what is nested in it.
    rows, defaults = attributes(root, names, nx.read_graphml)
    network = Network(names, rows, source, target, None, defaults, of_edges)
    if edges:
        said = [edge.get("directed") for edge in edges]
        network.directions(
            upload,
            [
                goes_one_way(upload, f"Edge {number:,}", word) if word else directed[edge]
                for number, (word, edge) in enumerate(zip(said, edges, strict=True), start=1)
            ],
        )
        if not (any(said) or any(directed.values()) or graph.get("edgedefault")):
            network.directed = None
    return network


def _unnest(upload: Upload, graph: Element) -> dict[Element, bool]:
    """Take nodes and edges of graphs inside of nodes (groups and folders of yEd) into the graph: networkx reads the
    nodes of some of those, and none of their edges. Returns whether each edge goes one way by its graph's word."""
    whole = goes_one_way(upload, "The edgedefault", graph.get("edgedefault") or "undirected")
    directed = dict.fromkeys(children(graph, "edge"), whole)
    inner = [(node, child) for node in graph.iter() if local(node) == "node" for child in node]
    for node, child in inner:
        node.attrib.pop("yfiles.foldertype", None)
        if local(child) == "graph":
            node.remove(child)
            default = child.get("edgedefault")
            inside = goes_one_way(upload, "An inner edgedefault", default) if default else whole
            directed |= dict.fromkeys(children(child, "edge"), inside)
            graph.extend(element for element in child if local(element) in ("node", "edge", "hyperedge"))
    return directed


def _name(keys: dict[str, Element], data: Element) -> str:
    key = keys.get(str(data.get("key")))
    return str(data.get("key") if key is None else key.get("attr.name") or key.get("yfiles.type") or key.get("id"))


def _tidy(upload: Upload, keys: dict[str, Element], nodes: list[Element]) -> None:
    """Declarations and values as networkx takes them: it knows few types, ends at the first value of another, writes
    one attribute over another of the same name, and gives only those of some declarations a default."""
    taken = Counter(str(key.get("attr.name")) for key in keys.values() if key.get("for") in ("node", "all", None))
    for number, key in keys.items():
        if key.get("yfiles.type") is not None:
            _drop_default(key)
            continue
        name = key.get("attr.name") or number
        twice = key.get("for") in ("node", "all", None) and taken[name] > 1
        key.set("attr.name", f"{name} ({number})" if twice else name)
        kind = value_type(key.get("attr.type"))
        if key.get("for") in ("all", None):
            key.set("for", "node")
        default = next(iter(children(key, "default")), None)
        if default is not None and default.text and default.text.strip():
            default.text = checked_value(upload, f"The default of key {shown(number)}", name, kind, default.text)
        else:
            _drop_default(key)
        key.set("attr.type", kind)
    for place, node in enumerate(nodes, start=1):
        values = [data.get("key") for data in children(node, "data")]
        if len(set(values)) < len(values):
            again = Counter(values).most_common(1)[0][0]
            raise DatasetError(
                f"Node {place:,} of {upload.name} has several values for the key {shown(again)}; leave one there."
            )
        for data in children(node, "data"):
            declared = keys.get(str(data.get("key")))
            if declared is None:
                raise DatasetError(
                    f"Node {place:,} of {upload.name} has a value for the key {shown(data.get('key'))}, which is not "
                    "declared; add its <key>, or remove the value."
                )
            if declared.get("yfiles.type") is not None:
                continue
            if len(data):
                # networkx takes elements for those of yEd, and leaves all others out.
                data.text = "".join(data.itertext())
                del data[:]
            kind, name = str(declared.get("attr.type")), str(declared.get("attr.name"))
            if data.text is None or not data.text.strip():
                # Of numbers, an empty value is none.
                if kind != "string":
                    node.remove(data)
                continue
            data.text = checked_value(upload, f"Node {place:,}", name, kind, data.text)


def _drop_default(key: Element) -> None:
    for default in children(key, "default"):
        key.remove(default)
