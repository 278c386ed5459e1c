"""What bits buy in cycles: the speedup over 4 bits everywhere, and how it moves with the way of counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from a2q.accelerator import Conventions
from a2q.accelerator.comparison import REFERENCE, by_switch
from a2q.accelerator.layers import BASELINES, uniform
from a2q.accelerator.presets import PRESETS, hardware_preset
from a2q.experiments.bundle.bundle import Bundle
from a2q.experiments.workload import workload
from a2q_studio.pages.learn.lesson.groups import group_means
from a2q_studio.pages.learn.lesson.step import State
from a2q_studio.pages.learn.lesson.teaching import ATTENTION, Teaching

HARDWARE = "a2q-like"
AS_SET = "as set"
"""The convention that none is switched in, by its name in :data:`a2q.accelerator.comparison.SWITCHES`."""


@dataclass(frozen=True)
class Speedups:
    """A run on our accelerator model against the same network with 4 bits everywhere.

    Attributes:
        by_convention: times as fast, with the conventions as they are set and with each switched alone.
        hardware: title of the hardware preset.
        baseline: what it is held against.
    """

    by_convention: dict[str, float]
    hardware: str
    baseline: str


def speedups(bundle: Bundle) -> Speedups:
    """Simulate a finished run with every convention switched alone.

    Raises:
        AcceleratorError: it has not finished.
        DatasetError: it keeps too little, and its dataset is not on this machine.
    """
    work = workload(bundle.run, bundle.array)
    reference = uniform(work.layers, *BASELINES[REFERENCE])
    found = by_switch(work.graph, work.layers, reference, hardware_preset(HARDWARE).hardware, Conventions())
    return Speedups(found, PRESETS[HARDWARE].title, REFERENCE)


FP32_BITS = 32
WIDTH_TAG_BITS = 3
"""Tells a node's bitwidth from 1 to 8."""


class PerValue(NamedTuple):
    """Bits for one feature value of a node.

    Attributes:
        codes: the value's own code.
        step: the node's step size, shared by its values.
        tag: the node's bitwidth, shared in the same way.
    """

    codes: float
    step: float
    tag: float

    @property
    def total(self) -> float:
        """All together."""
        return self.codes + self.step + self.tag

    @property
    def compression(self) -> float:
        """FP32 over all together."""
        return FP32_BITS / self.total


def per_value(average_bits: float, width: int, step_bits: int = 32, overhead: bool = True) -> PerValue:
    """Bits for one value of a layer input.

    Args:
        average_bits: mean effective bits of the nodes.
        width: features per node, which share a step size and a tag.
        step_bits: of a stored step size, 32 or 8.
        overhead: False is the paper's account, which counts codes alone.

    Source: the paper's account, and ours with what each node stores besides.
    """
    if not overhead:
        return PerValue(average_bits, 0.0, 0.0)
    return PerValue(average_bits, step_bits / width, WIDTH_TAG_BITS / width)


def attention_turns(teaching: Teaching) -> int:
    """Rise, stay or fall: bits over in-degree with attention."""
    nodes = teaching.layer(teaching.bundles[ATTENTION]).nodes
    means = group_means(nodes["in_degree"].to_numpy(), nodes["bits"].to_numpy())["mean"]
    change = means.iloc[-1] - means.iloc[0]
    return 1 if abs(change) < 0.15 else (0 if change > 0 else 2)


def what_attention_does(teaching: Teaching) -> str:
    """Bits and magnitudes of GAT's leaves and hubs."""
    nodes = teaching.layer(teaching.bundles[ATTENTION]).nodes
    degree = nodes["in_degree"].to_numpy()
    bits, sizes = (group_means(degree, nodes[column].to_numpy())["mean"] for column in ("bits", "magnitude"))
    return (
        f"GAT's bits go from {bits.iloc[0]:.2f} (leaves) to {bits.iloc[-1]:.2f} (hubs): an average does not grow, "
        f"mean |x| goes from {sizes.iloc[0]:.2f} to {sizes.iloc[-1]:.2f}."
    )


def demo(_: Teaching) -> Sequence[State]:
    """Other widths and step sizes of the account, then the cycles."""
    accounts = ((16, 32), (16, 8), (64, 32), (256, 32))
    return [
        *({"buys": "Memory", "features": features, "step_bits": bits} for features, bits in accounts),
        {"buys": "Cycles"},
    ]
