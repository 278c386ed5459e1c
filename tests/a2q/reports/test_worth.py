"""Paired differences: zero where bits could be exchanged, positive where only hubs clip, and words that follow."""

import numpy as np
import pytest
import torch

from a2q.quantizers import Quantizer
from a2q.reports.worth import MEASURES, Difference, measures, paired_difference, told, worth


def test_the_interval_holds_the_mean_and_follows_the_order() -> None:
    first, second = [0.82, 0.81, 0.83, 0.80, 0.84, 0.82], [0.80, 0.80, 0.80, 0.79, 0.81, 0.80]
    forth, back = paired_difference(first, second), paired_difference(second, first)
    assert forth.low < forth.mean < forth.high
    assert forth.mean == pytest.approx(np.mean(first) - np.mean(second))
    assert (forth.sign, back.sign) == (1, -1)
    assert (back.low, back.high) == pytest.approx((-forth.high, -forth.low), abs=2e-3)


def test_exchangeable_bits_are_worth_nothing_in_expectation() -> None:
    # Scores whose labels "learned" and "permuted" can be swapped: about one interval in twenty leaves 0 out.
    drawn = np.random.default_rng(0).normal(0.8, 0.01, (200, 2, 12))
    found = [paired_difference(first, second) for first, second in drawn]
    assert abs(np.mean([difference.mean for difference in found])) < 3 * 0.01 * np.sqrt(2 / (200 * 12))
    assert np.mean([difference.sign != 0 for difference in found]) < 0.15


def test_few_seeds_have_no_interval_and_no_verdict() -> None:
    difference = paired_difference([0.9] * 4, [0.1] * 4)
    assert (difference.low, difference.sign, difference.pairs) == (None, 0, 4)
    assert told(MEASURES["test_score"], difference) == (
        "+80 points",
        "too few seeds for an interval: 4, at least 5 are needed",
    )


def test_equal_runs_differ_by_nothing() -> None:
    assert paired_difference([0.5] * 6, [0.5] * 6) == Difference(0.0, 0.0, 0.0, 1.0, 6)


@pytest.mark.parametrize(("first", "second"), [([], []), ([0.1], [0.1, 0.2])])
def test_what_makes_no_pairs_is_refused(first: list[float], second: list[float]) -> None:
    with pytest.raises(ValueError, match="make no pairs"):
        paired_difference(first, second)


@pytest.mark.parametrize(
    ("name", "low", "high", "verdict"),
    [
        ("test_score", 0.01, 0.02, "better, with the whole 95 % interval"),
        ("test_score", -0.02, -0.01, "worse, with the whole 95 % interval"),
        ("validation_loss", 0.01, 0.02, "worse, with the whole 95 % interval"),
        ("validation_loss", -0.02, -0.01, "better, with the whole 95 % interval"),
        ("agreement", -0.01, 0.02, "no difference shown"),
    ],
)
def test_better_is_said_of_a_whole_interval_only(name: str, low: float, high: float, verdict: str) -> None:
    assert told(MEASURES[name], Difference((low + high) / 2, low, high, 0.1, 10))[1] == verdict


def test_measures_of_a_run() -> None:
    arrays = {
        "in_degree": np.array([0, 1, 40, 50]),
        "prediction": np.array([0, 1, 2, 2]),
        "prediction_warm_start": np.array([0, 0, 2, 2]),
        "layer2/bits": np.array([1, 1, 2, 2]),
        "layer2/relative_error": np.array([0.1, 0.3, 0.2, 0.2]),
    }
    found = measures({"test_score": 0.8, "validation_loss": 0.5, "distillation_loss": None}, arrays)
    assert found == {
        "test_score": 0.8,
        "validation_loss": 0.5,
        "relative_error": pytest.approx(0.2),
        "agreement": 0.75,
        "agreement, in-degree ≤ 1": 0.5,
        "agreement, in-degree > 30": 1.0,
    }


def test_the_score_of_a_regression_is_an_error() -> None:
    assert measures({"metric": "mae", "test_score": 3.0}, {"in_degree": np.array([1])}) == {"test_error": 3.0}
    assert told(MEASURES["test_error"], Difference(1.0, 0.5, 1.5, 0.1, 10))[1].startswith("worse")


def test_only_what_all_runs_have_is_compared() -> None:
    first = [{"test_score": 0.8, "agreement": 0.9}, {"test_score": 0.8}]
    assert list(worth(first, [{"test_score": 0.7, "agreement": 0.9}] * 2)) == ["test_score"]


def test_where_only_hubs_clip_the_assignment_is_worth_something(generator: torch.Generator) -> None:
    # Sums of one neighbour and of twenty at one step size of 0.1: leaves fit into 4 bits, hubs take 8.
    found: dict[str, list[dict[str, float]]] = {"learned": [], "permuted": []}
    for _ in range(6):
        values = torch.rand(100, 16, generator=generator)
        values[90:] *= 20
        bits = torch.full((100,), 4.0)
        bits[90:] = 8.0
        places = {"learned": torch.arange(100), "permuted": torch.randperm(100, generator=generator)}
        for name, order in places.items():
            quantizer = Quantizer(100, "row", signed=False, bits=1, max_bits=8, start="random")
            quantizer.set_bits(bits[order])
            error = (quantizer(values).detach() - values).abs().mean() / values.mean()
            found[name].append({"relative_error": float(error)})
    difference = worth(found["learned"], found["permuted"])["relative_error"]
    assert told(MEASURES["relative_error"], difference)[1] == "better, with the whole 95 % interval"
