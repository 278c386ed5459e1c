import itertools

import numpy as np
import pytest

from a2q_studio.pages.learn.lesson.layer import LayerInput
from a2q_studio.pages.learn.steps.budget.allocations import (
    BEST,
    GROUPS,
    LEARNED,
    SAME,
    YOU,
    best_possible,
    contest,
    even,
    fitted,
    group_of,
    groups,
    learned_means,
    mean_error,
    needed,
    shared_out,
    spent,
    verdict,
)

DEGREES = np.array([0, 1, 2, 3, 4, 5, 6, 10, 11, 99])


def test_groups_have_the_bounds_of_their_names() -> None:
    assert group_of(DEGREES).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    found = groups(DEGREES[:8])
    assert [group.name for group in found] == list(GROUPS)
    assert [group.nodes for group in found] == [2, 2, 2, 2, 0]
    assert sum(group.share for group in found) == pytest.approx(1)


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


def test_needed_bits() -> None:
    table = np.array([[0.9, 0.5, 0.1, 0, 0, 0, 0, 0], [9, 8, 7, 6, 5, 4, 3, 2]])
    assert needed(table, 0.5).tolist() == [2, 8]
    assert needed(table, 1.0).tolist() == [1, 8]
    assert needed(table, 6.5).tolist() == [1, 4]


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
