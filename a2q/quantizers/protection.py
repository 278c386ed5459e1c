"""Protective masks: which nodes pass in full precision in a training step."""

import torch
from torch import Tensor, nn


class ProtectiveMask(nn.Module):
    """Draws a fresh mask in every training step; nodes of high in-degree are protected more often.

    Node i is protected with probability :func:`protection_probability`, and never in evaluation.

    Args:
        p_min: probability towards which nodes of the lowest in-degree tend.
        p_max: probability of the nodes of the highest in-degree.
        generator: source of randomness, torch's own where None; a deep copy of this module copies its state.

    Raises:
        ValueError: the probabilities are out of order or outside 0 to 1.

    Source: Degree-Quant (Tailor et al., ICLR 2021).
    """

    def __init__(self, p_min: float, p_max: float, generator: torch.Generator | None = None) -> None:
        super().__init__()
        if not 0 <= p_min <= p_max <= 1:
            raise ValueError(f"p_min and p_max are {p_min} and {p_max}; they must rise in this order within 0 to 1.")
        self.p_min, self.p_max = p_min, p_max
        self._generator = generator

    def forward(self, in_degree: Tensor, batch: Tensor | None = None) -> Tensor:
        """Mask of protected nodes, bool [num_nodes]; all False in evaluation.

        Args:
            in_degree: whole numbers [num_nodes], self-loops not counted.
            batch: number of each node's graph, [num_nodes], where several graphs are joined.
        """
        if not self.training:
            return torch.zeros_like(in_degree, dtype=torch.bool)
        probability = protection_probability(in_degree, self.p_min, self.p_max, batch)
        return torch.rand(probability.shape, generator=self._generator, device=probability.device) < probability

    def extra_repr(self) -> str:
        return f"p_min={self.p_min}, p_max={self.p_max}"


def protection_probability(in_degree: Tensor, p_min: float, p_max: float, batch: Tensor | None = None) -> Tensor:
    """Probability of protection, ``p_min + (p_max - p_min) F(in_degree)``, [num_nodes].

    F is the inclusive empirical distribution: the share of the graph's nodes with an in-degree no higher. So
    nodes of equal in-degree share a probability, and the highest in-degree has exactly ``p_max``.

    Args:
        in_degree: whole numbers [num_nodes], self-loops not counted.
        p_min, p_max: bounds of the probability.
        batch: number of each node's graph, [num_nodes], counted from 0; each graph has its own distribution.

    Source: Degree-Quant (Tailor et al., ICLR 2021).
    """
    graph = torch.zeros_like(in_degree) if batch is None else batch
    # One sort serves all graphs: the key orders by graph first, by in-degree second.
    key = graph.long() * (int(in_degree.max()) + 1) + in_degree.long() if len(in_degree) else graph.long()
    up_to = torch.searchsorted(key.sort().values, key, right=True)
    size = torch.bincount(graph.long())
    before = size.cumsum(0) - size
    share = (up_to - before[graph.long()]) / size[graph.long()]
    return p_min + (p_max - p_min) * share


def keep_protected(quantized: Tensor, x: Tensor, protected: Tensor | None) -> Tensor:
    """``quantized`` with the rows of ``x`` where ``protected`` (bool, [rows]) says so, [rows, columns].

    Source: Degree-Quant (Tailor et al., ICLR 2021).
    """
    return quantized if protected is None else torch.where(protected[:, None], x, quantized)
