"""Where aggregation-aware quantization puts which quantizer."""

import torch

from a2q.config.a2q import A2QConfig
from a2q.config.base import ConfigError
from a2q.layers.sites import Site
from a2q.methods.nodes import Nodes
from a2q.methods.starts import PAPER_STARTS
from a2q.quantizers import FakeQuantizer, NearestQuantizer, Quantizer

# Attention vectors and logits stay at the paper's width; no option of its code changes them.
ATTENTION_BITS = 4


def a2q_quantizer(config: A2QConfig, site: Site, nodes: Nodes) -> FakeQuantizer | None:
    """The quantizer A²Q puts at a site, or None.

    Node features that enter a linear map get a learned step size and bitwidth per node (or per group: Nearest
    Neighbor Strategy); weights a step size per output channel; what is aggregated one per column, under
    attention one per node; the attention vector one per head, its logits one per head or group.

    Raises:
        ConfigError: neither the number of nodes nor groups are given.

    Source: paper sections 3.1 and 3.3, the paper's code for attention; the first input's treatment and that
    of one-column features, whose step size would take as many bits as the value, are ours.
    """
    if (site.raw and config.first_input == "keep") or (site.kind == "features" and site.dim == 1):
        return None
    match site.kind:
        case "features":
            quantizer = _for_rows(config, nodes, config.initial_bits, bits_learned=True)
        case "weight":
            quantizer = _for_columns(site.dim, config.weight_bits, config, signed=True, gradient="task")
        case "combination" if site.attends:
            quantizer = _for_rows(config, nodes, config.xw_bits, bits_learned=False)
        case "combination":
            quantizer = _for_columns(site.dim, config.xw_bits, config, signed=None, gradient="local")
        case "attention":
            assert site.count is not None  # The layer knows its heads.
            quantizer = Quantizer(site.count, "row", signed=True, bits=ATTENTION_BITS, gradient="task")
        case "logits" if config.groups:
            quantizer = _for_rows(config, nodes, ATTENTION_BITS, bits_learned=False)
        case "logits":
            quantizer = _for_columns(site.dim, ATTENTION_BITS, config, signed=None, gradient="task")
        case _:
            return None
    _randomize(quantizer, config, site, nodes.generator)
    return quantizer


def _for_rows(config: A2QConfig, nodes: Nodes, bits: int, bits_learned: bool) -> Quantizer | NearestQuantizer:
    learn_bits = bits_learned and config.learn in ("both", "bits")
    learn_step = config.learn in ("both", "steps")
    low, high = (config.min_bits, config.max_bits) if bits_learned else (1, 8)
    if config.groups:
        return NearestQuantizer(
            config.groups,
            signed=None,
            bits=bits,
            learn_bits=learn_bits,
            learn_step=learn_step,
            min_bits=low,
            max_bits=high,
            straight_through=config.straight_through,
            convention=config.group_search,
        )
    if nodes.count is None:
        raise ConfigError(
            "The number of nodes is not given, so no node can have a step size of its own; give num_nodes for one "
            "graph, or set groups (such as 1000) to quantize many graphs by the Nearest Neighbor Strategy."
        )
    return Quantizer(
        nodes.count,
        "row",
        signed=None,
        bits=bits,
        learn_bits=learn_bits,
        learn_step=learn_step,
        min_bits=low,
        max_bits=high,
        gradient=config.gradient,
        straight_through=config.straight_through,
        step_bits=config.step_bits,
    )


def _for_columns(dim: int, bits: int, config: A2QConfig, *, signed: bool | None, gradient: str) -> Quantizer:
    return Quantizer(
        dim,
        "column",
        signed=signed,
        bits=bits,
        gradient="task" if gradient == "task" else "local",
        straight_through=config.straight_through,
    )


def _randomize(
    quantizer: Quantizer | NearestQuantizer, config: A2QConfig, site: Site, generator: torch.Generator | None
) -> None:
    start = PAPER_STARTS.get(config.start, {}).get(site.kind)
    if start is not None:
        quantizer.randomize(start.mean, start.std, generator)
