"""The stack of convolutions of each model."""

from a2q.layers import LAYERS, ConvLayer
from a2q.models.config import ModelConfig


def convolutions(features: int, outputs: int | None, config: ModelConfig) -> list[tuple[ConvLayer, int]]:
    """All convolutions of a network, each with the columns of its output.

    Args:
        features: columns of the first one's input.
        outputs: columns of the last one's output; None leaves it hidden, a readout follows.
        config: which model, how many layers, how wide.
    """
    kind = LAYERS[config.name]
    made: list[tuple[ConvLayer, int]] = []
    for number in range(config.layers):
        last = number == config.layers - 1
        layer, width = kind.stacked(features, outputs if last else None, last, config)
        made.append((layer, width))
        features = width
    return made
