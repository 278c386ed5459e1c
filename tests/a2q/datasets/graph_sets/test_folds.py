import pytest
import torch

from a2q.datasets.graph_sets.tu import FOLDS, stratified_folds

_LABELS = torch.tensor([0] * 63 + [1] * 125)[torch.randperm(188, generator=torch.Generator().manual_seed(0))]


@pytest.mark.parametrize("fold", range(FOLDS))
def test_the_parts_are_disjoint_and_cover_everything(fold: int) -> None:
    parts = stratified_folds(_LABELS, fold)
    assert torch.cat(parts).sort().values.tolist() == list(range(188))
    assert all(part.dtype == torch.long and part.tolist() == sorted(part.tolist()) for part in parts)


def test_every_graph_is_tested_once_and_validated_the_fold_after() -> None:
    tests = [stratified_folds(_LABELS, fold)[2] for fold in range(FOLDS)]
    assert torch.cat(tests).sort().values.tolist() == list(range(188))
    for fold in range(FOLDS):
        assert torch.equal(stratified_folds(_LABELS, fold)[1], tests[(fold - 1) % FOLDS])


def test_each_fold_has_the_classes_in_proportion() -> None:
    for fold in range(FOLDS):
        test = _LABELS[stratified_folds(_LABELS, fold)[2]]
        assert test.bincount().tolist() in ([6, 12], [6, 13], [7, 12], [7, 13])


def test_the_folds_are_the_same_each_time_and_those_of_the_papers_seed() -> None:
    labels = torch.tensor([0, 1] * 20)
    first, again = stratified_folds(labels, 0)[2], stratified_folds(labels, 0)[2]
    assert torch.equal(first, again)
    # What scikit-learn's StratifiedKFold(10, shuffle=True, random_state=12345) gives for these labels.
    assert first.tolist() == [12, 15, 21, 34]
