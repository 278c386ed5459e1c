"""Which methods there are, and how settings are told apart by the name of theirs."""

from typing import Annotated, Any

from pydantic import BeforeValidator, SerializeAsAny
from pydantic_core import PydanticCustomError

from a2q.methods.a2q import A2QConfig
from a2q.methods.binary import BinaryConfig
from a2q.methods.degree_bits import DegreeBitsConfig
from a2q.methods.degree_quant import DegreeQuantConfig
from a2q.methods.fixed_bits import FixedBitsConfig
from a2q.methods.fp32 import FP32Config
from a2q.methods.method import Method
from a2q.methods.uniform import UniformConfig

_REGISTERED: tuple[type[Method], ...] = (
    A2QConfig,
    UniformConfig,
    DegreeQuantConfig,
    DegreeBitsConfig,
    FixedBitsConfig,
    BinaryConfig,
    FP32Config,
)

METHODS: dict[str, type[Method]] = {kind.model_fields["method"].default: kind for kind in _REGISTERED}
"""Every method by its name, in the order to offer them."""


def _by_its_name(given: Any) -> Any:
    """The settings of the method that a dictionary names."""
    if isinstance(given, Method):
        return given
    if not isinstance(given, dict):
        raise PydanticCustomError(
            "quantization_type", "Input should be a valid dictionary or object to extract fields from"
        )
    name = given.get("method", "not given")
    kind = METHODS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ValueError(f"quantization method is {name}; it must be one of {', '.join(METHODS)}.")
    return kind(**given)


QuantizationConfig = Annotated[SerializeAsAny[Method], BeforeValidator(_by_its_name)]
"""One quantization setting: any of the methods, told apart by its ``method``."""
