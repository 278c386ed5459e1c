from itertools import pairwise

import pytest

from a2q.experiments.worker import MOST_SNAPSHOTS, snapshot_epochs


@pytest.mark.parametrize("epochs", [1, 2, 31, 32, 33, 200, 10_000])
def test_first_and_last_epoch_are_kept_and_not_too_many(epochs: int) -> None:
    chosen = snapshot_epochs(epochs)
    assert {1, epochs} <= chosen <= set(range(1, epochs + 1))
    assert len(chosen) <= MOST_SNAPSHOTS


def test_dense_at_the_start() -> None:
    chosen = sorted(snapshot_epochs(200))
    gaps = [later - earlier for earlier, later in pairwise(chosen)]
    assert chosen[:4] == [1, 2, 3, 4]
    assert gaps[0] < gaps[len(gaps) // 2] < gaps[-1]
