"""One small graph, written in every format that can be read."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.io
import scipy.sparse as sp

from a2q.datasets.importers import import_store as keeping
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.import_store import Imported
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload

Take = Callable[..., Imported]
Formats = dict[str, tuple[tuple[str, bytes] | None, ...]]
PARTS = {"train": "train_mask", "validation": "val_mask", "test": "test_mask"}


@dataclass(frozen=True)
class Small:
    """A graph of twelve nodes with two features, two classes and a split.

    Args:
        edges: pairs of numbers of nodes, each once.
        features: [12, 2].
        labels, split: a word for each node.
    """

    edges: list[tuple[int, int]] = field(
        default_factory=lambda: (
            [(node, (node * 5 + 1) % 12) for node in range(12) if node != (node * 5 + 1) % 12] + [(0, 8), (3, 9)]
        )
    )
    features: np.ndarray = field(default_factory=lambda: np.arange(24, dtype=np.float32).reshape(12, 2) / 4)
    labels: tuple[str, ...] = ("red", "blue") * 6
    split: tuple[str, ...] = (
        *("train",) * 4,
        *("validation",) * 2,
        *("test",) * 2,
        "train",
        "train",
        "validation",
        "test",
    )

    @property
    def nodes_frame(self) -> pd.DataFrame:
        """The node table."""
        columns = {"id": range(12), "a": self.features[:, 0], "b": self.features[:, 1]}
        return pd.DataFrame({**columns, "label": self.labels, "split": self.split})

    @property
    def edges_frame(self) -> pd.DataFrame:
        """The edge list."""
        return pd.DataFrame(self.edges, columns=["source", "target"])

    @property
    def network(self) -> nx.Graph:
        """The same for networkx."""
        graph = nx.Graph()
        for row in self.nodes_frame.itertuples(index=False):
            graph.add_node(row.id, a=float(row.a), b=float(row.b), label=row.label, split=row.split)
        graph.add_edges_from(self.edges)
        return graph

    @property
    def adjacency(self) -> sp.coo_array:
        """The same as a symmetric matrix."""
        source, target = np.array(self.edges).T
        ends = (np.concatenate([source, target]), np.concatenate([target, source]))
        return sp.coo_array((np.ones(2 * len(source)), ends), shape=(12, 12))

    def csv(self, **how: object) -> bytes:
        """The edge list as CSV."""
        return self.edges_frame.to_csv(index=False, **how).encode()

    def nodes_csv(self, **how: object) -> bytes:
        """The node table as CSV."""
        return self.nodes_frame.to_csv(index=False, **how).encode()


@pytest.fixture
def small() -> Small:
    """The graph."""
    return Small()


def written(write: Callable[[io.BytesIO], object]) -> bytes:
    """What a function writes into a file."""
    stream = io.BytesIO()
    write(stream)
    return stream.getvalue()


@pytest.fixture
def formats(small: Small) -> Formats:
    """The graph in every format: names and contents of the files for edges, nodes, graphs and features."""
    table = ("nodes.csv", small.nodes_csv())
    labels = ("nodes.csv", small.nodes_frame[["label", "split"]].to_csv(index=False).encode())
    named = small.network
    masks = {
        f"{name}_mask": np.array(small.split) == part
        for name, part in zip(("train", "val", "test"), PARTS, strict=True)
    }
    arrays = {"x": small.features, "y": np.array(small.labels), **masks}
    link = nx.node_link_data(named, edges="edges")
    features = ("features.mtx", written(lambda file: scipy.io.mmwrite(file, small.features)))
    ordered = nx.relabel_nodes(named, str)
    # In GML, "label" is the node's name.
    with_class = ordered.copy()
    for _, attributes in with_class.nodes(data=True):
        attributes["class"] = attributes.pop("label")
    return {
        "csv": (("edges.csv", small.csv()), table),
        "tsv": (("edges.tsv", small.csv(sep="\t")), ("nodes.tsv", small.nodes_csv(sep="\t"))),
        "txt": (("edges.txt", b"# a comment\n" + small.csv(sep=" ", header=False)), table),
        "semicolons": (("edges.csv", small.csv(sep=";")), table),
        "parquet": (
            ("edges.parquet", written(small.edges_frame.to_parquet)),
            ("nodes.parquet", written(small.nodes_frame.to_parquet)),
        ),
        "graphml": (("graph.graphml", written(lambda file: nx.write_graphml(ordered, file))),),
        "gexf": (("graph.gexf", written(lambda file: nx.write_gexf(ordered, file))),),
        "gml": (("graph.gml", written(lambda file: nx.write_gml(with_class, file))),),
        "json": (("graph.json", json.dumps(link).encode()),),
        "links": (("graph.json", json.dumps(nx.node_link_data(named, edges="links")).encode()),),
        "npz": (("graph.npz", written(lambda file: np.savez(file, edge_index=np.array(small.edges).T, **arrays))),),
        "npz-dense": (("graph.npz", written(lambda file: np.savez(file, adj=small.adjacency.toarray(), **arrays))),),
        "npz-sparse": (
            ("graph.npz", written(lambda file: np.savez(file, **_parts("adj", small.adjacency), **_features(arrays)))),
        ),
        "npz-scipy": (
            ("adjacency.npz", written(lambda file: sp.save_npz(file, small.adjacency.tocsr()))),
            labels,
            None,
            features,
        ),
        "mtx": (
            ("adjacency.mtx", written(lambda file: scipy.io.mmwrite(file, small.adjacency, symmetry="symmetric"))),
            labels,
            None,
            ("x.npz", written(lambda file: np.savez(file, x=small.features))),
        ),
    }


def _parts(name: str, matrix: sp.coo_array) -> dict[str, np.ndarray]:
    rows = matrix.tocsr()
    return {
        f"{name}_data": rows.data,
        f"{name}_indices": rows.indices,
        f"{name}_indptr": rows.indptr,
        f"{name}_shape": np.array(rows.shape),
    }


def _features(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    rest = {name: values for name, values in arrays.items() if name != "x"}
    return {**rest, **_parts("attr", sp.coo_array(arrays["x"]))}


@pytest.fixture
def take() -> Take:
    """Import files given as (name, content) for edges, nodes, graphs and features, with settings."""

    def imported(*files: tuple[str, bytes] | None, **settings: object) -> Imported:
        uploads = [None if file is None else Upload.of(file[1], file[0]) for file in files]
        return import_graph(Files(*uploads), ImportConfig(**settings))

    return imported


@pytest.fixture(autouse=True)
def nothing_half_done() -> object:
    """Whatever a test imports or fails to import, no draft stays."""
    yield
    assert not [place.name for place in keeping.folder().glob(".*")]


def told(found: Imported, words: str) -> list[str]:
    """What was told of an import that holds these words."""
    return [sentence for sentence in found.warnings if words in sentence]
