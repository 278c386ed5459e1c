"""One quantization setting: any of the methods, told apart by its ``method``."""

from typing import Annotated

from pydantic import Field

from a2q.config import METHOD_NAMES
from a2q.methods.a2q import A2QConfig
from a2q.methods.baseline_configs import BinaryConfig, DegreeBitsConfig, DegreeQuantConfig, FP32Config, UniformConfig

AnyMethod = A2QConfig | UniformConfig | DegreeQuantConfig | DegreeBitsConfig | BinaryConfig | FP32Config
QuantizationConfig = Annotated[AnyMethod, Field(discriminator="method")]

METHODS: dict[str, type[AnyMethod]] = dict(
    zip(
        METHOD_NAMES,
        (A2QConfig, UniformConfig, DegreeQuantConfig, DegreeBitsConfig, BinaryConfig, FP32Config),
        strict=True,
    )
)
"""Every method's settings by its name."""
