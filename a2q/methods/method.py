"""What every method is: its settings, and what it does with them."""

from abc import ABC, abstractmethod
from typing import ClassVar

from a2q import quantizers
from a2q.config import Config
from a2q.layers.roles import TensorRole
from a2q.methods.nodes import Nodes


class Method(Config, ABC):
    """The settings of a quantization method, and the quantizers it puts into a network by them.

    A method is one subclass, in a file of its own and registered in :data:`a2q.methods.METHODS` under the default of
    its field ``method``, which tells stored settings apart. Everything else asks the subclass, never for its name.

    Attributes:
        quantizes: whether anything is quantized at all; a method without quantizers is its own FP32 network.
        learns_steps: whether training moves step sizes.
        learns_bits: whether training moves bits, so that they can be trained to a target.
        one_graph_only: whether it needs the nodes of one graph, so that it cannot train on many graphs.
    """

    quantizes: ClassVar[bool] = True
    learns_steps: ClassVar[bool] = False
    learns_bits: ClassVar[bool] = False
    one_graph_only: ClassVar[bool] = False

    method: str

    @abstractmethod
    def quantizer(self, role: TensorRole, nodes: Nodes) -> "quantizers.FakeQuantizer | None":
        """A new quantizer for the tensors at ``role``; None where they stay in FP32.

        Raises:
            ConfigError: the method needs to know more of the nodes.
        """

    @property
    @abstractmethod
    def brief(self) -> str:
        """What sets these settings apart, in a few words for lists of runs, as in "4 bits"; may be empty."""

    @property
    def start_bits(self) -> int | None:
        """Bits that all nodes start with, where training moves them; else None."""
        return None

    def protection(self, nodes: Nodes) -> "quantizers.ProtectiveMask | None":
        """Draws the nodes that pass in full precision in a training step; None where none do."""
        return None
