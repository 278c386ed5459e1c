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
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.io
import scipy.sparse as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data

from a2q.datasets import DatasetError
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.mapping import guess
from a2q.datasets.importers.parts import Adjacency, Parts
from a2q.datasets.importers.reading import Files, read
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import Upload

_FEW = settings(max_examples=15)
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


def places(graph: Graph) -> nx.Graph:
    """The same with numbers as names, every node there."""
    numbered = nx.MultiDiGraph() if graph.directed else nx.MultiGraph()
    numbered.add_nodes_from(range(len(graph.names)))
    numbered.add_edges_from(graph.edges)
    return numbered


EDGE_LISTS: dict[str, tuple[str, Callable[[nx.Graph], bytes]]] = {
    "edge list": ("txt", lambda graph: written(nx.write_edgelist, graph)),
    "edge list, bare": ("edges", lambda graph: written(lambda g, file: nx.write_edgelist(g, file, data=False), graph)),
    "edge list, tabs": (
        "tsv",
        lambda graph: written(lambda g, file: nx.write_edgelist(g, file, delimiter="\t"), graph),
    ),
    "weights": ("edges", lambda graph: written(nx.write_weighted_edgelist, graph)),
    "pandas": ("csv", lambda graph: nx.to_pandas_edgelist(graph).to_csv().encode()),
    "adjacency list": ("txt", lambda graph: written(nx.write_adjlist, graph)),
    "multi-line adjacency list": ("txt", lambda graph: written(nx.write_multiline_adjlist, graph)),
    "pandas matrix": ("csv", lambda graph: nx.to_pandas_adjacency(graph, dtype=int).to_csv().encode()),
    "NumPy matrix": (
        "txt",
        lambda graph: written(lambda g, file: np.savetxt(file, nx.to_numpy_array(g), fmt="%d"), graph),
    ),
}


@pytest.mark.parametrize("writer", EDGE_LISTS)
@_FEW
@given(graph=graphs())
def test_edge_lists_are_read_or_refused_and_never_misread(writer: str, graph: Graph) -> None:
    ending, write = EDGE_LISTS[writer]
    network = places(graph)
    nx.set_edge_attributes(network, 0.5, "weight") if writer == "weights" else None
    told = [(str(a), str(b)) for a, b in graph.edges]
    try:
        parts = parts_of(f"graph.{ending}", write(network))
        config = guess(parts, ImportConfig())
    except DatasetError as error:
        assert writer in ("adjacency list", "multi-line adjacency list", "pandas matrix", "NumPy matrix"), error
        return
    assert isinstance(parts.edges, Table)
    found = list(zip(column(parts.edges, config.source), column(parts.edges, config.target), strict=True))
    if pairs(found, graph.directed) != pairs(told, graph.directed):
        # Of a few nodes, some of these are lists of edges too: what is not used of them is told.
        few = writer in ("pandas matrix", "NumPy matrix") and len(graph.names) < 4
        assert few or writer == "adjacency list"
        assert few or len(parts.edges.columns) > 2 or len(graph.names) < 4


@st.composite
def matrices(draw: st.DrawFn) -> sp.coo_array:
    size = draw(st.integers(2, 5))
    entries = st.lists(st.tuples(*[st.integers(0, size - 1)] * 2), min_size=1, max_size=8, unique=True)
    ends = np.array(draw(entries)).T
    values = draw(st.lists(st.sampled_from([1.0, 0.5, 0.0, -2.0]), min_size=ends.shape[1], max_size=ends.shape[1]))
    return sp.coo_array((np.array([1.0, *values[1:]]), ends), shape=(size, size))


MATRICES: dict[str, tuple[str, Callable[[sp.coo_array, Any], object]]] = {
    "csr": ("npz", lambda matrix, file: sp.save_npz(file, matrix.tocsr())),
    "csc": ("npz", lambda matrix, file: sp.save_npz(file, matrix.tocsc())),
    "coo": ("npz", lambda matrix, file: sp.save_npz(file, matrix)),
    "bsr": ("npz", lambda matrix, file: sp.save_npz(file, matrix.tobsr())),
    "dia": ("npz", lambda matrix, file: sp.save_npz(file, matrix.todia())),
    "dense": ("npz", lambda matrix, file: np.savez(file, adjacency=matrix.toarray())),
    "mtx": ("mtx", lambda matrix, file: scipy.io.mmwrite(file, matrix)),
    "mtx, general": ("mtx", lambda matrix, file: scipy.io.mmwrite(file, matrix, symmetry="general")),
    "mtx, array": ("mtx", lambda matrix, file: scipy.io.mmwrite(file, matrix.toarray(), symmetry="general")),
}


