"""The split of a set that comes without one."""

import numpy as np
import torch
from torch_geometric.data import Data


def split_at_random(
    data: Data, rng: np.random.Generator, train_per_class: int, validation: int, test: int | None = None
) -> Data:
    """Set `train_mask`, `val_mask` and `test_mask` ([nodes] bool, disjoint) on `data` and return it.

    Args:
        data: needs `y` [nodes].
        rng: gives the order of the nodes; the same state gives the same split.
        train_per_class: labels to train with in each class, or all the class has when it has fewer.
        validation: nodes to validate with.
        test: nodes to test with; None takes all that are left.

    Source: ours, with the proportions of Planetoid's public split (Yang et al., ICML 2016).
    """
    label = data.y.numpy()
    order = rng.permutation(label.size)
    train = np.concatenate([order[label[order] == kind][:train_per_class] for kind in np.unique(label)])
    rest = order[~np.isin(order, train)]
    last = None if test is None else validation + test
    parts = {"train_mask": train, "val_mask": rest[:validation], "test_mask": rest[validation:last]}
    for key, nodes in parts.items():
        mask = torch.zeros(label.size, dtype=torch.bool)
        mask[torch.from_numpy(nodes)] = True
        data[key] = mask
    return data
