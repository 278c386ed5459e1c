import pytest
import torch
from torch import Tensor

from a2q.quantizers import nearest_range


def _brute_force(reach: Tensor, limits: Tensor) -> list[int]:
    """Every distance, in Python's own order: the first of the smallest."""
    ends = limits.double().tolist()
    return [min(range(len(ends)), key=lambda group: abs(value - ends[group])) for value in reach.double().tolist()]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("groups", [1, 2, 3, 17, 200])
def test_it_equals_brute_force_on_random_values(seed: int, groups: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    reach, limits = torch.rand(300, generator=generator) * 1.4 - 0.2, torch.rand(groups, generator=generator)
    assert nearest_range(reach, limits).tolist() == _brute_force(reach, limits)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("groups", [1, 2, 5, 40])
def test_it_equals_brute_force_where_limits_repeat_and_values_lie_halfway(seed: int, groups: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    limits = torch.randint(0, 8, (groups,), generator=generator) / 2
    reach = torch.randint(-2, 20, (300,), generator=generator) / 4
    chosen = nearest_range(reach, limits)
    assert chosen.tolist() == _brute_force(reach, limits)
    # Otherwise nothing here would be a tie.
    distance = (reach[:, None] - limits).abs()
    ties = (distance == distance.amin(1, keepdim=True)).sum(1) > 1
    assert groups == 1 or bool(ties.any())


def test_ties_go_to_the_lowest_index_on_either_side() -> None:
    reach = torch.tensor([2.0, 1.0, 3.0])
    assert nearest_range(reach, torch.tensor([3.0, 1.0, 1.0, 3.0])).tolist() == [0, 1, 0]
    assert nearest_range(reach, torch.tensor([1.0, 3.0, 1.0, 3.0])).tolist() == [0, 0, 1]


def test_no_rows_choose_nothing() -> None:
    assert nearest_range(torch.empty(0), torch.ones(3)).shape == (0,)
