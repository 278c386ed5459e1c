"""The split of a set that comes in three parts."""

from itertools import accumulate, pairwise

import torch
from torch_geometric.data import Data

from a2q.datasets.card import DatasetCard
from a2q.datasets.dataset import GraphDataset
from a2q.datasets.sets.rebuilt import REBUILT

PARTS = ("train", "val", "test")
"""The names the files have."""


def joined(parts: list[list[Data]], card: DatasetCard, origin: str, rebuilt: bool) -> GraphDataset:
    """Return one set of the three parts, in the order of `PARTS`; a rebuilt one gets its own card."""
    ends = [0, *accumulate(len(part) for part in parts)]
    train, validation, test = (torch.arange(start, end) for start, end in pairwise(ends))
    return GraphDataset(
        [graph for part in parts for graph in part],
        train,
        validation,
        test,
        card=REBUILT[card.name] if rebuilt else card,
        source=f"{card.title} ({origin})",
        rebuilt=rebuilt,
    )
