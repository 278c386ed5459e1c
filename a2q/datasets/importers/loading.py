"""From the name of an imported graph to the graph, or the graphs."""

from itertools import pairwise

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch_geometric.data import Data

from a2q.datasets.dataset import Dataset, GraphDataset
from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.edges import sources_of_part
from a2q.datasets.importers.import_store import Imported, arrays_of, imported
from a2q.datasets.sparse_features import as_csr


def own_graph(name: str, fold: int = 0) -> Dataset:
    """Return an imported graph whose nodes have labels, with the split of this number.

    Raises:
        DatasetError: it is not here any more, or damaged.
    """
    found, arrays = imported(name), _arrays(name)
    data = Data(
        x=_features(arrays),
        edge_index=torch.from_numpy(_edge_index(found, arrays)),
        y=torch.from_numpy(arrays["y"]),
    )
    for part, mask in enumerate(("train_mask", "val_mask", "test_mask"), start=1):
        data[mask] = torch.from_numpy(_split(arrays, fold) == part)
    names = _names(arrays)
    if names:
        data.node_names = names
    if found.card.class_names:
        data.class_names = list(found.card.class_names)
    return Dataset(data=data, card=found.card, source=_source(found, fold))


def own_graphs(name: str, fold: int = 0) -> GraphDataset:
    """Return an imported set of graphs, with the split of this number.

    Raises:
        DatasetError: it is not here any more, or damaged.
    """
    found, arrays = imported(name), _arrays(name)
    of_node, x = arrays["graph"], arrays["x"]
    # Nodes by graph, each graph's in the order they were given.
    order = np.argsort(of_node, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    starts = np.searchsorted(of_node[order], np.arange(len(arrays["y"]) + 1))
    ends = place[_edge_index(found, arrays)]
    ends = ends[:, np.argsort(ends[0], kind="stable")]
    edge_starts = np.searchsorted(ends[0], starts)
    graphs = [
        Data(
            x=torch.from_numpy(x[order[starts[graph] : starts[graph + 1]]]),
            edge_index=torch.from_numpy(ends[:, edge_starts[graph] : edge_starts[graph + 1]] - starts[graph]),
            y=torch.from_numpy(arrays["y"][graph : graph + 1]),
        )
        for graph in range(len(arrays["y"]))
    ]
    train, validation, test = (torch.from_numpy(np.flatnonzero(_split(arrays, fold) == part)) for part in (1, 2, 3))
    return GraphDataset(
        graphs,
        train,
        validation,
        test,
        card=found.card,
        source=_source(found, fold),
        fold=None if found.card.folds is None else fold,
    )


def _features(arrays: dict[str, np.ndarray]) -> torch.Tensor:
    if "x_shape" not in arrays:
        return torch.from_numpy(arrays["x"])
    rows = (arrays["x_data"], arrays["x_columns"].astype(np.int64), arrays["x_ends"])
    return as_csr(csr_matrix(rows, shape=tuple(arrays["x_shape"].tolist())))


def _names(arrays: dict[str, np.ndarray]) -> list[str]:
    """Names of nodes; none where they are their numbers."""
    if "ids" in arrays:
        return [str(number) for number in arrays["ids"].tolist()]
    if "names" not in arrays:
        return []
    ends = np.cumsum(arrays["name_bytes"]).tolist()
    text = arrays["names"].tobytes()
    return [text[start:end].decode() for start, end in pairwise([0, *ends])]


def _split(arrays: dict[str, np.ndarray], fold: int) -> np.ndarray:
    """The part of each item in one of the splits."""
    of_fold: np.ndarray = arrays["split"].reshape(-1, len(arrays["y"]))[fold]
    return of_fold


def _source(found: Imported, fold: int) -> str:
    which = "" if found.card.folds is None else f", fold {fold}"
    return f"{found.card.title}{which} (your own files: {', '.join(found.files)})"


def _edge_index(found: Imported, arrays: dict[str, np.ndarray]) -> np.ndarray:
    nodes = int(arrays["x_shape"][0]) if "x_shape" in arrays else len(arrays["x"])
    counts = arrays["edges_of_part"]
    first = np.arange(len(counts)) * sources_of_part(nodes) * nodes
    edges = np.stack(np.divmod(arrays["edges"] + np.repeat(first, counts), nodes))
    return edges if found.directed else np.concatenate([edges, edges[::-1]], axis=1)


def _arrays(name: str) -> dict[str, np.ndarray]:
    arrays = arrays_of(name)
    features = {"x_data", "x_columns", "x_ends"} if "x_shape" in arrays else {"x"}
    missing = {*features, "y", "edges", "edges_of_part", "split"} - arrays.keys()
    if missing:
        raise DatasetError(f"{name} lacks {', '.join(sorted(missing))}; delete it and import its files again.")
    return arrays
