"""How bits and step sizes start, move and are bounded."""

from typing import Literal, Self

from pydantic import Field, model_validator

from a2q.config.base import Config


class QuantizationConfig(Config):
    """Aggregation-aware quantization: one learned step size and bitwidth per node and layer input."""

    start: Literal["data", "paper"] = Field(
        "data",
        title="Step-size start",
        description="data: from the first batch, 2·mean|x|/√Q for each row and column (ours). "
        "paper: random |N(mean, std)| as the paper's code does.",
    )
    initial_bits: int = Field(4, ge=1, le=8, title="Initial bits", description="Effective bits every node starts with.")
    min_bits: int = Field(1, ge=0, le=8, title="Minimum bits", description="0 allows pruned nodes (all codes 0).")
    max_bits: int = Field(8, ge=1, le=8, title="Maximum bits", description="No node may exceed this.")
    weight_bits: int = Field(4, ge=2, le=8, title="Weight bits", description="Fixed, one step size per output channel.")
    xw_bits: int = Field(4, ge=2, le=8, title="XW bits", description="Fixed, one step size per column of XW.")
    straight_through: Literal["identity", "clipped"] = Field(
        "clipped",
        title="Straight-through estimator",
        description="identity: clipped values still pass their gradient (as the paper's code does). "
        "clipped: they do not.",
    )

    @model_validator(mode="after")
    def _bits_in_order(self) -> Self:
        if not self.min_bits <= self.initial_bits <= self.max_bits:
            raise ValueError(
                f"Minimum, initial and maximum bits are {self.min_bits}, {self.initial_bits} and {self.max_bits}; "
                "they must rise in this order."
            )
        return self
