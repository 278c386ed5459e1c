"""Where each baseline puts which quantizer."""

import math
from functools import partial

import torch

from a2q.config import ConfigError
from a2q.layers.roles import Site
from a2q.methods.a2q import ATTENTION_BITS
from a2q.methods.baseline_configs import BinaryConfig, DegreeBitsConfig, DegreeQuantConfig, UniformConfig
from a2q.methods.nodes import Nodes
from a2q.quantizers import BinaryQuantizer, FakeQuantizer, Quantizer, RangeQuantizer

# What uniform QAT and bits by hand quantize: the same tensors as A²Q, so that only the bits differ.
MOST_BITS = 8
_SAME_AS_A2Q = ("features", "weight", "combination", "attention", "logits")


def uniform_quantizer(config: UniformConfig, site: Site, nodes: Nodes) -> FakeQuantizer | None:
    """LSQ: one step size per tensor, for weights one per output channel, all by the task gradient."""
    if site.raw or site.kind not in _SAME_AS_A2Q or (site.kind == "features" and site.dim == 1):
        return None
    weight = site.kind == "weight"
    return Quantizer(
        site.dim if weight else 1,
        "column" if weight else "tensor",
        signed=True if weight else None,
        bits=config.bits,
        gradient="task",
        straight_through="clipped",
        step_gradient_scale=True,
    )


def degree_quant_quantizer(config: DegreeQuantConfig, site: Site, nodes: Nodes) -> FakeQuantizer | None:
    """Degree-Quant: one range per tensor at every site, the dataset's input and every message included."""
    return RangeQuantizer(
        config.bits,
        signed=True if site.kind == "weight" else None,
        ranges=config.ranges,
        boundary=config.boundary,
        empty_range=config.empty_range,
    )


def degree_bits_quantizer(config: DegreeBitsConfig, site: Site, nodes: Nodes) -> FakeQuantizer | None:
    """Bits by hand: node features as A²Q has them, but with fixed bits that follow in-degree.

    Raises:
        ConfigError: the in-degrees are not given.
    """
    if site.raw or site.kind not in _SAME_AS_A2Q or (site.kind == "features" and site.dim == 1):
        return None
    if nodes.count is None or nodes.in_degree is None:
        raise ConfigError(
            "Bits by hand follow the in-degree of every node, which is not given; give num_nodes and in_degree of "
            "one graph, or choose a2q with groups for many graphs."
        )
    # The estimator of our A²Q, so that only the bits differ.
    make = partial(Quantizer, straight_through="clipped")
    match site.kind:
        case "features":
            quantizer = make(nodes.count, "row", signed=None, bits=1, step_bits=config.step_bits, max_bits=8)
            quantizer.set_bits(bits_by_degree(nodes.in_degree, config.average_bits))
            return quantizer
        case "weight":
            return make(site.dim, "column", signed=True, bits=config.weight_bits, gradient="task")
        case "combination" if site.attends:
            return make(nodes.count, "row", signed=None, bits=config.xw_bits)
        case "attention":
            return make(site.count or 1, "row", signed=True, bits=ATTENTION_BITS, gradient="task")
        case "logits":
            return make(site.dim, "column", signed=None, bits=ATTENTION_BITS, gradient="task")
        case _:
            return make(site.dim, "column", signed=None, bits=config.xw_bits)


def binary_quantizer(config: BinaryConfig, site: Site, nodes: Nodes) -> FakeQuantizer | None:
    """Bi-GCN: the sign of features and weights, scaled per row and output channel."""
    match site.kind:
        case "features":
            return BinaryQuantizer("row", columns=site.dim)
        case "weight":
            return BinaryQuantizer("column")
        case _:
            return None


def bits_by_degree(in_degree: torch.Tensor, average: float) -> torch.Tensor:
    """Whole bits from 1 to 8 for each node, [num_nodes], never falling with in-degree, with the given mean.

    Nodes are ranked by in-degree, equal ones by number. Those of low rank get ``low`` bits and those of high rank two
    more, so many that the mean differs from the budget by at most ``1 / num_nodes``; ``low`` is one below the
    budget's whole part, at least 1. A budget of 8 gives all nodes 8.

    Args:
        in_degree: whole numbers, [num_nodes].
        average: the budget, 1 to 8.

    Source: ours, after the manual comparison in the paper.
    """
    count = in_degree.numel()
    low = max(1, math.floor(average) - 1) if average < MOST_BITS else MOST_BITS
    high = low + 2
    many = round(count * (average - low) / 2)
    bits = torch.full((count,), float(low), device=in_degree.device)
    bits[torch.argsort(in_degree, descending=True, stable=True)[:many]] = high
    return bits
