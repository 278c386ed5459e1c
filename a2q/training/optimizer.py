"""Adam with one group per kind of parameter."""

import torch

from a2q.config.training import TrainingConfig
from a2q.models.gcn import GCN


def build_optimizer(model: GCN, config: TrainingConfig) -> torch.optim.Adam:
    """Adam over five groups: weights and biases (weight decay), three kinds of step sizes, and bits.

    Source: groups of the paper's code.
    """
    layers = model.convolutions()
    weights = [parameter for layer in layers for parameter in (layer.weight, layer.bias)]
    node_quantizers = model.node_quantizers().values()
    groups = [
        {"params": weights, "lr": config.lr, "weight_decay": config.weight_decay},
        {
            "params": [layer.weight_quantizer.step for layer in layers if layer.weight_quantizer],
            "lr": config.lr_weight_step,
        },
        {
            "params": [layer.xw_quantizer.step for layer in layers if layer.xw_quantizer],
            "lr": config.lr_xw_step,
        },
        {"params": [quantizer.step for quantizer in node_quantizers], "lr": config.lr_feature_step},
        {"params": [quantizer.bits for quantizer in node_quantizers], "lr": config.lr_bits},
    ]
    # Many small tensors: one fused update for all of them instead of a dozen operations for each.
    return torch.optim.Adam([group for group in groups if group["params"]], fused=True)
