"""The split of a set that comes without one."""

import numpy as np
import torch
from torch_geometric.data import Data


def split_at_random(
    data: Data,
    rng: np.random.Generator,
    train_per_class: int | float,
    validation: int | None = None,
    test: int | None = None,
    *,
    validation_per_class: int | None = None,
) -> Data:
    """Set `train_mask`, `val_mask` and `test_mask` ([nodes] bool, disjoint) on `data` and return it.

    Args:
        data: needs `y` [nodes].
        rng: gives the order of the nodes; the same state gives the same split.
        train_per_class: labels to train with in each class, or all the class has when it has fewer; a float is the
            share of the class, at least one label.
        validation: nodes to validate with, of any class.
        test: nodes to test with; None takes all that are left.
        validation_per_class: nodes to validate with in each class, in place of `validation`.

    With the proportions of Planetoid's public split (Yang et al., ICML 2016) or those of Shchur et
    al., NeurIPS 2018 workshop.
    """
    label = data.y.numpy()
    order = rng.permutation(label.size)
    train = _first_of_each_class(order, label, train_per_class)
    rest = order[~np.isin(order, train)]
    if validation_per_class is None:
        held_out = rest[:validation]
    else:
        held_out = _first_of_each_class(rest, label, validation_per_class)
    left = rest[~np.isin(rest, held_out)]
    for key, nodes in {"train_mask": train, "val_mask": held_out, "test_mask": left[:test]}.items():
        mask = torch.zeros(label.size, dtype=torch.bool)
        mask[torch.from_numpy(nodes)] = True
        data[key] = mask
    return data


def _first_of_each_class(nodes: np.ndarray, label: np.ndarray, count: int | float) -> np.ndarray:
    classes = [nodes[label[nodes] == kind] for kind in np.unique(label)]
    shares = [count if isinstance(count, int) else max(1, round(count * of_class.size)) for of_class in classes]
    return np.concatenate([of_class[:share] for of_class, share in zip(classes, shares, strict=True)])
