import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q.quantizers import Quantizer, by_degree, by_topology, code_step, largest_code, nearest_value, topology_index

_SEEN = 30


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _trained(step_bits: int = 32) -> Quantizer:
    """A row quantizer whose step sizes and bits differ between rows."""
    quantizer = Quantizer(
        _SEEN, "row", signed=False, bits=4, learn_bits=True, gradient="task", step_bits=step_bits, start="random"
    )
    quantizer.randomize(0.1, 0.2, _generator())
    with torch.no_grad():
        quantizer.bits.copy_(1 + 7 * torch.rand(_SEEN, 1, generator=_generator(1)))
    return quantizer


def _index(nodes: int, seed: int) -> Tensor:
    """Places on a coarse grid, so that many coincide."""
    return torch.randint(0, 5, (nodes, 2), generator=_generator(seed)).double() / torch.tensor([1.0, 4.0])


def test_the_nearest_value_is_that_of_brute_force() -> None:
    quantizer = _trained()
    x = torch.rand(80, 6, generator=_generator(2)) * torch.rand(80, 1, generator=_generator(3)).mul(8).exp() / 50
    step, bits = nearest_value(quantizer, x)
    ends = (quantizer.step.detach().double() * largest_code(quantizer.code_bits.detach().double())).flatten()
    chosen = (x.amax(1, keepdim=True).double() - ends).abs().argmin(1)
    assert torch.equal(step, quantizer.step.detach()[chosen])
    assert torch.equal(bits, quantizer.bits.detach()[chosen])
    assert chosen.unique().numel() > 5


def test_seen_values_at_the_end_of_their_range_find_themselves() -> None:
    quantizer = _trained()
    ends = quantizer.step.detach() * largest_code(quantizer.code_bits.detach())
    step, bits = nearest_value(quantizer, ends)
    assert torch.equal(step, quantizer.step.detach())
    assert torch.equal(bits, quantizer.bits.detach())


def test_degrees_take_the_mean_of_the_nearest_in_degree() -> None:
    quantizer = _trained()
    seen = torch.randint(0, 4, (_SEEN,), generator=_generator(2)) * 4
    unseen = torch.arange(20)
    step, bits = by_degree(quantizer, seen, unseen)
    for degree in unseen.tolist():
        nearest = min(set(seen.tolist()), key=lambda other, degree=degree: (abs(other - degree), other))
        members = seen == nearest
        assert_close(step[degree], quantizer.step.detach()[members].mean(0))
        assert_close(bits[degree], quantizer.bits.detach()[members].mean(0))


@pytest.mark.parametrize("neighbours", [1, 3, 5, 1_000])
def test_topology_takes_the_weighted_mean_of_the_nearest_groups(neighbours: int) -> None:
    quantizer = _trained()
    # Shifted by odd amounts, so that no two distances are equal.
    seen, unseen = _index(_SEEN, 2), _index(25, 3) + torch.tensor([0.137, 0.0511])
    step, bits = by_topology(quantizer, seen, unseen, neighbours)
    places = sorted({tuple(place) for place in seen.tolist()})
    for node, place in enumerate(unseen):
        distance = {other: float(torch.dist(place, torch.tensor(other, dtype=torch.double))) for other in places}
        nearest = sorted(places, key=distance.__getitem__)[:neighbours]
        weight = torch.tensor([1 / distance[other] for other in nearest])
        for found, values in ((step, quantizer.step), (bits, quantizer.bits)):
            means = [
                values.detach()[(seen == torch.tensor(other, dtype=torch.double)).all(1)].mean() for other in nearest
            ]
            assert_close(found[node, 0], (torch.stack(means) * weight).sum() / weight.sum())


def test_a_place_that_was_seen_takes_the_mean_there() -> None:
    quantizer = _trained()
    seen = _index(_SEEN, 2)
    step, bits = by_topology(quantizer, seen, seen)
    for node in range(_SEEN):
        members = (seen == seen[node]).all(1)
        assert_close(step[node], quantizer.step.detach()[members].mean(0))
        assert_close(bits[node], quantizer.bits.detach()[members].mean(0))


def test_means_of_coded_step_sizes_are_coded_again() -> None:
    quantizer = _trained(step_bits=8)
    seen, unseen = torch.arange(_SEEN) % 3, torch.arange(3)
    step, _ = by_degree(quantizer, seen, unseen)
    assert torch.equal(step, code_step(step))
    means = torch.stack([quantizer.positive_step.detach()[seen == degree].mean(0) for degree in range(3)])
    assert_close(step, code_step(means))


def test_no_unseen_nodes_need_nothing() -> None:
    quantizer = _trained()
    for step, bits in (
        nearest_value(quantizer, torch.empty(0, 4)),
        by_degree(quantizer, torch.arange(_SEEN), torch.empty(0, dtype=torch.int64)),
        by_topology(quantizer, _index(_SEEN, 2), torch.empty(0, 2)),
    ):
        assert step.shape == bits.shape == (0, 1)


def test_bits_and_steps_stay_within_what_was_learned() -> None:
    quantizer = _trained()
    for step, bits in (
        by_degree(quantizer, torch.arange(_SEEN), torch.arange(100)),
        by_topology(quantizer, _index(_SEEN, 2), 10 * _index(40, 3)),
    ):
        assert bool(((bits >= 1) & (bits <= 8)).all())
        assert bool((step <= quantizer.step.max()).all())
        assert not step.requires_grad
        assert not bits.requires_grad


def test_the_topology_index_of_a_small_graph() -> None:
    # 0 -> 1, 0 -> 2, 1 -> 2, 3 -> 2, 2 -> 3; node 4 alone, node 0 without incoming edges.
    edges = torch.tensor([[0, 0, 1, 3, 2], [1, 2, 2, 2, 3]])
    found = topology_index(edges, 5)
    assert_close(found, torch.tensor([[0, 0], [1, 1], [3, 1], [1, 1 / 3], [0, 0]], dtype=torch.double))


def test_no_neighbours_to_ask_are_refused() -> None:
    with pytest.raises(ValueError, match="neighbours is 0; unseen nodes need at least 1 group"):
        by_topology(_trained(), _index(_SEEN, 2), _index(3, 3), 0)
