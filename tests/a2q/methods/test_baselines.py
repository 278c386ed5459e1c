from itertools import pairwise

import pytest
import torch

from a2q import DegreeBitsConfig
from a2q.layers.roles import TensorRole
from a2q.methods import Nodes
from a2q.methods.degree_bits import bits_by_degree


@pytest.mark.parametrize("average", [1.0, 1.3, 1.7, 2.0, 2.5, 3.0, 3.9, 4.0, 5.25, 6.0, 6.99, 7.0, 7.01, 7.5, 8.0])
@pytest.mark.parametrize("nodes", [1, 2, 7, 1000])
def test_bits_by_hand_keep_the_budget_and_follow_in_degree(
    average: float, nodes: int, generator: torch.Generator
) -> None:
    in_degree = torch.randint(0, 50, (nodes,), generator=generator)
    bits = bits_by_degree(in_degree, average)
    assert abs(bits.mean().item() - average) <= 1 / nodes + 1e-6
    assert 1 <= bits.min() <= bits.max() <= 8
    low = 8 if average == 8 else max(1, int(average) - 1)
    assert set(bits.tolist()) <= {low, low + 2}
    # Never falling with in-degree: the least of a higher in-degree is the most of a lower one, or more.
    highest = {degree: bits[in_degree == degree].max() for degree in in_degree.unique().tolist()}
    lowest = {degree: bits[in_degree == degree].min() for degree in highest}
    degrees = sorted(highest)
    assert all(highest[low] <= lowest[high] for low, high in pairwise(degrees))


def test_bits_by_hand_are_whole_and_two_apart() -> None:
    assert bits_by_degree(torch.tensor([0, 9, 3, 1]), 2.0).tolist() == [1, 3, 3, 1]
    # Of equal in-degrees the lower number comes first.
    assert bits_by_degree(torch.tensor([5, 5, 5, 5]), 2.0).tolist() == [3, 3, 1, 1]


def test_bits_by_hand_stay_while_step_sizes_are_learned(generator: torch.Generator) -> None:
    nodes = Nodes(6, torch.arange(6))
    quantizer = DegreeBitsConfig(average_bits=3).quantizer(TensorRole("features", 4), nodes)
    x = torch.rand(6, 4, generator=generator)
    assert quantizer.row_bits(x).tolist() == bits_by_degree(nodes.in_degree, 3).tolist()
    quantizer(x).sum().backward()
    assert {name for name, _ in quantizer.named_parameters()} == {"step"}
