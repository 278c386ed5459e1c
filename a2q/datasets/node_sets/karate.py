"""Zachary's karate club, with a split to validate and test on."""

import torch
from torch_geometric.data import Data
from torch_geometric.datasets import KarateClub


def karate_club() -> Data:
    """Return the graph: 34 nodes, 156 directed edges, identity features [34, 34], 4 communities.

    The first member of each community is trained with (as PyTorch Geometric has it), the second is for
    validation and the other 26 for the test. Always the same.

    Source: Zachary, Journal of Anthropological Research 33(4), 1977; communities after Kipf and Welling, ICLR
    2017; the validation and test nodes are ours.
    """
    data: Data = KarateClub()[0]
    second = torch.stack([(data.y == label).nonzero()[1, 0] for label in data.y.unique()])
    data.val_mask = torch.zeros_like(data.train_mask)
    data.val_mask[second] = True
    data.test_mask = ~(data.train_mask | data.val_mask)
    return data
