"""A trained row quantizer, applied to a graph with more nodes than it was trained on."""

from typing import Literal

import torch
from torch import Tensor

from a2q.quantizers.base import FakeQuantizer
from a2q.quantizers.fake_quantize import fake_quantize, integer_codes, largest_code
from a2q.quantizers.protection import keep_protected
from a2q.quantizers.quantizer import Quantizer
from a2q.quantizers.unseen import Lookup, StepsAndBits, degree_lookup, nearest_value, topology_lookup

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
