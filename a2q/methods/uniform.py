"""The same bits everywhere, with learned step sizes."""

from typing import ClassVar, Literal

from pydantic import Field

from a2q import quantizers
from a2q.layers.roles import TensorRole
from a2q.methods.a2q import quantized_by_a2q
from a2q.methods.method import Method
from a2q.methods.nodes import Nodes


class UniformConfig(Method):
    """Quantization-aware training with the same bits everywhere and learned step sizes (LSQ).

    One step size per tensor for features and XW, one per output channel for weights, all by the task
    gradient with LSQ's gradient scale.

    Source: Esser et al., Learned Step Size Quantization, ICLR 2020.
    """

    learns_steps: ClassVar[bool] = True

    method: Literal["uniform"] = Field("uniform", title="Method")
    bits: int = Field(4, ge=2, le=8, title="Bits", description="Of weights, XW and every feature alike.")

    def quantizer(self, role: TensorRole, nodes: Nodes) -> "quantizers.FakeQuantizer | None":
        """LSQ: one step size per tensor, for weights one per output channel, all by the task gradient."""
        if role.raw or not quantized_by_a2q(role):
            return None
        weight = role.kind == "weight"
        return quantizers.Quantizer(
            role.dim if weight else 1,
            "column" if weight else "tensor",
            signed=True if weight else None,
            bits=self.bits,
            gradient="task",
            straight_through="clipped",
            step_gradient_scale=True,
        )

    @property
    def brief(self) -> str:
        """As in "4 bits"."""
        return f"{self.bits} bits"
