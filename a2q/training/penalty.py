"""The memory penalty: what quantized features cost, and how hard training pulls it down."""

import torch
from torch import Tensor

from a2q.config.training import TrainingConfig
from a2q.models.gcn import GCN

BITS_PER_KIB = 8 * 1024


def feature_kib(model: GCN, priced_bits: str) -> Tensor:
    """Memory of all quantized layer inputs, ``Σ_layers dim · Σ_nodes bits / 8192``, in KiB.

    ``dim`` is each layer's true input width. Bits are real-valued (before rounding), so the result is
    differentiable; "code" bits count one more per unsigned value than "effective" bits.

    Source: paper section 3.1; true widths and effective bits are ours.
    """
    total = torch.zeros(())
    layers = model.convolutions()
    for number, quantizer in model.node_quantizers().items():
        bits = quantizer.code_bits if priced_bits == "code" else quantizer.bounded_bits
        total = total + layers[number].in_channels * bits.sum() / BITS_PER_KIB
    return total


def memory_penalty(model: GCN, config: TrainingConfig) -> Tensor:
    """``λ · max(memory - target, 0)²``, memory in KiB; 0 for a model without quantizers.

    Source: paper section 3.1; one-sided as in the paper's code.
    """
    excess = torch.relu(feature_kib(model, config.priced_bits) - config.target_kib)
    return config.penalty * excess.square()
