"""Dropout whose randomness belongs to the run."""

import torch
from torch import Tensor, nn


class SeededDropout(nn.Module):
    """Drops each value with probability ``rate`` in training and scales the rest by ``1 / (1 - rate)``.

    Unlike torch's, it draws from the run's own generator, so a resumed run goes on as if never stopped.
    """

    def __init__(self, rate: float, generator: torch.Generator) -> None:
        super().__init__()
        self.rate, self._generator = rate, generator

    def forward(self, x: Tensor) -> Tensor:
        """Values of the shape of ``x``."""
        if not self.training or self.rate == 0:
            return x
        keep = 1 - self.rate
        return x * torch.rand(x.shape, generator=self._generator, device=x.device).lt_(keep).div_(keep)

    def extra_repr(self) -> str:
        return f"{self.rate}"
