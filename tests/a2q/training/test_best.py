import itertools
import random

import pytest
from torch import nn

from a2q import EpochMetrics
from a2q.training.best import Best


def _metrics(
    validation: float = 0.5,
    bits: float = 4.0,
    loss: float = 1.0,
    test: float = 0.5,
    counts: list[list[int]] | None = None,
) -> EpochMetrics:
    return EpochMetrics(1, 1.0, 0.0, 0.5, validation, test, loss, bits, counts or [], 0.0)


@pytest.mark.parametrize(("metric", "sign"), [("accuracy", 1), ("mae", -1)])
def test_validation_then_fewer_bits_then_lower_loss(make_config, metric: str, sign: int) -> None:
    best = Best(make_config("a2q"), metric)
    rising = [
        _metrics(sign * 0.7, 1.0, 0.1, 0.99),
        _metrics(sign * 0.8, 3.0, 0.1, 0.50),
        _metrics(sign * 0.8, 2.0, 0.9, 0.90),
        _metrics(sign * 0.8, 2.0, 0.5, 0.10),
        _metrics(sign * 0.9, 8.0, 9.0, 0.00),
    ]
    for order in itertools.permutations(rising):
        assert sorted(order, key=best.rank) == rising


def test_under_a_target_fewer_bits_are_no_merit(make_config) -> None:
    best = Best(make_config("a2q", "quantization.target_average_bits=2"), "accuracy")
    rising = [
        _metrics(0.99, 1.0, 0.1),
        _metrics(0.98, 1.89, 0.1),
        _metrics(0.5, 2.06, 0.1),
        _metrics(0.6, 2.06, 0.1),
        _metrics(0.7, 1.9, 0.5),
        _metrics(0.7, 2.05, 0.4),
        _metrics(0.8, 2.0, 0.9),
    ]
    for order in random.Random(0).sample([*itertools.permutations(rising)], 100):
        assert sorted(order, key=best.rank) == rising


@pytest.mark.parametrize(
    ("four_bit_nodes", "kept"),
    [(0, False), (46, False), (47, True), (50, True), (51, True), (52, False), (100, False)],
)
def test_a_target_in_kib_weighs_layers_by_their_width(make_config, four_bit_nodes: int, kept: bool) -> None:
    # The wide layer's nodes have 1 bit, half of them 4 bits at the target; the narrow one's 100 nodes all have 8.
    target = (30 * (50 * 1 + 50 * 4) + 2 * 100 * 8) / 8192
    best = Best(make_config("a2q", f"quantization.target_kib={target}"), "accuracy", [30, 2])
    counts = [[0, 100 - four_bit_nodes, 0, 0, four_bit_nodes, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 100]]
    # One more node takes 30 · 3 bits more; 0.05 bits of 3,200 values are 160, 0.1 bits 320.
    assert (best.rank(_metrics(counts=counts))[0] == 0) == kept
    best.offer(_metrics(counts=counts), nn.Linear(1, 1))
    delivered = (30 * (100 + 3 * four_bit_nodes) + 1600) / 8192
    assert best.missed_target == ("" if kept else f"asked for {target:g} KiB, delivered {delivered:.4g}")


@pytest.mark.parametrize(("bits", "told"), [(2.4, ""), (2.55, ""), (2.13, "2.13"), (2.6, "2.60"), (1.1, "1.10")])
def test_a_miss_is_told(make_config, bits: float, told: str) -> None:
    best = Best(make_config("a2q", "quantization.target_average_bits=2.5"), "accuracy")
    assert best.missed_target == ""
    best.offer(_metrics(bits=bits), nn.Linear(1, 1))
    assert best.missed_target == (told and f"asked for 2.5 average bits, delivered {told}")


def test_without_a_target_none_is_missed(make_config) -> None:
    best = Best(make_config("a2q"), "accuracy")
    best.offer(_metrics(bits=7.9), nn.Linear(1, 1))
    assert best.missed_target == ""


def test_a_test_score_never_decides(make_config) -> None:
    best = Best(make_config("a2q"), "accuracy")
    assert best.rank(_metrics(test=0.1)) == best.rank(_metrics(test=0.9))


@pytest.mark.parametrize(("metric", "chosen"), [("accuracy", 2), ("mae", 1)])
def test_beside_it_the_papers_choice_is_kept(make_config, metric: str, chosen: int) -> None:
    best, model = Best(make_config("fp32"), metric), nn.Linear(1, 1)
    offered = [_metrics(test=0.5), _metrics(test=0.2), _metrics(test=0.8), _metrics(test=0.8)]
    for metrics in offered:
        best.offer(metrics, model)
    assert best.by_test is offered[chosen]
    assert best.metrics is offered[0]


def test_the_state_is_a_copy_of_the_best_epochs(make_config) -> None:
    best, model = Best(make_config("fp32"), "accuracy"), nn.Linear(1, 1)
    for value, score in ((1.0, 0.4), (2.0, 0.6), (3.0, 0.5)):
        nn.init.constant_(model.weight, value)
        best.offer(_metrics(score), model)
    assert best.state["weight"].item() == 2
    other = Best(make_config("fp32"), "accuracy")
    other.load_state_dict(best.state_dict())
    assert other.metrics == best.metrics
    assert other.by_test == best.by_test
    assert other.state["weight"].item() == 2
    empty = Best(make_config("fp32"), "accuracy")
    empty.load_state_dict(Best(make_config("fp32"), "accuracy").state_dict())
    assert empty.metrics is empty.by_test is None
