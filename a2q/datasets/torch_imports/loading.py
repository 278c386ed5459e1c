"""The import graph of the torch that is installed, from its cache or read anew."""

from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

from a2q.datasets.progress import Progress
from a2q.datasets.split import split_at_random
from a2q.datasets.torch_imports.cache import cache_file, read_arrays, write_arrays
from a2q.datasets.torch_imports.graph import import_graph

_ARRAYS = frozenset({"x", "directed_edge_index", "y", "node_names", "class_names"})


def torch_imports(progress: Progress, root: Path | None = None) -> Data:
    """Return the graph of imports among torch's modules, made undirected as Planetoid's graphs are.

    Args:
        progress: told how far the reading has come; not called when the cache has the graph.
        root: folder of the package to read; None is the installed torch.

    Shapes:
        `x` [nodes, words] 0/1 float32, `edge_index` [2, edges], `y` [nodes], masks [nodes] (20 labels a class
        to train with, 400 to validate, the rest to test); also `directed_edge_index` [2, imports] (importer,
        imported), `node_names` and `class_names`. The sizes change with torch's version.

    Raises:
        DatasetError: when there is no source to read.

    Source: ours.
    """
    file = cache_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_suffix(".lock")):
        arrays = read_arrays(file, _ARRAYS)
        if arrays is None:
            arrays = import_graph(root or Path(torch.__file__).parent, progress)
            write_arrays(file, arrays)
    return _as_data(arrays)


def source_phrase() -> str:
    """Return what to print beside figures, e.g. "imports of torch 2.13.0 (read from this machine)"."""
    return f"imports of torch {version('torch').partition('+')[0]} (read from this machine)"


def _as_data(arrays: dict[str, np.ndarray]) -> Data:
    directed = torch.from_numpy(arrays["directed_edge_index"])
    data = Data(
        x=torch.from_numpy(arrays["x"]).float(),
        edge_index=to_undirected(directed, num_nodes=len(arrays["y"])),
        y=torch.from_numpy(arrays["y"]),
        directed_edge_index=directed,
        node_names=arrays["node_names"].tolist(),
        class_names=arrays["class_names"].tolist(),
    )
    return split_at_random(data, np.random.default_rng(0), train_per_class=20, validation=400)
