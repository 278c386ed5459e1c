import numpy as np
import pytest

from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.watch.settling import ends, group_means, shares

DEGREES = np.array([0, 1, 1, 3, 40, 50])
BITS = np.array([1, 1, 2, 4, 6, 8])


def test_shares_and_means_by_hand() -> None:
    table = shares(DEGREES, BITS)
    assert table.loc["≤ 1"].to_dict() == pytest.approx({1: 2 / 3, 2: 1 / 3, 4: 0, 6: 0, 8: 0})
    assert table.loc["> 30", 6] == 0.5
    assert table.sum(axis=1).tolist() == pytest.approx([1, 1, 1])
    means = group_means(DEGREES, BITS)
    assert means["mean"].to_dict() == pytest.approx({"≤ 1": 4 / 3, "3": 4, "> 30": 7})
    assert means["nodes"].tolist() == [3, 1, 2]
    assert ends(DEGREES, {3: BITS}) == {3: pytest.approx((4 / 3, 7))}


def test_means_follow_from_shares(teaching: Teaching) -> None:
    bundle = teaching.bundles["gin"]
    degrees = bundle.arrays["in_degree"]
    for bits in bundle.snapshots("layer2/bits").values():
        table = shares(degrees, bits)
        assert (table @ table.columns.to_numpy()).to_numpy() == pytest.approx(group_means(degrees, bits)["mean"])


def test_snapshots_and_history_tell_the_same(teaching: Teaching) -> None:
    for bundle in teaching.penalties.values():
        counted = {metrics.epoch: metrics.bit_counts[-1] for metrics in bundle.epochs}
        for epoch, bits in bundle.snapshots("layer2/bits").items():
            assert np.bincount(bits, minlength=9).tolist() == counted[epoch]
