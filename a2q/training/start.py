"""How step sizes start: from the first batch, or at random as the paper's code does."""

import torch

from a2q.graph import Graph
from a2q.models.gcn import GCN
from a2q.quantizers import Quantizer


@torch.no_grad()
def start_from_data(model: GCN, graph: Graph) -> None:
    """Calibrate every quantizer on the values it meets in one forward pass, first layer first.

    Each quantizer is calibrated before it is applied, so later ones see already quantized inputs.

    Source: ours, after LSQ (Esser et al., ICLR 2020).
    """
    quantizers = [module for module in model.modules() if isinstance(module, Quantizer)]
    hooks = [
        quantizer.register_forward_pre_hook(lambda module, inputs: module.calibrate(inputs[0]))
        for quantizer in quantizers
    ]
    model.eval()
    model(graph)
    for hook in hooks:
        hook.remove()


def start_at_random(model: GCN, generator: torch.Generator) -> None:
    """Draw step sizes as the paper's code does for node-level GCN: ``|N(mean, std)|`` per tensor kind.

    Node features and XW: mean 0.01, std 0.01; weights: mean 0.1, std 0.2.

    Source: the paper's code.
    """
    for layer in model.convolutions():
        for quantizer, mean, std in (
            (layer.input_quantizer, 0.01, 0.01),
            (layer.weight_quantizer, 0.1, 0.2),
            (layer.xw_quantizer, 0.01, 0.01),
        ):
            if quantizer is not None:
                quantizer.randomize(mean, std, generator)
