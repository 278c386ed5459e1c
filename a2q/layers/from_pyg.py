"""What layers need to be built around the parameters of PyG's."""

from typing import Any

from torch.nn.parameter import UninitializedParameter

from a2q.config import ConfigError
from a2q.layers.linear import LinearLayer


class UnsupportedLayerError(ConfigError):
    """A layer, or an option of one, that cannot be quantized; the message names it and the alternatives."""


def linear_from_pyg(module: Any, name: str, output: str = "output") -> LinearLayer:
    """Our layer around a linear map of torch's or PyG's; ``output`` is "combination" where it is aggregated next.

    Raises:
        UnsupportedLayerError: its input width is not known yet.
    """
    if isinstance(module.weight, UninitializedParameter):
        raise unknown_width(name)
    return LinearLayer.holding(module.weight, module.bias, "combination" if output == "combination" else "output")


def unknown_width(name: str) -> UnsupportedLayerError:
    """The error for a layer that learns its input width at its first run."""
    return UnsupportedLayerError(
        f"{name} does not know its input width yet (in_channels=-1); run the model once before quantizing it."
    )


def require(condition: bool, name: str, option: str, instead: str) -> None:
    """Refuse a layer that has an option which cannot be quantized.

    Raises:
        UnsupportedLayerError: the condition does not hold.
    """
    if not condition:
        raise UnsupportedLayerError(f"{name} has {option}, which cannot be quantized; {instead}.")


def require_flow(module: Any, name: str) -> None:
    """Refuse messages from target to source.

    Raises:
        UnsupportedLayerError: they flow that way.
    """
    forwards = module.flow == "source_to_target"
    require(forwards, name, f"flow={module.flow!r}", "leave flow out and give edge_index.flip(0)")


def require_sum(module: Any, name: str) -> None:
    """Refuse another aggregation than the sum, and messages from target to source.

    Raises:
        UnsupportedLayerError: there is one, or they flow that way.
    """
    require(module.aggr in ("add", "sum"), name, f"aggr={module.aggr!r}", "leave aggr out")
    require_flow(module, name)
