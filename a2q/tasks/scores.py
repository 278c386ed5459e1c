"""What predictions are scored by: accuracy, ROC AUC, macro F1, or the mean absolute error of values."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import l1_loss

ClassMetric = Literal["accuracy", "roc-auc", "f1"]
Metric = Literal["accuracy", "roc-auc", "f1", "mae"]


def score(metric: Metric, outputs: Tensor, labels: Tensor) -> float:
    """One number for the outputs of one part.

    "accuracy": share of the largest class scores that are the label's. "roc-auc": of two classes, how often a node of
    class 1 has a larger score than one of class 0. "f1": mean over classes of 2 · precision · recall / (precision +
    recall), which counts a rare class as much as a frequent one. "mae": mean absolute error.

    Args:
        metric: which.
        outputs: class scores before softmax, or values, [items, outputs].
        labels: classes (int64) or values (float32), [items].

    Returns:
        The score; not a number for no items, and for ROC AUC where an output is none.
    """
    if metric == "mae":
        return l1_loss(outputs.squeeze(1), labels).item()
    if metric == "accuracy":
        return (outputs.argmax(1) == labels).double().mean().item()
    # Takes a good part of a second to import.
    from sklearn.metrics import f1_score, roc_auc_score

    if not len(labels):
        return float("nan")
    if metric == "f1":
        return float(f1_score(labels.numpy(), outputs.argmax(1).numpy(), average="macro", zero_division=0))
    above = outputs[:, 1] - outputs[:, 0]
    return float(roc_auc_score(labels.numpy(), above.numpy())) if bool(above.isfinite().all()) else float("nan")


def metric_of(wanted: ClassMetric, num_classes: int, parts: Mapping[str, Tensor]) -> Metric:
    """The metric of a task: the wanted one, or the mean absolute error of a regression, which has one output.

    Args:
        wanted: for classes.
        num_classes: outputs.
        parts: labels of each part, by its name.

    Raises:
        ValueError: ROC AUC is wanted and there are not two classes, or a part has one of them only.
    """
    if num_classes == 1:
        return "mae"
    if wanted != "roc-auc":
        return wanted
    if num_classes != 2:
        raise ValueError(f"ROC AUC needs two classes, and there are {num_classes}; choose accuracy or f1.")
    for name, labels in parts.items():
        if len(labels) and len(torch.unique(labels)) == 1:
            raise ValueError(f"ROC AUC needs both classes in each part, and the {name} part has one; choose accuracy.")
    return wanted
