"""The optimizer's settings and the pull towards few bits."""

from typing import Literal

from pydantic import Field

from a2q.config.base import Config


class TrainingConfig(Config):
    """Full-batch training with Adam, one group per kind of parameter."""

    epochs: int = Field(200, ge=1, le=10_000, title="Epochs", description="Passes over the whole graph.")
    lr: float = Field(0.01, gt=0, le=1, title="Learning rate", description="For weights and biases.")
    weight_decay: float = Field(5e-4, ge=0, le=1, title="Weight decay", description="L2 penalty on weights and biases.")
    lr_weight_step: float = Field(
        0.005,
        ge=0,
        le=1,
        title="Learning rate, weight steps",
        description="For the step sizes of the weights.",
    )
    lr_xw_step: float = Field(
        0.005, ge=0, le=1, title="Learning rate, XW steps", description="For the step sizes of XW."
    )
    lr_feature_step: float = Field(
        0.005, ge=0, le=1, title="Learning rate, node steps", description="For each node's step size."
    )
    lr_bits: float = Field(
        0.02,
        ge=0,
        le=1,
        title="Learning rate, bits",
        description="For each node's bitwidth; higher moves bits faster.",
    )
    penalty: float = Field(
        0.1,
        ge=0,
        le=10_000,
        title="Memory penalty λ",
        description="Pull towards fewer bits; higher → fewer bits.",
    )
    target_kib: float = Field(
        5.0,
        ge=0,
        title="Memory target (KiB)",
        description="The penalty acts while quantized features need more.",
    )
    priced_bits: Literal["effective", "code"] = Field(
        "effective",
        title="Bits the penalty counts",
        description="effective: what storage needs. code: one more per unsigned value, as the paper's code counts.",
    )
