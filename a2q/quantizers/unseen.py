"""Step sizes and bitwidths for nodes that training never saw, from those of nodes it saw."""

from dataclasses import dataclass
from typing import Literal

import torch
from scipy.spatial import cKDTree
from torch import Tensor

from a2q.quantizers.base import FakeQuantizer
from a2q.quantizers.fake_quantize import fake_quantize, integer_codes, largest_code
from a2q.quantizers.nearest_range import nearest_range
from a2q.quantizers.protection import keep_protected
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

    After the paper's observation that bits follow in-degree.
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


UnseenRule = Literal["value", "degree", "topology"]


class UnseenQuantizer(FakeQuantizer):
    """Quantizes seen nodes with their own step sizes and bits, and all others by an unseen-node rule.

    It learns nothing and follows ``seen``, should that be trained on.

    Args:
        seen: started row quantizer of the seen nodes.
        rows: which rows of the full graph ``seen`` belongs to, in its order, int64 [seen].
        topology: :func:`topology_index` of the full graph, [num_nodes, 2]; its first column is the in-degree.
        rule: "value" (:func:`nearest_value`, searched anew for each batch of values), "degree" (:func:`by_degree`) or
            "topology" (:func:`by_topology`).
        neighbours: number of groups for "topology".

    Raises:
        ValueError: ``seen`` has no step size per row or has not been started, or ``rows`` does not name as many
            different nodes of the graph.

    Source: "value" paper section 3.3; "topology" TopGQ (DAC 2026); "degree" ours.
    """

    rows: Tensor
    unseen: Tensor

    def __init__(
        self, seen: Quantizer, rows: Tensor, topology: Tensor, rule: UnseenRule = "value", neighbours: int = 5
    ) -> None:
        super().__init__()
        if seen.granularity != "row" or not seen.started:
            raise ValueError(
                f"The quantizer of seen nodes is {seen}; it must have one step size per row and have been trained."
            )
        if len(rows) != len(seen.step) or len(rows.unique()) != len(rows) or not _within(rows, len(topology)):
            raise ValueError(
                f"rows names {len(rows.unique()):,} different nodes of a graph of {len(topology):,}; name each of the "
                f"{len(seen.step):,} seen nodes once, counted from 0."
            )
        self.seen, self.rule = seen, rule
        others = torch.ones(len(topology), dtype=torch.bool).index_fill_(0, rows, False)
        self.register_buffer("rows", rows)
        self.register_buffer("unseen", others.nonzero().flatten())
        self._lookup: Lookup | None = None
        if rule == "degree":
            self._lookup = degree_lookup(topology[rows, 0], topology[others, 0])
        elif rule == "topology":
            self._lookup = topology_lookup(topology[rows], topology[others], neighbours)
        self.started.fill_(True)

    def start(self, x: Tensor) -> None:
        """Nothing is taken from first values."""

    def freeze(self) -> None:
        """Freeze the quantizer of the seen nodes too."""
        self.seen.freeze()
        super().freeze()

    def meet(self, x: Tensor) -> None:
        """Look for values below 0, as the quantizer of the seen nodes does."""
        self.seen.meet(x)

    @torch.no_grad()
    def steps_and_bits(self, x: Tensor) -> StepsAndBits:
        """Step sizes and real-valued effective bits of all nodes, each [num_nodes, 1].

        Raises:
            ValueError: ``x`` has another number of rows than the graph has nodes.
        """
        nodes = len(self.rows) + len(self.unseen)
        if len(x) != nodes:
            raise ValueError(f"values have {len(x):,} rows but the graph has {nodes:,} nodes; give one row per node.")
        found = (
            nearest_value(self.seen, x[self.unseen]) if self._lookup is None else self._lookup.steps_and_bits(self.seen)
        )
        own = self.seen.positive_step, self.seen.bounded_bits
        step, bits = (
            seen.new_empty(nodes, 1).index_copy_(0, self.rows, seen).index_copy_(0, self.unseen, unseen)
            for seen, unseen in zip(own, found, strict=True)
        )
        return step, bits

    def quantize(self, x: Tensor, protected: Tensor | None = None) -> Tensor:
        """Fake-quantized values of the shape of ``x``, [num_nodes, columns], differentiable in ``x`` alone."""
        step, bits = self._formula(x)
        values = fake_quantize(x, step, bits, self.seen.signed, straight_through=self.seen.straight_through)
        return keep_protected(values, x, protected)

    def codes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Whole-number codes of the shape of ``x`` and step sizes, [num_nodes, 1]."""
        step, bits = self._formula(x)
        return integer_codes(x, step, bits, self.seen.signed), step

    def row_bits(self, x: Tensor) -> Tensor:
        """Effective bits of each node, [num_nodes], int64."""
        return self.steps_and_bits(x)[1].round().flatten().long()

    def row_steps(self, x: Tensor) -> Tensor:
        """Step size of each node, [num_nodes]."""
        return self.steps_and_bits(x)[0].flatten()

    def clipped(self, x: Tensor) -> Tensor:
        """Which values lie beyond their node's clipping range, bool of the shape of ``x``."""
        step, bits = self._formula(x)
        reach = step * largest_code(bits)
        return x.abs() > reach if self.seen.signed else (x > reach) | (x < 0)

    def overhead_bits(self, rows: int) -> int:
        """A step size and a tag per node, seen or not."""
        return rows * (self.seen.step_bits + self.seen.tag_bits)

    def extra_repr(self) -> str:
        return f"{len(self.rows)} seen and {len(self.unseen)} unseen nodes, rule={self.rule}"

    def _formula(self, x: Tensor) -> StepsAndBits:
        step, bits = self.steps_and_bits(x)
        return step, bits if self.seen.signed else bits + 1


def _within(rows: Tensor, nodes: int) -> bool:
    return bool(((rows >= 0) & (rows < nodes)).all())
