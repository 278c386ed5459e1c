"""Which node gets which of the bits that are fixed before training."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from a2q.config import ConfigError
from a2q.layers import quantized_layers, watching
from a2q.methods.fixed_bits import FixedBitsConfig, mixed_bits
from a2q.quantize import node_quantizers, set_node_bits
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks import Batch, Metric, forward
from a2q.training.sensitivity import bits_by_sensitivity, sensitivity

# So that permutation 1 of seed 0 is not permutation 0 of seed 1.
_APART = 1_000_003


def assign_bits(
    model: nn.Module,
    batch: Batch,
    config: FixedBitsConfig,
    metric: Metric,
    seed: int,
    given: Mapping[str, Tensor] | None = None,
) -> None:
    """Set the bits that ``config`` fixes, and calibrate the step sizes to them.

    Args:
        model: prepared and calibrated.
        batch: the graph.
        config: where bitwidths come from and who gets which.
        metric: "mae" where a value is predicted.
        seed: of the run; with ``config.permutation`` it decides whatever is drawn.
        given: bitwidths of a run or file, [num_nodes], by layer name; needed where ``config`` takes them from there.

    Raises:
        ConfigError: they are needed and not given, or not one per node and layer.
    """
    generator = torch.Generator().manual_seed(config.permutation * _APART + seed)
    quantizers = node_quantizers(model)
    if config.takes_bits and given is None:
        raise ConfigError(
            f"The bits are those of {config.bits_of}, which were not given; give them by "
            "trainer.give_bits(...), as commands and pages do."
        )
    if config.assignment == "sensitivity":
        weights, values = sensitivity(model, batch, metric, generator)
        signs = {name: quantizer.signed for name, quantizer in quantizers.items()}
        bits = {
            name: bits_by_sensitivity(weights[name], values[name], config.average_bits, signs[name], config.min_bits)
            for name in quantizers
        }
    else:
        widths = {name: mixed_bits(len(q.bits), config.average_bits) for name, q in quantizers.items()}
        widths.update(given or {})
        keys = _keys(model, batch, config)
        bits = {name: _assigned(values, keys.get(name), config, generator) for name, values in widths.items()}
    try:
        set_node_bits(model, bits)
    except ValueError as error:
        raise ConfigError(f"The bits do not fit this network and graph. {error}") from error
    model.eval()
    with torch.no_grad():
        forward(model, batch)


def _assigned(widths: Tensor, key: Tensor | None, config: FixedBitsConfig, generator: torch.Generator) -> Tensor:
    """The same widths, as often each, by the assignment's rule."""
    if config.assignment == "given":
        return widths
    if config.assignment == "permuted":
        return widths[torch.randperm(len(widths), generator=generator)]
    if key is None or len(key) != len(widths):
        # set_node_bits tells which bits do not fit.
        return widths
    # Ties in random order: by number, low node numbers would get more.
    shuffled = torch.randperm(len(key), generator=generator)
    order = shuffled[torch.argsort(key[shuffled], stable=True)]
    sorted_widths = widths.sort(descending=config.assignment == "reversed").values
    return torch.empty_like(widths).index_copy_(0, order, sorted_widths)


def _keys(model: nn.Module, batch: Batch, config: FixedBitsConfig) -> dict[str, Tensor]:
    """What widths are sorted by, [num_nodes] by layer name."""
    names = list(node_quantizers(model))
    if config.assignment in ("in-degree", "reversed"):
        return dict.fromkeys(names, batch.edges.in_degree)
    if config.assignment != "value":
        return {}
    layers = quantized_layers(model)
    found: dict[str, Tensor] = {}

    def watch(name: str, role: str, x: Tensor | SparseMatrix) -> None:
        if name in names and layers[name].roles[role].kind == "features" and isinstance(x, Tensor):
            found[name] = x.abs().mean(1)

    model.eval()
    with torch.no_grad(), watching(model, watch):
        forward(model, batch)
    return found
