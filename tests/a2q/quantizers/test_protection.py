import copy

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q.quantizers import ProtectiveMask, keep_protected, protection_probability


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _degrees(nodes: int = 50) -> Tensor:
    return torch.randint(0, 12, (nodes,), generator=_generator(3))


def test_probabilities_follow_the_inclusive_distribution_of_in_degree() -> None:
    degrees = _degrees()
    listed = degrees.tolist()
    share = [sum(other <= degree for other in listed) / len(listed) for degree in listed]
    found = protection_probability(degrees, 0.1, 0.3)
    assert_close(found, 0.1 + 0.2 * torch.tensor(share))
    assert_close(found[degrees.argmax()], torch.tensor(0.3))


def test_each_graph_of_a_batch_has_its_own_distribution() -> None:
    graphs = [_degrees(20), 3 * _degrees(35), torch.tensor([2])]
    batch = torch.cat([torch.full((len(degrees),), number) for number, degrees in enumerate(graphs)])
    order = torch.randperm(len(batch), generator=_generator())
    together = protection_probability(torch.cat(graphs)[order], 0.0, 1.0, batch[order])
    alone = torch.cat([protection_probability(degrees, 0.0, 1.0) for degrees in graphs])
    assert_close(together, alone[order])


def test_masks_are_drawn_with_these_probabilities_anew_each_time() -> None:
    degrees = torch.tensor([0, 1, 1, 5])
    mask = ProtectiveMask(0.2, 0.8, _generator())
    drawn = torch.stack([mask(degrees) for _ in range(4_000)])
    assert drawn.dtype == torch.bool
    assert_close(drawn.double().mean(0), protection_probability(degrees, 0.2, 0.8).double(), atol=0.03, rtol=0)


@pytest.mark.parametrize(("p", "protected"), [(0.0, 0), (1.0, 50)])
def test_probabilities_of_0_and_1_are_certain(p: float, protected: int) -> None:
    assert int(ProtectiveMask(p, p, _generator())(_degrees()).sum()) == protected


def test_nothing_is_protected_in_evaluation_and_nothing_drawn() -> None:
    generator = _generator()
    before = generator.get_state()
    mask = ProtectiveMask(1.0, 1.0, generator).eval()(_degrees())
    assert not mask.any()
    assert mask.shape == (50,)
    assert torch.equal(generator.get_state(), before)


def test_a_seed_repeats_the_masks_and_a_copy_continues_alike_on_its_own() -> None:
    degrees = _degrees()
    first, second = (ProtectiveMask(0.3, 0.7, _generator(5)) for _ in range(2))
    assert torch.equal(first(degrees), second(degrees))
    twin = copy.deepcopy(first)
    expected = second(degrees)
    assert torch.equal(twin(degrees), expected)
    assert torch.equal(first(degrees), expected)


def test_a_graph_without_nodes_has_no_mask() -> None:
    assert ProtectiveMask(0.0, 0.1, _generator())(torch.empty(0, dtype=torch.int64)).shape == (0,)


def test_protected_rows_are_kept() -> None:
    x, quantized = torch.ones(3, 2), torch.zeros(3, 2)
    assert keep_protected(quantized, x, torch.tensor([True, False, True]))[:, 0].tolist() == [1, 0, 1]
    assert keep_protected(quantized, x, None) is quantized


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.1), (-0.1, 0.1), (0.9, 1.1)])
def test_probabilities_out_of_order_are_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match=f"p_min and p_max are {low} and {high}; they must rise"):
        ProtectiveMask(low, high, _generator())
