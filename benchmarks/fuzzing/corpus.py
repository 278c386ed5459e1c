"""Good files to spoil: one small graph in every format that is imported, and runs."""

import io
import json
import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import scipy.io
import scipy.sparse as sp

from fuzzing.mutations import spoilt

ROOT = Path(__file__).parents[2]
NODES = 16


def file_of(seed: int, number: int) -> tuple[str, bytes]:
    """Name and content of the spoilt file of a number."""
    draw = random.Random(f"{seed} {number}")
    good = files()
    name = draw.choice(sorted(good))
    return name, spoilt(good[name], list(good.values()), draw)


@cache
def files() -> dict[str, bytes]:
    """All good files by name."""
    return graphs() | runs()


def graphs() -> dict[str, bytes]:
    """Files by name; "nodes.csv" and the like go with an edge list."""
    edges = pd.DataFrame(
        [(node, (5 * node + step) % NODES) for node in range(NODES) for step in (1, 2)], columns=["source", "target"]
    )
    nodes = pd.DataFrame(
        {
            "id": range(NODES),
            "a": np.arange(NODES) / 4,
            "b": 0.5,
            "label": ["red", "blue"] * (NODES // 2),
            "split": ["train", "train", "validation", "test"] * (NODES // 4),
        }
    )
    network = nx.from_pandas_edgelist(edges)
    nx.set_node_attributes(network, nodes.set_index("id").to_dict("index"))
    named = nx.relabel_nodes(network, str)
    classes = named.copy()
    for _, attributes in classes.nodes(data=True):
        # In GML, "label" is the node's name.
        attributes["class"] = attributes.pop("label")
    matrix = sp.csr_array(nx.to_scipy_sparse_array(network, nodelist=range(NODES)).astype(float))
    features = nodes[["a", "b"]].to_numpy(dtype=np.float32)
    arrays = {"x": features, "y": nodes["label"].to_numpy(dtype="U4"), "split": nodes["split"].to_numpy(dtype="U10")}
    parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "shape": np.array(matrix.shape)}
    sparse = {f"adj_{name}": part for name, part in parts.items()}
    return {
        "edges.csv": edges.to_csv(index=False).encode(),
        "edges.tsv": edges.to_csv(index=False, sep="\t").encode(),
        "edges.txt": b"# nodes and edges\n" + edges.to_csv(index=False, header=False, sep=" ").encode(),
        "edges.parquet": edges.astype(str).to_parquet(),
        "nodes.csv": nodes.to_csv(index=False).encode(),
        "nodes.parquet": nodes.to_parquet(),
        "graph.graphml": _written(lambda file: nx.write_graphml(named, file)),
        # Without the day it was written.
        "graph.gexf": re.sub(rb"<meta .*?</meta>", b"", _written(lambda file: nx.write_gexf(named, file)), flags=re.S),
        "graph.gml": _written(lambda file: nx.write_gml(classes, file)),
        "graph.json": json.dumps(nx.node_link_data(network, edges="edges"), default=float).encode(),
        "graph.npz": _written(lambda file: np.savez(file, edge_index=edges.to_numpy().T, **arrays)),
        "sparse.npz": _written(lambda file: np.savez_compressed(file, **sparse, **arrays)),
        "graph.mtx": _written(lambda file: scipy.io.mmwrite(file, sp.coo_array(matrix), symmetry="symmetric")),
        "features.mtx": _written(lambda file: scipy.io.mmwrite(file, features)),
        "features.npz": _written(lambda file: np.savez(file, x=features)),
    }


def runs() -> dict[str, bytes]:
    """The smallest files of runs that come with the project."""
    found = sorted((ROOT / "data" / "samples").glob("*.zip"), key=lambda file: file.stat().st_size)
    return {file.name: file.read_bytes() for file in found[:3]}


def _written(write: Callable[[io.BytesIO], object]) -> bytes:
    stream = io.BytesIO()
    write(stream)
    return stream.getvalue()
