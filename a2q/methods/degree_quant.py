"""Degree-Quant: nodes protected at random while training."""

from typing import Literal, Self

from pydantic import Field, model_validator

from a2q import quantizers
from a2q.layers.roles import TensorRole
from a2q.methods.method import Method
from a2q.methods.nodes import Nodes


class DegreeQuantConfig(Method):
    """Degree-Quant: nodes pass in full precision at random in training, those of high in-degree more often.

    Source: Tailor et al., Degree-Quant, ICLR 2021, and its code.
    """

    method: Literal["degree-quant"] = Field("degree-quant", title="Method")
    bits: int = Field(4, ge=2, le=8, title="Bits", description="Of weights, messages and features alike.")
    protect_low: float = Field(
        0.0, ge=0, le=1, title="Lowest protection", description="Chance that the node of lowest in-degree is protected."
    )
    protect_high: float = Field(
        0.1, ge=0, le=1, title="Highest protection", description="Chance that the node of highest in-degree is."
    )
    ranges: Literal["percentile", "momentum", "extremes"] = Field(
        "percentile",
        title="Clipping range from",
        description="percentile: the outermost 1 % (4 bits) or 0.1 % left out. momentum: running minimum and "
        "maximum. extremes: the outermost values ever seen.",
    )
    boundary: Literal["cut", "identity"] = Field(
        "cut",
        title="Gradient at the range's ends",
        description="cut: none for values at the outermost codes. identity: the same as inside.",
    )
    empty_range: Literal["extremes", "one"] = Field(
        "extremes",
        title="When both percentiles are equal",
        description="extremes: take minimum and maximum (ours). one: a step size of 1 as the published code does, "
        "which turns normalised sparse features into zeros.",
    )

    @model_validator(mode="after")
    def _protection_in_order(self) -> Self:
        if self.protect_low > self.protect_high:
            raise ValueError(
                f"Lowest and highest protection are {self.protect_low:g} and {self.protect_high:g}; "
                "they must rise in this order."
            )
        return self

    def quantizer(self, role: TensorRole, nodes: Nodes) -> "quantizers.FakeQuantizer | None":
        """One range per tensor for every role, the dataset's input and every message included."""
        return quantizers.AffineQuantizer(
            self.bits,
            signed=True if role.kind == "weight" else None,
            ranges=self.ranges,
            boundary=self.boundary,
            empty_range=self.empty_range,
        )

    def protection(self, nodes: Nodes) -> "quantizers.ProtectiveMask | None":
        """The mask that draws nodes by the rank of their in-degree."""
        return quantizers.ProtectiveMask(self.protect_low, self.protect_high, nodes.generator)

    @property
    def brief(self) -> str:
        """As in "4 bits"."""
        return f"{self.bits} bits"
