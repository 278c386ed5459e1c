"""The import graph of torch, from the file that comes with A²Q Studio."""

import numpy as np
import torch
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

from a2q.data_files import data_file
from a2q.datasets.split import split_at_random
from a2q.datasets.torch_imports.version import TORCH_VERSION

FROZEN = data_file("frozen/torch_imports.npz")
"""The arrays of :func:`a2q.datasets.torch_imports.graph.import_graph`; nothing in it is pickled."""

SOURCE = f"imports of torch {TORCH_VERSION}, frozen"
"""What to print beside figures."""


def torch_imports() -> Data:
    """The graph of imports among torch's modules, made undirected as Planetoid's graphs are.

    Shapes:
        `x` [nodes, words] 0/1 float32, `edge_index` [2, edges], `y` [nodes], masks [nodes] (20 labels a class
        to train with, 400 to validate, the rest to test); also `directed_edge_index` [2, imports] (importer,
        imported), `node_names` and `class_names`.
    """
    with np.load(FROZEN, allow_pickle=False) as arrays:
        directed = torch.from_numpy(arrays["directed_edge_index"])
        y = torch.from_numpy(arrays["y"])
        data = Data(
            x=torch.from_numpy(arrays["x"]).float(),
            edge_index=to_undirected(directed, num_nodes=len(y)),
            y=y,
            directed_edge_index=directed,
            node_names=arrays["node_names"].tolist(),
            class_names=arrays["class_names"].tolist(),
        )
    return split_at_random(data, np.random.default_rng(0), train_per_class=20, validation=400)
