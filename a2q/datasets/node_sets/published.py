"""From the name of a published set that is one graph to the graph, with one split."""

import numpy as np
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

from a2q.datasets.card import DatasetCard
from a2q.datasets.catalogue import SPECS
from a2q.datasets.config import DatasetConfig
from a2q.datasets.files.dataset_cache import keep
from a2q.datasets.files.published_sizes import compare
from a2q.datasets.progress import Progress
from a2q.datasets.split import split_at_random

_MASKS = ("train_mask", "val_mask", "test_mask")


def published(card: DatasetCard, config: DatasetConfig, progress: Progress) -> tuple[Data, str]:
    """Return the graph and the phrase that says where it came from and which split it has.

    Of several published splits the config's `fold` is taken; where there is none, one is drawn from the config's
    `split_seed`: 20 nodes a class to train, 30 to validate, the rest to test.

    Shapes:
        `x` [nodes, features] float32 (of Coauthor CS and Physics `torch.sparse_csr`), `edge_index` [2, edges],
        `y` [nodes] int64, masks [nodes] bool.

    Raises:
        DatasetError: when the files are nowhere to be had or unreadable, or the graph as published has not the
            sizes on the card.

    What reads the files is in `a2q.datasets.sets`.
    """
    spec = SPECS[card.name]
    files, reader = spec.to_use(), spec.reader
    assert reader is not None  # Whoever registers published files says what reads them.
    data, origin = keep(files, reader.read, progress)
    found = {
        "nodes": data.num_nodes,
        "edges": data.num_edges,
        "features": data.num_features,
        "classes": int(data.y.max()) + 1 if data.y.numel() else 0,
    }
    compare(card, found, files.kept)
    if reader.both_ways:
        data.edge_index = to_undirected(data.edge_index, num_nodes=data.num_nodes)
    data, split = _with_one_split(data, card, config)
    return data, f"{card.title}{split} ({origin})"


def _with_one_split(data: Data, card: DatasetCard, config: DatasetConfig) -> tuple[Data, str]:
    if "split_seed" in card.options:
        seed = int(config.option("split_seed"))
        data = split_at_random(data, np.random.default_rng(seed), train_per_class=20, validation_per_class=30)
        return data, f", split drawn from seed {seed}"
    if card.folds is None:
        return data, ""
    fold = config.fold or 0
    for mask in _MASKS:
        data[mask] = data[mask][:, fold].contiguous()
    return data, f", split {fold}"
