"""Step sizes and bitwidths for nodes that training never saw, from those of nodes it saw."""

from dataclasses import dataclass

import torch
from scipy.spatial import cKDTree
from torch import Tensor

from a2q.quantizers.fake_quantize import largest_code
from a2q.quantizers.nearest_range import nearest_range
from a2q.quantizers.quantizer import Quantizer

StepsAndBits = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Lookup:
    """Which seen nodes each unseen node takes its parameters from.

    Seen nodes alike in what is compared form a group; an unseen node takes a weighted mean over the means of
    k groups.

    Attributes:
        group: group of each seen node, int64 [seen].
        nearest: groups of each unseen node, int64 [unseen, k].
        weight: their weights, float64 [unseen, k], 1 in each row's sum.

    Source: ours.
    """

    group: Tensor
    nearest: Tensor
    weight: Tensor

    @torch.no_grad()
    def steps_and_bits(self, quantizer: Quantizer) -> StepsAndBits:
        """Step sizes and real-valued effective bits of the unseen nodes, each [unseen, 1]."""
        return quantizer.coded(self._mean(quantizer.positive_step)), self._mean(quantizer.bounded_bits)

    def _mean(self, values: Tensor) -> Tensor:
        size = torch.bincount(self.group)
        sums = torch.zeros(len(size), dtype=torch.double).index_add_(0, self.group, values.flatten().double())
        mean = (sums / size)[self.nearest] * self.weight
        return mean.sum(1, keepdim=True).to(values.dtype)


@torch.no_grad()
def nearest_value(quantizer: Quantizer, x_unseen: Tensor) -> StepsAndBits:
    """Those of the seen node whose clipping range ends nearest to the unseen node's largest absolute value.

    Args:
        quantizer: trained, per row.
        x_unseen: values of the unseen nodes, [unseen, dim].

    Returns:
        Step sizes and real-valued effective bits, each [unseen, 1].

    Source: Nearest Neighbor Strategy, paper section 3.3, with seen nodes as the groups.
    """
    limits = quantizer.positive_step.double() * largest_code(quantizer.code_bits.double())
    chosen = nearest_range(x_unseen.abs().amax(1), limits.flatten())
    return quantizer.positive_step[chosen], quantizer.bounded_bits[chosen]


def by_degree(quantizer: Quantizer, seen_in_degree: Tensor, unseen_in_degree: Tensor) -> StepsAndBits:
    """Mean over the seen nodes of the nearest in-degree; of two equally near in-degrees the lower one.

    Args:
        quantizer: trained, per row.
        seen_in_degree, unseen_in_degree: [seen] and [unseen].

    Returns:
        Step sizes and real-valued effective bits, each [unseen, 1].

    Source: ours, after the paper's observation that bits follow in-degree.
    """
    return degree_lookup(seen_in_degree, unseen_in_degree).steps_and_bits(quantizer)


def by_topology(quantizer: Quantizer, seen_index: Tensor, unseen_index: Tensor, neighbours: int = 5) -> StepsAndBits:
    """Mean over the nearest groups of seen nodes in :func:`topology_index`, weighted by 1 / distance.

    Seen nodes of equal index form one group; an unseen node of just that index takes the group's mean.

    Args:
        quantizer: trained, per row.
        seen_index, unseen_index: [seen, 2] and [unseen, 2].
        neighbours: number of groups to take the mean over; all where there are fewer.

    Returns:
        Step sizes and real-valued effective bits, each [unseen, 1].

    Source: TopPIN of TopGQ (DAC 2026), which interpolates groups of post-training parameters.
    """
    return topology_lookup(seen_index, unseen_index, neighbours).steps_and_bits(quantizer)


def degree_lookup(seen_in_degree: Tensor, unseen_in_degree: Tensor) -> Lookup:
    """The lookup of :func:`by_degree`, which depends on the graph only."""
    degrees, group = seen_in_degree.unique(return_inverse=True)
    nearest = nearest_range(unseen_in_degree, degrees)[:, None]
    return Lookup(group, nearest, torch.ones(nearest.shape, dtype=torch.double))


def topology_lookup(seen_index: Tensor, unseen_index: Tensor, neighbours: int = 5) -> Lookup:
    """The lookup of :func:`by_topology`, which depends on the graph only.

    Raises:
        ValueError: ``neighbours`` is below 1.
    """
    if neighbours < 1:
        raise ValueError(f"neighbours is {neighbours}; unseen nodes need at least 1 group to take parameters from.")
    places, group = seen_index.double().unique(dim=0, return_inverse=True)
    count = min(neighbours, len(places))
    found = cKDTree(places.numpy()).query(unseen_index.double().numpy(), k=list(range(1, count + 1)))
    distance, nearest = (torch.from_numpy(values) for values in found)
    same = distance == 0
    # Places differ, so at most one of them is at distance 0, and it alone counts.
    weight = torch.where(same.any(1, keepdim=True), same.double(), 1 / distance.masked_fill(same, 1))
    return Lookup(group, nearest, weight / weight.sum(1, keepdim=True))


def topology_index(edge_index: Tensor, num_nodes: int) -> Tensor:
    """The pair (d(v), mean of 1 / d(u) over the in-neighbours u of v), float64 [num_nodes, 2].

    d is the in-degree; a neighbour without incoming edges counts as 1, a node without neighbours gets 0.

    Args:
        edge_index: int64 [2, num_edges], sources above targets, no self-loops.
        num_nodes: number of nodes.

    Source: TopPIN of TopGQ (DAC 2026); the rules for in-degree 0 are ours.
    """
    source, target = edge_index
    in_degree = torch.bincount(target, minlength=num_nodes).double()
    divisor = in_degree.clamp_min(1)
    inverse = torch.zeros_like(in_degree).index_add_(0, target, divisor.reciprocal()[source])
    return torch.stack((in_degree, inverse / divisor), dim=1)
