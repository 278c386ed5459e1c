"""Parameters by kind, each kind with a learning rate of its own."""

from typing import Any

from torch import nn

from a2q.config import ConfigError
from a2q.layers import quantized_layers
from a2q.layers.roles import Kind
from a2q.quantizers import FakeQuantizer

_RATE: dict[Kind, str] = {
    "features": "lr_feature_step",
    "combination": "lr_xw_step",
    "weight": "lr_weight_step",
    "attention": "lr_attention_step",
    "logits": "lr_attention_step",
}


def quantizer_param_groups(
    model: nn.Module,
    *,
    lr: float = 0.01,
    weight_decay: float = 0.0,
    lr_weight_step: float = 0.005,
    lr_xw_step: float = 0.005,
    lr_feature_step: float = 0.005,
    lr_attention_step: float = 0.005,
    lr_bits: float = 0.02,
) -> list[dict[str, Any]]:
    """Groups for a torch optimizer: the network's own parameters, step sizes by kind, and bits.

    Args:
        model: prepared by :func:`a2q.quantize_`; one without quantizers gives a single group.
        lr, weight_decay: for weights, biases and all that is no quantizer's.
        lr_weight_step, lr_xw_step, lr_feature_step, lr_attention_step: for step sizes of weights, of what is
            aggregated, of node features, and of attention vectors and logits.
        lr_bits: for bits. Step sizes and bits never decay.

    Raises:
        ConfigError: the model is converted, so that nothing of it learns.

    Source: groups of the paper's code.
    """
    rates = {
        "lr_weight_step": lr_weight_step,
        "lr_xw_step": lr_xw_step,
        "lr_feature_step": lr_feature_step,
        "lr_attention_step": lr_attention_step,
        "lr_bits": lr_bits,
    }
    members: dict[str, list[nn.Parameter]] = {name: [] for name in rates}
    for layer in quantized_layers(model).values():
        for role, place in layer.roles.items():
            quantizer = layer.quantizer(role)
            if quantizer is None:
                continue
            for name, parameter in quantizer.named_parameters():
                rate = "lr_bits" if name == "bits" else _RATE.get(place.kind, "lr_feature_step")
                members[rate].append(parameter)
    owned = {id(parameter) for group in members.values() for parameter in group}
    others = [parameter for parameter in model.parameters() if id(parameter) not in owned and parameter.requires_grad]
    groups: list[dict[str, Any]] = [{"params": others, "lr": lr, "weight_decay": weight_decay}]
    groups += [{"params": members[name], "lr": rate, "weight_decay": 0.0} for name, rate in rates.items()]
    learning = [group for group in groups if group["params"]]
    if not learning and any(layer.frozen for layer in quantized_layers(model).values()):
        raise ConfigError(
            "The model is converted to integer codes and only infers, so there is nothing to train; train it, or a "
            'copy of it, before quantize_(model, step="convert").'
        )
    return learning


def quantizers(model: nn.Module) -> list[FakeQuantizer]:
    """All quantizers of a model, in order of definition."""
    return [module for module in model.modules() if isinstance(module, FakeQuantizer)]
