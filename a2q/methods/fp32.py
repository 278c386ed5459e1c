"""No quantization: what all methods are held against."""

from typing import ClassVar, Literal

from pydantic import Field

from a2q.layers.roles import TensorRole
from a2q.methods.method import Method
from a2q.methods.nodes import Nodes


class FP32Config(Method):
    """No quantization: the same network with 32-bit floating-point numbers."""

    quantizes: ClassVar[bool] = False

    method: Literal["fp32"] = Field("fp32", title="Method")

    def quantizer(self, role: TensorRole, nodes: Nodes) -> None:
        """None: every tensor stays as it is."""
        return

    @property
    def brief(self) -> str:
        """Empty: there is nothing to set."""
        return ""
