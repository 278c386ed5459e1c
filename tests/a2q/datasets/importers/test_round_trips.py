"""Any small graph through every writer: our reader finds each node, edge, feature and label, in the file's order."""

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import igraph
import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.mapping import guess
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.reading import Files, read
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import Upload

_FEW = settings(max_examples=20)
_LETTERS = "abcXYZ0189éß☃<&>\"'#[];,_-"


@dataclass(frozen=True)
class Graph:
    """A small graph.

    Args:
        names: of nodes.
        edges: places of both ends, some of them more than once, some with themselves.
        directed: whether they go one way.
        features, labels: of nodes.
    """

    names: list[str]
    edges: list[tuple[int, int]]
    directed: bool
    features: list[float]
    labels: list[str]

    @property
    def network(self) -> nx.Graph:
        """The same for networkx, parallel edges kept."""
        graph = nx.MultiDiGraph() if self.directed else nx.MultiGraph()
        for name, feature, label in zip(self.names, self.features, self.labels, strict=True):
            graph.add_node(name, weight=feature, kind=label)
        graph.add_edges_from(self.ends)
        return graph

    @property
    def igraph(self) -> igraph.Graph:
        """The same for igraph."""
        graph = igraph.Graph(len(self.names), self.edges, directed=self.directed)
        graph.vs["weight"], graph.vs["kind"] = self.features, self.labels
        return graph

    @property
    def ends(self) -> list[tuple[str, str]]:
        """Edges by name."""
        return [(self.names[a], self.names[b]) for a, b in self.edges]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(2, 6))
    name = st.text(_LETTERS, min_size=1, max_size=4)
    node = st.integers(0, size - 1)
    return Graph(
        draw(st.lists(name, min_size=size, max_size=size, unique=True)),
        draw(st.lists(st.tuples(node, node), min_size=1, max_size=8)),
        draw(st.booleans()),
        draw(st.lists(st.floats(-1e9, 1e9, width=32), min_size=size, max_size=size)),
        draw(st.lists(st.sampled_from(["red", "blue", "é & <b>"]), min_size=size, max_size=size)),
    )


def by_path(write: Callable[[str], object], ending: str) -> bytes:
    """What a function writes to the path it is given."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"graph.{ending}"
        write(str(path))
        return path.read_bytes()


def parts_of(name: str, content: bytes, *others: tuple[str, bytes] | None) -> Parts:
    uploads = [None if file is None else Upload.of(file[1], file[0]) for file in others]
    return read(Files(Upload.of(content, name), *uploads))


def column(table: Table | None, name: str) -> list[Any]:
    assert isinstance(table, Table)
    return [value for batch in table.read([name]) for value in batch.column(0).to_pylist()]


def pairs(ends: list[tuple[str, str]], directed: bool) -> Counter[tuple[str, ...]]:
    return Counter(edge if directed else tuple(sorted(edge)) for edge in ends)


def agrees(parts: Parts, graph: Graph, names: list[str] | None = None, label: str = "kind") -> None:
    """Names, features and labels in their order, and every edge as often as it is there."""
    names = names or graph.names
    config = guess(parts, ImportConfig(label=label))
    assert column(parts.nodes, config.node) == names
    assert column(parts.nodes, label) == graph.labels
    assert column(parts.nodes, "weight") == pytest.approx(graph.features, rel=1e-12)
    assert config.features == ("weight",)
    assert isinstance(parts.edges, Table)
    ends = list(zip(column(parts.edges, config.source), column(parts.edges, config.target), strict=True))
    given_ends = [(names[a], names[b]) for a, b in graph.edges]
    assert pairs(ends, graph.directed) == pairs(given_ends, graph.directed)
    assert parts.directed is graph.directed


def written(write: Callable[[Any, io.BytesIO], object], graph: Any) -> bytes:
    stream = io.BytesIO()
    write(graph, stream)
    return stream.getvalue()


WRITERS: dict[str, tuple[str, Callable[[nx.Graph], bytes]]] = {
    "graphml": ("graphml", lambda graph: written(nx.write_graphml_xml, graph)),
    "graphml with its own key names": (
        "graphml",
        lambda graph: written(lambda g, file: nx.write_graphml_xml(g, file, named_key_ids=True), graph),
    ),
    "gexf": ("gexf", lambda graph: written(nx.write_gexf, graph)),
    "gexf 1.1": ("gexf", lambda graph: written(lambda g, file: nx.write_gexf(g, file, version="1.1draft"), graph)),
    "gml": ("gml", lambda graph: written(nx.write_gml, graph)),
    "edges": ("json", lambda graph: json.dumps(nx.node_link_data(graph, edges="edges")).encode()),
    "links": ("json", lambda graph: json.dumps(nx.node_link_data(graph, edges="links")).encode()),
}


@pytest.mark.parametrize("writer", WRITERS)
@_FEW
@given(graph=graphs())
def test_networkx(writer: str, graph: Graph) -> None:
    ending, write = WRITERS[writer]

    agrees(parts_of(f"graph.{ending}", write(graph.network)), graph)


@pytest.mark.parametrize("writer", ["graphml", "gml"])
@_FEW
@given(graph=graphs())
def test_igraph(writer: str, graph: Graph) -> None:
    content = by_path(getattr(graph.igraph, f"write_{writer}"), writer)
    prefix = {"graphml": "n", "gml": ""}[writer]

    agrees(parts_of(f"graph.{writer}", content), graph, [f"{prefix}{place}" for place in range(len(graph.names))])
