"""The stack of convolutions of each model."""

from torch import nn

from a2q.layers import GATLayer, GCNLayer, GINLayer, LinearLayer, QuantizedLayer, SAGELayer
from a2q.models.config import ModelConfig


def convolutions(features: int, outputs: int | None, config: ModelConfig) -> list[tuple[QuantizedLayer, int]]:
    """All convolutions of a network, each with the columns of its output.

    Args:
        features: columns of the first one's input.
        outputs: columns of the last one's output; None leaves it hidden, a readout follows.
        config: which model, how many layers, how wide.
    """
    made = []
    for number in range(config.layers):
        last = number == config.layers - 1
        layer, width = _convolution(features, outputs if last else None, last, config)
        made.append((layer, width))
        features = width
    return made


def _convolution(features: int, outputs: int | None, last: bool, config: ModelConfig) -> tuple[QuantizedLayer, int]:
    width = config.hidden if outputs is None else outputs
    match config.name:
        case "gcn":
            return GCNLayer(features, width, self_loops=config.self_loops), width
        case "gin":
            return GINLayer(_mlp(features, width, config), features, train_eps=True), width
        case "sage":
            return SAGELayer(features, width), width
        case "gat":
            wide = config.hidden * config.heads
            # One head at the end: as wide as all before where a readout follows, as wide as the classes else.
            heads, each = (1, wide if outputs is None else outputs) if last else (config.heads, config.hidden)
            layer = GATLayer(
                features, each, heads=heads, dropout=config.attention_dropout, self_loops=config.self_loops
            )
            return layer, heads * each


def _mlp(features: int, width: int, config: ModelConfig) -> nn.Sequential:
    """Linear maps with (batch normalisation and) ReLU between them, none after the last."""
    parts: list[nn.Module] = []
    for _ in range(config.linears - 1):
        parts.append(LinearLayer(features, config.hidden))
        parts += [nn.BatchNorm1d(config.hidden)] if config.batch_norm else []
        parts.append(nn.ReLU())
        features = config.hidden
    return nn.Sequential(*parts, LinearLayer(features, width))
