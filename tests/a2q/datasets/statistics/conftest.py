"""A small graph made by hand, and one like it of any shape."""

import pytest
import torch
from torch_geometric.data import Data

from a2q.datasets import Dataset, card


@pytest.fixture
def graph() -> Dataset:
    """Six nodes, directed edges with a repeat, a self-loop and an isolated node; classes 0 and 1.

    0 → 1 (twice), 1 → 0, 2 → 1, 2 → 2, 3 → 2, 3 → 1, 4 → 3; node 5 alone. Node 1 is trained with.
    """
    edges = torch.tensor([[0, 0, 1, 2, 2, 3, 3, 4], [1, 1, 0, 1, 2, 2, 1, 3]])
    masks = torch.zeros(3, 6, dtype=torch.bool)
    masks[0, 1] = masks[1, 2] = masks[2, 3] = True
    data = Data(
        x=torch.tensor([[1.0, 0], [0, 2], [3, 0], [0, -4], [5, 1], [0, 0]]),
        edge_index=edges,
        y=torch.tensor([0, 0, 1, 1, 0, 1]),
        train_mask=masks[0],
        val_mask=masks[1],
        test_mask=masks[2],
    )
    return Dataset(data, card("karate-club"), "drawn by hand")
