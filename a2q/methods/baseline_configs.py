"""The methods A²Q is held against, each with its settings."""

from typing import Literal, Self

from pydantic import Field, model_validator

from a2q.config import Config
from a2q.methods.a2q import StepBits


class FP32Config(Config):
    """No quantization: the same network with 32-bit floating-point numbers."""

    method: Literal["fp32"] = Field("fp32", title="Method")


class UniformConfig(Config):
    """Quantization-aware training with the same bits everywhere and learned step sizes (LSQ).

    One step size per tensor for features and XW, one per output channel for weights, all by the task
    gradient with LSQ's gradient scale.

    Source: Esser et al., Learned Step Size Quantization, ICLR 2020.
    """

    method: Literal["uniform"] = Field("uniform", title="Method")
    bits: int = Field(4, ge=2, le=8, title="Bits", description="Of weights, XW and every feature alike.")


class DegreeQuantConfig(Config):
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


class DegreeBitsConfig(Config):
    """Bits set by hand: the higher the in-degree the more bits, under a given average; step sizes are learned.

    Source: the paper's manual-bits comparison; the assignment by in-degree rank is ours.
    """

    method: Literal["degree-bits"] = Field("degree-bits", title="Method")
    average_bits: float = Field(
        2.0, ge=1, le=8, title="Average bits", description="The budget that the ranks of in-degree share."
    )
    weight_bits: int = Field(4, ge=2, le=8, title="Weight bits", description="Fixed, one step size per output channel.")
    xw_bits: int = Field(4, ge=2, le=8, title="XW bits", description="Fixed, one step size per column of XW.")
    step_bits: StepBits = Field(
        32, title="Bits of a node's step size", description="8 stores step sizes as powers of 2^(1/8)."
    )


class BinaryConfig(Config):
    """One bit for features and weights: the sign, times the mean magnitude of the row or output channel.

    Features are batch-normalised before; XW and aggregation stay in FP32.

    Source: Wang et al., Bi-GCN, CVPR 2021.
    """

    method: Literal["binary"] = Field("binary", title="Method")
