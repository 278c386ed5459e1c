"""No quantization: what all methods are held against."""

from typing import ClassVar, Literal

from pydantic import Field

from a2q.layers.roles import Site
from a2q.methods.method import FixedBits, Method
from a2q.methods.nodes import Nodes
from a2q.units import FULL_PRECISION_BITS


class FP32Config(Method):
    """No quantization: the same network with 32-bit floating-point numbers."""

    quantizes: ClassVar[bool] = False

    method: Literal["fp32"] = Field("fp32", title="Method")

    def quantizer(self, site: Site, nodes: Nodes) -> None:
        """None: every tensor stays as it is."""
        return

    @property
    def fixed_bits(self) -> FixedBits:
        """32 bits each."""
        return FixedBits(FULL_PRECISION_BITS, FULL_PRECISION_BITS)

    @property
    def brief(self) -> str:
        """Empty: there is nothing to set."""
        return ""
