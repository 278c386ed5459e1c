"""One bit for features and weights."""

from typing import Literal

from pydantic import Field

from a2q import quantizers
from a2q.layers.roles import TensorRole
from a2q.methods.method import Method
from a2q.methods.nodes import Nodes


class BinaryConfig(Method):
    """One bit for features and weights: the sign, times the mean magnitude of the row or output channel.

    Features are batch-normalised before; XW and aggregation stay in FP32.

    Source: Wang et al., Bi-GCN, CVPR 2021.
    """

    method: Literal["binary"] = Field("binary", title="Method")

    def quantizer(self, role: TensorRole, nodes: Nodes) -> "quantizers.FakeQuantizer | None":
        """Bi-GCN: the sign of features and weights, scaled per row and output channel."""
        match role.kind:
            case "features":
                return quantizers.BinaryQuantizer("row", columns=role.dim)
            case "weight":
                return quantizers.BinaryQuantizer("column")
            case "combination" | "attention" | "logits" | "norm" | "messages" | "aggregation" | "output":
                return None

    @property
    def brief(self) -> str:
        """Empty: there is nothing to set."""
        return ""
