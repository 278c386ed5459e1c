import numpy as np
import pytest

from a2q.training import EpochMetrics
from a2q_studio.charts import Palette
from a2q_studio.pages.learn.lesson.groups import group_means
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.watch.chart import bits_at, way
from a2q_studio.pages.learn.steps.watch.settling import ends, shares
from tests.dashboard.pages.learn.figures import BITS, DEGREES, named, title


def test_shares_and_means_by_hand() -> None:
    degrees = np.array([0, 1, 1, 3, 40, 50])
    bits = np.array([1, 1, 2, 4, 6, 8])
    table = shares(degrees, bits)
    assert table.loc["≤ 1"].to_dict() == pytest.approx({1: 2 / 3, 2: 1 / 3, 4: 0, 6: 0, 8: 0})
    assert table.loc["> 30", 6] == 0.5
    assert table.sum(axis=1).tolist() == pytest.approx([1, 1, 1])
    means = group_means(degrees, bits)
    assert means["mean"].to_dict() == pytest.approx({"≤ 1": 4 / 3, "3": 4, "> 30": 7})
    assert means["nodes"].tolist() == [3, 1, 2]
    assert ends(degrees, {3: bits}) == {3: pytest.approx((4 / 3, 7))}


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


def test_bits_at_an_epoch(colours: Palette) -> None:
    figure = bits_at(DEGREES, BITS, 17, colours)
    stacked = [trace for trace in figure.data if trace.type == "bar"]
    assert [trace.name for trace in stacked] == ["1 bit", "2 bits", "3 bits", "4 bits", "5 bits", "8 bits"]
    assert np.sum([trace.y for trace in stacked], axis=0) == pytest.approx(1)
    assert title(figure) == "Epoch 17: 1.33 bits on average at in-degree ≤ 1, 8.00 at > 30"
    assert named(figure, "mean bits").text[0] == "<b>1.33</b><br>3"
    # Groups are called "2" and "3": an axis of numbers would put them elsewhere.
    assert figure.layout.xaxis.type == "category"


def test_pruned_nodes_are_hollow(colours: Palette) -> None:
    hollow = bits_at(np.array([1, 1]), np.array([0, 3]), 1, colours).data[0]
    assert hollow.name == "0 (pruned) bits"
    assert hollow.marker.color == "rgba(0,0,0,0)"


def test_the_way_of_the_run(colours: Palette) -> None:
    history = [EpochMetrics(epoch, 1, 0, 0.5, 0.6, 0.5, 1, 4, [[0] * 9], 0.1) for epoch in (1, 2, 3)]
    figure = way(history, {1: (4.0, 4.0), 3: (2.0, 6.0)}, 3, colours)
    assert list(named(figure, "leaves").y) == [4, 2]
    assert list(named(figure, "hubs").y) == [4, 6]
    assert named(figure, "leaves").line.dash != named(figure, "hubs").line.dash
    assert figure.layout.shapes[0].x0 == 3
    assert "part; validation accuracy here 60%" in title(figure)
    assert "stay together" in title(way(history, {1: (4.0, 4.0), 3: (3.9, 4.0)}, 1, colours))
