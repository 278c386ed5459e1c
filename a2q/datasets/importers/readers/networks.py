"""Whole graphs in one file: GraphML, GEXF, GML and node-link JSON."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.readers.gexf import read_gexf
from a2q.datasets.importers.readers.gml import read_gml
from a2q.datasets.importers.readers.graphml import read_graphml
from a2q.datasets.importers.readers.network import CURE, Network, text_of
from a2q.datasets.importers.readers.node_link import read_node_link
from a2q.datasets.importers.tables import Table, listed, table_of
from a2q.datasets.importers.uploads import Upload, reading, shown

_READERS: dict[str, tuple[str, Callable[[Upload], Network]]] = {
    "graphml": ("GraphML", read_graphml),
    "gexf": ("GEXF", read_gexf),
    "gml": ("GML", read_gml),
    "json": ("networkx node-link JSON", read_node_link),
}
_NAMES_OF_EDGES = {"id", "key", "networkx_key"}


def read_network(upload: Upload) -> Parts:
    """Return nodes and edges, with the attributes of nodes, of a GraphML, GEXF, GML or node-link JSON file.

    Raises:
        DatasetError: the file is damaged, hostile, or too large for its parser.
    """
    kind, read = _READERS[upload.ending]
    if upload.size > limits.PARSED_BYTES:
        raise DatasetError(
            f"{upload.name} is {upload.size / limits.MIB:,.0f} MiB, and {kind} is read up to "
            f"{limits.PARSED_BYTES // limits.MIB} MiB; give the edges as CSV or Parquet instead."
        )
    with reading(upload, kind, CURE):
        return _parts(upload, read(upload))


def _parts(upload: Upload, network: Network) -> Parts:
    if not network.names:
        raise DatasetError(f"{upload.name} has no nodes; give a graph with at least one edge.")
    ends = {"source": network.source, "target": network.target}
    edges = table_of(upload.name, {name: pa.array(values, pa.string()) for name, values in ends.items()}, "edge")
    warnings = list(network.warnings)
    more = sorted(network.edge_attributes - _NAMES_OF_EDGES)
    if more:
        warnings.append(
            f"Attributes {listed(more)} of the edges of {upload.name} are not used: edges "
            "have no weights or attributes here."
        )
    warnings += _several(upload, network)
    return Parts(edges, _attributes(upload, network), directed=network.directed, warnings=tuple(warnings))


def _several(upload: Upload, network: Network) -> list[str]:
    """A remark on each attribute with one value at some nodes and several at others, as GML says by repeating it."""
    one, more = set[Any](), dict[Any, int]()
    for number, row in enumerate(network.rows):
        for name, value in row.items():
            if isinstance(value, list | dict):
                more.setdefault(name, number)
            elif value is not None:
                one.add(name)
    return [
        f"Node {number + 1:,} of {upload.name} has several values of {shown(name)}, and other nodes have one: read as "
        "the text of all of them; leave one there."
        for name, number in more.items()
        if name in one
    ]


def _attributes(upload: Upload, network: Network) -> Table:
    """A table with a row for each node and a column for every attribute that any node has."""
    rows = [_plain(row) for row in network.rows]
    defaults = _plain(network.defaults)
    columns = {str(name): name for row in (*rows, defaults) for name in row}
    if len(columns) > limits.COLUMNS or len(columns) * len(rows) > limits.FEATURE_VALUES // 10:
        raise DatasetError(
            f"{upload.name} has {len(columns):,} attributes a node on {len(rows):,} nodes, more than is read from "
            "such a file; give features as an .npz or Matrix Market file."
        )
    found = {"id": pa.array(network.names, pa.string())}
    for title, name in columns.items():
        values = [row.get(name, defaults.get(name)) for row in rows]
        # An attribute without a value on any node is none.
        if any(value is not None for value in values):
            found[text_of(title) if title not in found else f"{text_of(title)} (attribute)"] = _column(values)
    return table_of(upload.name, found, "node")


def _plain(row: dict[Any, Any]) -> dict[Any, Any]:
    """Lists of numbers, as PyTorch Geometric's to_networkx gives them, as an attribute for each place."""
    found: dict[Any, Any] = {}
    for name, value in row.items():
        if isinstance(value, list) and value and all(isinstance(number, int | float) for number in value):
            found |= {f"{name} {place}": number for place, number in enumerate(value)}
        else:
            found[name] = value
    return found


def _column(values: Sequence[Any]) -> pa.Array:
    """Values of one attribute: yes/no, whole numbers or numbers where all are such, else text."""
    present = [value for value in values if value is not None]
    for kind, arrow in ((bool, pa.bool_()), (int, pa.int64()), ((int, float), pa.float64())):
        if all(isinstance(value, kind) and (kind is bool or not isinstance(value, bool)) for value in present):
            try:
                return pa.array(values, arrow)
            except (pa.ArrowInvalid, OverflowError):
                continue
    return pa.array([value if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    return text_of(value if isinstance(value, str) else repr(value))[: limits.MIB]
