"""What bits buy in memory, under conventions that are said."""

from typing import NamedTuple

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
