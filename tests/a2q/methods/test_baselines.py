import pytest
import torch

from a2q.methods.baselines import bits_by_degree


@pytest.mark.parametrize("average", [1.0, 1.7, 2.0, 2.5, 3.9, 5.25, 7.5, 8.0])
def test_bits_by_hand_keep_the_budget_and_follow_in_degree(average: float, generator: torch.Generator) -> None:
    in_degree = torch.randint(0, 50, (1000,), generator=generator)
    bits = bits_by_degree(in_degree, average)
    assert bits.mean().item() == pytest.approx(average, abs=0.005)
    assert set(bits.tolist()) <= set(range(1, 9))
    lowest_of_high = in_degree[bits == bits.max()].min()
    assert (bits[in_degree > lowest_of_high] == bits.max()).all()


def test_bits_by_hand_are_whole_and_two_apart() -> None:
    assert bits_by_degree(torch.tensor([0, 9, 3, 1]), 2.0).tolist() == [1, 3, 3, 1]
