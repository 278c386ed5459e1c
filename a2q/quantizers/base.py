"""What every fake quantizer offers, whichever method it belongs to."""

from abc import ABC, abstractmethod
from typing import Self

import torch
from torch import Tensor, nn

from a2q.sparse.entries import SparseEntries


class FakeQuantizer(nn.Module, ABC):
    """A fake quantizer: rounds values to codes and back, so that training sees the rounding.

    The first values it meets start it: step sizes and, where it was left open, whether codes carry a sign.

    Attributes:
        enabled: False lets all values through as they are (the same network in FP32).
        started: bool buffer, whether the first values have been seen; saved with the state.
        frozen: whether it learns and follows values no more, see :meth:`freeze`.
    """

    started: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.enabled = True
        self.frozen = False
        self._known: tuple[Tensor, tuple[bool, int], Tensor] | None = None
        self.register_buffer("started", torch.tensor(False))

    def forward(self, x: Tensor | SparseEntries, protected: Tensor | None = None) -> Tensor | SparseEntries:
        """Fake-quantized values of the form and shape of ``x``, [rows, columns]; ``x`` itself while not enabled.

        ``protected`` (bool, [rows]) names rows that pass in full precision in this training step; only
        Degree-Quant gives it. A sparse matrix may come only where :attr:`reads_entries`.
        """
        if not self.enabled:
            return x
        if not self.started:
            self.start(x.to_dense() if isinstance(x, SparseEntries) else x.detach())
            self.started.fill_(True)
        self.meet(x.values if isinstance(x, SparseEntries) else x)
        if isinstance(x, SparseEntries):
            return self.quantize_entries(x, protected)
        if not self.steady or x.requires_grad:
            return self.quantize(x, protected)
        if x.is_inference() or torch.is_inference_mode_enabled():
            # Such a tensor has no version to tell changes by, and such a result is of no use in training later.
            return self.quantize(x, protected)
        # A dataset's own features are the same tensor in every epoch; training and evaluation may see them
        # differently, and a tensor changed in place has another version.
        state = (self.training, x._version)
        if self._known is None or self._known[0] is not x or self._known[1] != state:
            self._known = (x, state, self.quantize(x, protected))
        return self._known[2]

    def freeze(self) -> None:
        """Keep all parameters as they are from now on, also where the model is set to training."""
        self.frozen = True
        self.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> Self:
        """As of any module; one that is frozen stays in evaluation."""
        return super().train(mode and not self.frozen)

    @property
    def reads_entries(self) -> bool:
        """Whether :meth:`forward` takes a sparse matrix as it is."""
        return False

    @property
    def steady(self) -> bool:
        """Whether the same values always give the same result: nothing is learned and nothing random."""
        return False

    def quantize_entries(self, x: SparseEntries, protected: Tensor | None = None) -> SparseEntries:
        """:meth:`quantize` for a sparse matrix.

        Raises:
            TypeError: this quantizer changes zeros, so that its result is not sparse.
        """
        raise TypeError(f"{type(self).__name__} does not take a sparse matrix; give it a dense tensor.")

    @abstractmethod
    def start(self, x: Tensor) -> None:
        """Set up everything that is taken from the first values, [rows, columns]."""

    def meet(self, x: Tensor) -> None:
        """Look at values, of any shape, that are about to be quantized; here nothing is looked for."""
        return

    @abstractmethod
    def quantize(self, x: Tensor, protected: Tensor | None = None) -> Tensor:
        """Fake-quantized values of the shape of ``x``, differentiable."""

    @abstractmethod
    def codes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Whole-number codes of the shape of ``x`` and the scale that broadcasts to it.

        ``codes * scale`` is what :meth:`forward` returns in evaluation; codes are counted from the code of 0.
        """

    @abstractmethod
    def row_bits(self, x: Tensor) -> Tensor:
        """Effective bits of each row of ``x``, [rows], int64."""

    @abstractmethod
    def row_steps(self, x: Tensor) -> Tensor:
        """Step size of each row of ``x``, [rows]; the mean over columns where each column has its own."""

    @abstractmethod
    def clipped(self, x: Tensor) -> Tensor:
        """Which values lie beyond the clipping range, bool of the shape of ``x``."""

    @abstractmethod
    def overhead_bits(self, rows: int) -> int:
        """Bits stored beside the codes of ``rows`` rows: step sizes, bitwidth tags, tables."""
