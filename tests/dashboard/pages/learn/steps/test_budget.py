import itertools

import numpy as np
import pytest

from a2q_studio.charts import Palette
from a2q_studio.pages.learn.lesson.groups import group_of, groups
from a2q_studio.pages.learn.lesson.layer import LayerInput
from a2q_studio.pages.learn.steps.budget.allocations import (
    BEST,
    LEARNED,
    SAME,
    YOU,
    best_possible,
    contest,
    even,
    fitted,
    learned_means,
    mean_error,
    shared_out,
    spent,
    verdict,
)
from a2q_studio.pages.learn.steps.budget.chart import allocation, scores
from tests.dashboard.pages.learn.figures import DEGREES, named, title


def test_shared_out_bits_have_the_means_that_were_wished_for() -> None:
    rng = np.random.default_rng(0)
    degrees, largest = rng.integers(0, 30, 400), rng.random(400)
    wished = [1.0, 2.5, 3.0, 4.5, 8.0]
    bits = shared_out(wished, degrees, largest)
    for position, mean in enumerate(wished):
        nodes = group_of(degrees) == position
        assert bits[nodes].mean() == pytest.approx(mean, abs=0.5 / nodes.sum())
    assert bits.mean() == pytest.approx(spent(wished, degrees), abs=0.01)
    halves = group_of(degrees) == 1
    assert largest[halves & (bits == 3)].min() > largest[halves & (bits == 2)].max()


def test_the_best_is_what_trying_everything_finds() -> None:
    rng = np.random.default_rng(1)
    steps = -np.sort(-rng.random((5, 8)), axis=1)  # errors that fall less and less
    table = np.cumsum(steps[:, ::-1], axis=1)[:, ::-1].astype(np.float32)
    for average in (1.0, 1.8, 2.6, 4.0):
        found = best_possible(table, average)
        assert found.mean() <= average + 1e-9
        tried = (np.array(bits) for bits in itertools.product(range(1, 9), repeat=5) if sum(bits) <= found.sum())
        assert mean_error(table, found) == pytest.approx(min(mean_error(table, bits) for bits in tried))


def test_a_budget_beyond_all_bits() -> None:
    table = -np.sort(-np.random.default_rng(2).random((6, 8)), axis=1).astype(np.float32)
    assert best_possible(table, 8.0).mean() == 8
    assert best_possible(table, 1.0).mean() == 1


def test_even_bits() -> None:
    assert even(2.5, 4).tolist() == [3, 3, 2, 2]
    assert even(1.0, 3).tolist() == [1, 1, 1]
    assert even(8.0, 2).tolist() == [8, 8]


def test_wishes_are_lowered_until_they_fit() -> None:
    rng = np.random.default_rng(3)
    degrees = rng.integers(0, 30, 300)
    wished = [8.0, 8.0, 2.0, 1.0, 8.0]
    found = fitted(wished, degrees, 3.0)
    assert spent(found, degrees) <= 3.0 + 1e-9
    assert all(1 <= got <= want for got, want in zip(found, wished, strict=True))
    assert spent(found, degrees) > 3.0 - 0.5, "no more is taken than needed"
    assert fitted([1.0] * 5, degrees, 0.5) == [1.0] * 5
    assert fitted([2.0] * 5, degrees, 3.0) == [2.0] * 5


def test_the_game_on_the_runs_values(layer: LayerInput) -> None:
    theirs = learned_means(layer)
    assert spent(theirs, layer.in_degree) == pytest.approx(layer.bits.mean())
    errors = contest(layer, [round(2 * bits) / 2 for bits in theirs])
    assert list(errors) == [YOU, SAME, LEARNED, BEST]
    assert errors[BEST] < errors[LEARNED] < errors[SAME]
    # Who copies A²Q's group means comes near it.
    assert errors[YOU] == pytest.approx(errors[LEARNED], rel=0.15)


@pytest.mark.parametrize(
    ("you", "says"),
    [(0.10, "You beat A²Q"), (0.15, "Better than the same for all"), (0.30, "The same bits for all would have been")],
)
def test_the_verdict(you: float, says: str) -> None:
    sentence = verdict({YOU: you, SAME: 0.2, LEARNED: 0.12, BEST: 0.09})
    assert says in sentence
    more = max(you, 0.12) / min(you, 0.12) - 1
    assert f"{more:.0%}" in sentence


def test_allocation_hides_a2q_until_it_is_revealed(colours: Palette) -> None:
    found = groups(DEGREES)
    mine, theirs = [1.0, 2.0, 3.5, 4.0, 8.0], [1.3, 2.5, 3.0, 4.0, 6.5]
    assert [trace.name for trace in allocation(mine, found, colours).data] == ["yours"]
    assert "A²Q" not in title(allocation(mine, found, colours))
    figure = allocation(mine, found, colours, theirs)
    assert list(named(figure, "A²Q").y) == theirs
    assert named(figure, "yours").text[2] == "3.5"


def test_scores_are_in_order(colours: Palette) -> None:
    figure = scores({"You": 0.2, "Best": 0.1, "Same": 0.3}, "You", colours)
    assert list(figure.data[0].y) == ["Best", "You", "Same"]
    assert title(figure) == "You is number 2 of 3 with a mean error of 0.200 (less is better)"
