"""A run's graph as GraphML: with bits, places, sizes and colours that Gephi, Cytoscape and networkx read."""

import io
import re
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from a2q_studio.run_report.contents import Places
from a2q_studio.run_report.nodes import LAYER_COLUMNS

MOST_EDGES = 200_000
"""GraphML takes about 100 bytes an edge, and minutes to write beyond; Parquet has the edges of larger graphs."""
_SMALLEST, _LARGEST = 4.0, 40.0
_NOT_IN_GRAPH = ("node", "degree_group")
_BY_LAYER = (*LAYER_COLUMNS, "colour")
_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graph_of(tables: dict[int, pd.DataFrame], places: Places) -> nx.DiGraph:
    """The graph with everything known of its nodes as attributes.

    What depends on the layer ends in its number, as ``bits_2``. ``x``, ``y``, ``size`` (root of the in-degree) and
    ``r``, ``g``, ``b`` (colour of the bits in the last layer) are what Gephi takes for the picture.

    Args:
        tables: node table of each layer, with ``colour``.
        places: edges and coordinates.
    """
    graph = nx.DiGraph()
    last = tables[max(tables)]
    columns: dict[str, list[Any]] = {}
    for layer, table in tables.items():
        for name in table.columns.difference(_NOT_IN_GRAPH, sort=False):
            columns[f"{name}_{layer}" if name in _BY_LAYER else name] = [
                _allowed(value) for value in table[name].tolist()
            ]
    columns["size"] = _sizes(last["in_degree"].to_numpy()).tolist()
    for channel, start in (("r", 1), ("g", 3), ("b", 5)):
        columns[channel] = [int(colour[start : start + 2], 16) for colour in last["colour"]]
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    graph.add_nodes_from((node, dict(zip(names, row, strict=True))) for node, row in enumerate(rows))
    graph.add_edges_from(places.edges.T.tolist())
    return graph


def graphml(graph: nx.DiGraph) -> bytes:
    """The graph as a GraphML file."""
    buffer = io.BytesIO()
    nx.write_graphml(graph, buffer, named_key_ids=True)
    return buffer.getvalue()


def _allowed(value: Any) -> Any:
    """The value, without the control characters of a name that XML has no way to write."""
    return _CONTROL.sub(" ", value) if isinstance(value, str) else value


def _sizes(in_degree: np.ndarray) -> np.ndarray:
    return _SMALLEST + (_LARGEST - _SMALLEST) * np.sqrt(in_degree / max(1, int(in_degree.max(initial=1))))
