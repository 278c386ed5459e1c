"""How many bits the nodes have, counted over the evaluation of each epoch."""

import torch
from torch import Tensor, nn

from a2q.quantize import feature_quantizers
from a2q.quantizers import FakeQuantizer, NearestQuantizer, Quantizer
from a2q.units import FULL_PRECISION_BITS, MOST_BITS


class BitCounter:
    """Counts the effective bits of every node whose features a quantizer meets in evaluation.

    Args:
        model: prepared; a model without quantizers of node features counts nothing.
        num_nodes: nodes of the one graph whose bits count, which leaves out passes over more of it than training
            sees; None counts every pass.
    """

    def __init__(self, model: nn.Module, num_nodes: int | None = None) -> None:
        self._num_nodes = num_nodes
        self._quantizers: list[FakeQuantizer] = []
        self._counts: dict[int, Tensor] = {}
        for _, _, quantizer in feature_quantizers(model):
            self._quantizers.append(quantizer)
            self._counts[id(quantizer)] = torch.zeros(MOST_BITS + 1, dtype=torch.int64)
            if not _fixed_rows(quantizer):
                quantizer.register_forward_hook(self._note)

    def reset(self) -> None:
        """Forget what was counted."""
        for counts in self._counts.values():
            counts.zero_()

    @property
    def counts(self) -> list[list[int]]:
        """For each tensor of node features, how many nodes have 0, 1, …, 8 effective bits."""
        return [counts.tolist() for counts in self._all_counts()]

    @property
    def average(self) -> float:
        """Unweighted mean over tensors of their nodes' mean bits (the paper's account); 32 where there are none."""
        if not self._quantizers:
            return FULL_PRECISION_BITS
        widths = torch.arange(MOST_BITS + 1, dtype=torch.float64)
        means = [(widths @ counts.double() / counts.sum().clamp_min(1)).item() for counts in self._all_counts()]
        return sum(means) / len(means)

    def _all_counts(self) -> list[Tensor]:
        return [
            torch.bincount(quantizer.effective_bits, minlength=MOST_BITS + 1).cpu()
            if isinstance(quantizer, Quantizer) and _fixed_rows(quantizer)
            else self._counts[id(quantizer)]
            for quantizer in self._quantizers
        ]

    def _note(self, quantizer: FakeQuantizer, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if quantizer.training or self._num_nodes not in (None, len(output)):
            return
        # The groups of this very pass are known: choosing them again would double the search.
        if isinstance(quantizer, NearestQuantizer):
            bits = quantizer.effective_bits[quantizer.chosen]
        else:
            bits = quantizer.row_bits(inputs[0])
        self._counts[id(quantizer)] += torch.bincount(bits, minlength=MOST_BITS + 1).cpu()


def _fixed_rows(quantizer: FakeQuantizer) -> bool:
    """Whether the nodes are known without a forward pass: each has its own row."""
    return isinstance(quantizer, Quantizer) and quantizer.granularity == "row"
