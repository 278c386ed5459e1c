"""Node-link JSON, as networkx and D3 write it: lists of nodes and of edges, each an object."""

import json
from collections import Counter
from typing import Any

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.readers.network import CURE, Network, checked_ends, checked_names, goes_one_way
from a2q.datasets.importers.tables import listed
from a2q.datasets.importers.uploads import Upload, shown

# "graph" holds what networkx knows of the whole: a list of pairs in some of its versions.
_READ = ("nodes", "edges", "links", "graph")


def read_node_link(upload: Upload) -> Network:
    """Return the graph of a node-link JSON file.

    Raises:
        DatasetError: naming the node, the edge or the list that is wrong.
    """
    with upload.open() as stream:
        try:
            found = json.load(stream, object_pairs_hook=_each_once)
        except _TwiceError as error:
            raise DatasetError(
                f"{upload.name} gives {shown(error)} twice in one object; remove one of the two."
            ) from error
    if not isinstance(found, dict) or not isinstance(found.get("nodes"), list):
        raise DatasetError(f"{upload.name} has no list 'nodes', as node-link JSON of networkx has; {CURE}.")
    lists = [name for name in ("edges", "links") if isinstance(found.get(name), list)]
    if not lists:
        raise DatasetError(f"{upload.name} has neither a list 'edges' nor a list 'links'; {CURE}.")
    if len(lists) == 2:
        raise DatasetError(f"{upload.name} has both a list 'edges' and a list 'links'; remove one of the two.")
    nodes, links = found["nodes"], found[lists[0]]
    names = checked_names(upload, nodes)
    source, target = checked_ends(upload, links, names, f" in the list {lists[0]!r}")
    directed = found.get("directed")
    others = [name for name, value in found.items() if isinstance(value, list) and value and name not in _READ]
    warnings = [f"Lists {listed(others)} of {upload.name} are not used."] if others else []
    return Network(
        names,
        [{key: value for key, value in node.items() if key != "id"} for node in nodes],
        source,
        target,
        None if directed is None else goes_one_way(upload, "The value 'directed'", directed),
        edge_attributes={key for link in links for key in link} - {"source", "target"},
        warnings=warnings,
    )


class _TwiceError(Exception):
    """A name that an object gives twice."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return found