@pytest.mark.parametrize("writer", MATRICES)
@_FEW
@given(matrix=matrices(), symmetric=st.booleans())
def test_matrices_of_scipy(writer: str, matrix: sp.coo_array, symmetric: bool) -> None:
    whole = sp.coo_array(matrix + matrix.T) if symmetric else matrix
    ending, write = MATRICES[writer]
    content = written(lambda given, file: write(given, file), whole)
    if not whole.toarray().any():
        return
    if writer in ("bsr", "dia"):
        with pytest.raises(DatasetError, match=f"is stored as '{writer}'; store it as csr, csc or coo"):
            parts_of(f"a.{ending}", content)
        return
    parts = parts_of(f"a.{ending}", content)

    assert isinstance(parts.edges, Adjacency)
    found = set(zip(parts.edges.source.tolist(), parts.edges.target.tolist(), strict=True))
    there = set(zip(*(ends.tolist() for ends in whole.toarray().nonzero()), strict=True))
    assert found | ({(b, a) for a, b in found} if parts.directed is False else set()) == there
    zeros = whole.nnz - np.count_nonzero(whole.toarray())
    if zeros and writer in ("csr", "csc", "coo", "mtx, general"):
        assert any(f"{zeros:,} of {whole.nnz:,} entries that a.{ending} lists are 0" in told for told in parts.warnings)
    other = any(value not in (0, 1) for value in whole.toarray().ravel())
    assert any("edges have no weights here" in told for told in parts.warnings) is other


@_FEW
@given(graph=graphs())
def test_data_of_pytorch_geometric(graph: Graph) -> None:
    size = len(graph.names)
    data = Data(
        x=torch.tensor(graph.features)[:, None],
        edge_index=torch.tensor(graph.edges).T,
        y=torch.arange(size) % 2,
        train_mask=torch.arange(size) == 0,
        val_mask=torch.arange(size) == 1,
        test_mask=torch.arange(size) > 1,
        edge_attr=torch.ones(len(graph.edges), 2),
    )
    content = written(lambda given, file: np.savez(file, **{k: v.numpy() for k, v in given.to_dict().items()}), data)

    parts = parts_of("data.npz", content)

    assert isinstance(parts.edges, Adjacency) and parts.features is not None
    assert np.array_equal(np.stack([parts.edges.source, parts.edges.target]), data.edge_index.numpy())
    assert np.array_equal(parts.features.values, data.x.numpy())
    assert column(parts.nodes, "label") == data.y.tolist()
    assert column(parts.nodes, "split") == ["train", "validation", *["test"] * (size - 2)]
    assert "Arrays 'edge_attr' of data.npz are not used." in parts.warnings


@_FEW
@given(graph=graphs(), kind=st.sampled_from(["category", "string", "object", pd.ArrowDtype(pa.large_string())]))
def test_parquet_of_pandas(graph: Graph, kind: Any) -> None:
    frame = pd.DataFrame({"name": graph.names, "weight": graph.features, "kind": graph.labels})
    ends = pd.DataFrame(graph.ends, columns=["source", "target"])
    edges, nodes = (
        written(lambda given, file: given.to_parquet(file), given) for given in (ends, frame.astype({"kind": kind}))
    )

    parts = parts_of("e.parquet", edges, ("n.parquet", nodes))
    config = guess(parts, ImportConfig(label="kind"))

    assert isinstance(parts.edges, Table) and parts.nodes is not None
    assert list(zip(column(parts.edges, "source"), column(parts.edges, "target"), strict=True)) == graph.ends
    assert (config.node, config.features) == ("name", ("weight",))
    assert column(parts.nodes, "weight") == graph.features
    assert [value for batch in parts.nodes.batches("kind") for value in batch.texts("kind")] == graph.labels
