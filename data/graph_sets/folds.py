"""The split of a cross-validated set."""

import torch
from torch import Tensor

FOLDS = 10
_SEED = 12345


def stratified_folds(labels: Tensor, fold: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the graphs to train, validate and test with, each an int64 tensor of ascending indices.

    Fold number `fold` is the test's, the one before it (the last before the first) is for validation, the others
    are trained with. Each fold has the classes in the proportion of the whole set.

    Args:
        labels: class of each graph, [graphs].
        fold: 0 to 9.

    Source: the k folds of PyTorch Geometric's kernel benchmark, whose seed and order the paper's code has.
    """
    # scikit-learn takes a second to import: only who loads a cross-validated set waits for it.
    from sklearn.model_selection import StratifiedKFold  # type: ignore[import-untyped]

    drawn = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED).split(torch.zeros(len(labels)), labels)
    parts = [torch.from_numpy(held_out) for _, held_out in drawn]
    test, validation = parts[fold], parts[fold - 1]
    train = torch.ones(len(labels), dtype=torch.bool)
    train[test] = train[validation] = False
    return train.nonzero().view(-1), validation, test
