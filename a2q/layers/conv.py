"""What every graph convolution is: a layer, and what the rest of the project asks of one."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal, Protocol, Self

import torch
from torch import nn

from a2q.layers.layer import QuantizedLayer
from a2q.layers.linear import LinearLayer

Aggregation = Literal["sum", "mean", "gcn", "attention"]


class StackSettings(Protocol):
    """The settings of a network that its convolutions read; :class:`a2q.ModelConfig` is one."""

    @property
    def hidden(self) -> int:
        """Columns between layers, or of each head."""

    @property
    def heads(self) -> int:
        """Attention heads."""

    @property
    def attention_dropout(self) -> float:
        """Share of attention weights dropped in training."""

    @property
    def linears(self) -> int:
        """Linear maps per convolution."""

    @property
    def batch_norm(self) -> bool:
        """Whether values are normalised between linear maps."""

    @property
    def self_loops(self) -> bool:
        """Whether every node is its own neighbour."""

    @property
    def biases(self) -> Literal["pyg", "paper-code"]:
        """Whether a layer that combines first adds its bias after aggregation or, "paper-code", before it."""


class ConvLayer(QuantizedLayer, ABC):
    """A graph convolution that computes what one of PyG's does.

    A convolution is one subclass, in a file of its own and registered in :data:`a2q.layers.LAYERS` under
    :attr:`model`. Whoever replaces layers, builds networks, simulates them or offers them in a form asks the subclass.

    Attributes:
        model: name of a network made of this layer, as in ``ModelConfig.name``.
        title: that network's name in forms.
        description: what it sums up, in half a sentence for forms.
        model_settings: settings of a network that this layer reads and not all others do.
        aggregation: weights of the sum over neighbours: all 1 ("sum"), 1 over their number ("mean"),
            ``1 / sqrt(d_i d_j)`` ("gcn") or learned ("attention").
        aggregates_first: whether the features are summed before any linear map instead of after it.
        own: how a node's own row enters, as networks here have it: among its neighbours ("loop"), added to their
            sum ("extra") or not at all ("none").
        holds_layers: whether the layer keeps a module of PyG's layer as it is, whose linear maps are replaced too.
        heads: attention heads; 0 without attention.
    """

    model: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    model_settings: ClassVar[tuple[str, ...]] = ()
    aggregation: ClassVar[Aggregation]
    aggregates_first: ClassVar[bool]
    own: ClassVar[Literal["loop", "extra", "none"]]
    holds_layers: ClassVar[bool] = False
    heads: int = 0

    @classmethod
    @abstractmethod
    def pyg_class(cls) -> type[nn.Module]:
        """PyG's class that this layer stands in for; imported only when it is asked for, which takes seconds."""

    @classmethod
    @abstractmethod
    def from_pyg(cls, module: Any, name: str) -> Self:
        """This layer around the parameters of ``module``, one of :meth:`pyg_class`; errors call it ``name``.

        Raises:
            UnsupportedLayerError: an option of it cannot be quantized.
        """

    @classmethod
    @abstractmethod
    def stacked(cls, features: int, outputs: int | None, last: bool, config: StackSettings) -> tuple[Self, int]:
        """A new layer of a network, and the columns of its output.

        Args:
            features: columns of the input.
            outputs: columns of a network's last output; None for a hidden layer.
            last: whether no convolution follows; a readout may.
            config: widths and options of the network.
        """

    @classmethod
    def hidden_width(cls, config: StackSettings) -> int:
        """Columns between two layers of a network."""
        return config.hidden

    @property
    def own_row(self) -> Literal["loop", "extra", "none"]:
        """How a node's own row enters this layer's sum."""
        return self.own

    def reads_input(self, linear: LinearLayer) -> bool:
        """Whether one of the layer's linear maps reads its input, rather than the sum over neighbours."""
        return not self.aggregates_first

    @property
    def reads_entries(self) -> bool:
        """Whether the input may come as :class:`a2q.sparse.entries.SparseEntries`."""
        return False

    def draw_from(self, generator: torch.Generator) -> None:
        """Take the run's source of randomness; for layers that drop values of their own."""
        return
