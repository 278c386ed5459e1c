import math
from itertools import product

import pytest
import torch

from a2q.reports.notices import constant_score
from a2q.tasks.scores import metric_of, score

_LABELS = torch.tensor([0, 0, 0, 1, 1, 0, 0, 1])
_OUTPUTS = torch.randn(8, 2, generator=torch.Generator().manual_seed(0))


def test_roc_auc_is_the_share_of_pairs_in_order() -> None:
    above = (_OUTPUTS[:, 1] - _OUTPUTS[:, 0]).tolist()
    pairs = list(product((a for a, label in zip(above, _LABELS, strict=True) if label == 1), above))
    zeros = [b for b, label in zip(above, _LABELS, strict=True) if label == 0]
    right = sum(a > b for a, b in product({a for a, _ in pairs}, zeros))
    assert score("roc-auc", _OUTPUTS, _LABELS) == pytest.approx(right / (3 * 5))


def test_f1_is_the_mean_over_classes() -> None:
    labels, predicted, scores = _LABELS, _OUTPUTS.argmax(1), []
    for kind in (0, 1):
        hit = ((predicted == kind) & (labels == kind)).sum().item()
        scores.append(2 * hit / ((predicted == kind).sum().item() + (labels == kind).sum().item()))
    assert score("f1", _OUTPUTS, _LABELS) == pytest.approx(sum(scores) / 2)


@pytest.mark.parametrize("metric", ["accuracy", "roc-auc", "f1"])
def test_one_answer_for_all_reaches_the_constant_score(metric: str) -> None:
    outputs = torch.tensor([[1.0, 0.0]]).expand(8, 2)
    assert score(metric, outputs, _LABELS) == pytest.approx(constant_score(_LABELS.numpy(), metric))


@pytest.mark.parametrize("metric", ["accuracy", "roc-auc", "f1"])
def test_a_part_without_items_has_no_score(metric: str) -> None:
    assert math.isnan(score(metric, _OUTPUTS[:0], _LABELS[:0]))


def test_a_network_that_diverged_has_no_roc_auc() -> None:
    assert math.isnan(score("roc-auc", _OUTPUTS * math.nan, _LABELS))


def test_values_have_their_error_whatever_is_wanted() -> None:
    assert metric_of("f1", 1, {}) == "mae"
    assert score("mae", torch.tensor([[1.0], [2.0]]), torch.tensor([2.0, 4.0])) == 1.5


def test_roc_auc_of_other_than_two_classes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ROC AUC needs two classes, and there are 7; choose accuracy or f1\."):
        metric_of("roc-auc", 7, {})
    with pytest.raises(ValueError, match=r"in each part, and the test part has one; choose accuracy\."):
        metric_of("roc-auc", 2, {"train": _LABELS, "validation": _LABELS[:0], "test": _LABELS[:3]})
    assert metric_of("roc-auc", 2, {"train": _LABELS}) == "roc-auc"
