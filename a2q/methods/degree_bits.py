"""Manual bits, by in-degree."""

import math
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from a2q import quantizers
from a2q.config import ConfigError
from a2q.layers.roles import TensorRole
from a2q.methods.a2q import ATTENTION_BITS, StepBits, quantized_by_a2q
from a2q.methods.method import Method
from a2q.methods.nodes import Nodes
from a2q.units import MOST_BITS

if TYPE_CHECKING:
    import torch


class DegreeBitsConfig(Method):
    """Manual bits: the higher the in-degree the more bits, under a given average; step sizes are learned.

    Source: the paper's manual-bits comparison; the assignment by in-degree rank is ours.
    """

    learns_steps: ClassVar[bool] = True
    one_graph_only: ClassVar[bool] = True

    method: Literal["degree-bits"] = Field("degree-bits", title="Method")
    average_bits: float = Field(
        2.0, ge=1, le=8, title="Average bits", description="The budget that the ranks of in-degree share."
    )
    weight_bits: int = Field(4, ge=2, le=8, title="Weight bits", description="Fixed, one step size per output channel.")
    xw_bits: int = Field(4, ge=2, le=8, title="XW bits", description="Fixed, one step size per column of XW.")
    step_bits: StepBits = Field(
        32, title="Bits of a node's step size", description="8 stores step sizes as powers of 2^(1/8)."
    )

    def quantizer(self, role: TensorRole, nodes: Nodes) -> "quantizers.FakeQuantizer | None":
        """Node features as A²Q has them, but with fixed bits that follow in-degree.

        Raises:
            ConfigError: the in-degrees are not given.
        """
        if role.raw or not quantized_by_a2q(role):
            return None
        if nodes.count is None or nodes.in_degree is None:
            raise ConfigError(
                "Manual bits follow the in-degree of every node, which is not given; give num_nodes and in_degree of "
                "one graph, or choose a2q with groups for many graphs."
            )
        # The estimator of our A²Q, so that only the bits differ.
        make = partial(quantizers.Quantizer, straight_through="clipped")
        match role.kind:
            case "features":
                quantizer = make(nodes.count, "row", signed=None, bits=1, step_bits=self.step_bits, max_bits=MOST_BITS)
                quantizer.set_bits(bits_by_degree(nodes.in_degree, self.average_bits))
                return quantizer
            case "weight":
                return make(role.dim, "column", signed=True, bits=self.weight_bits, gradient="task")
            case "combination" if role.attends:
                return make(nodes.count, "row", signed=None, bits=self.xw_bits)
            case "attention":
                return make(role.count or 1, "row", signed=True, bits=ATTENTION_BITS, gradient="task")
            case "logits":
                return make(role.dim, "column", signed=None, bits=ATTENTION_BITS, gradient="task")
            case "combination":
                return make(role.dim, "column", signed=None, bits=self.xw_bits)
            case "norm" | "messages" | "aggregation" | "output":
                return None

    @property
    def brief(self) -> str:
        """As in "2 average bits by in-degree"."""
        return f"{self.average_bits:g} average bits by in-degree"


def bits_by_degree(in_degree: "torch.Tensor", average: float) -> "torch.Tensor":
    """Whole bits from 1 to 8 for each node, [num_nodes], never falling with in-degree, with the given mean.

    Nodes are ranked by in-degree, equal ones by number. Those of low rank get ``low`` bits and those of high rank two
    more, so many that the mean differs from the budget by at most ``1 / num_nodes``; ``low`` is one below the
    budget's whole part, at least 1. A budget of 8 gives all nodes 8.

    Args:
        in_degree: whole numbers, [num_nodes].
        average: the budget, 1 to 8.

    After the manual comparison in the paper.
    """
    import torch

    count = in_degree.numel()
    low = max(1, math.floor(average) - 1) if average < MOST_BITS else MOST_BITS
    high = low + 2
    many = round(count * (average - low) / 2)
    bits = torch.full((count,), float(low), device=in_degree.device)
    bits[torch.argsort(in_degree, descending=True, stable=True)[:many]] = high
    return bits
