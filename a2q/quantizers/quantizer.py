"""The learned quantizer of known nodes: one step size and bitwidth per row, per column or per tensor."""

from typing import Literal

import torch
from torch import Tensor

from a2q.quantizers.fake_quantize import Gradient, StraightThrough, fake_quantize, integer_codes, largest_code
from a2q.quantizers.learned import SMALLEST_STEP, LearnedQuantizer, Start, StepBits
from a2q.quantizers.protection import keep_protected
from a2q.sparse.entries import SparseEntries
from a2q.units import FULL_PRECISION_BITS


def fake_quantize_entries(
    x: SparseEntries,
    step: Tensor,
    bits: Tensor,
    signed: bool,
    gradient: Gradient,
    straight_through: StraightThrough,
) -> SparseEntries:
    """:func:`fake_quantize` per row, applied to stored entries alone.

    A 0 has the code 0 and no quantization error, whatever the step size; so leaving zeros out changes neither
    values nor gradients, only the time: that of the entries instead of all rows times columns.

    Args:
        x: values, [rows, columns] with nnz entries.
        step, bits: step sizes and code bits of the rows, [rows, 1].
        signed, gradient, straight_through: as in :func:`fake_quantize`.
    """
    if gradient == "local":
        # Each entry is one column here; the Local Gradient is the mean over all columns, zeros among them.
        share = 1 / x.shape[1]
        step, bits = (values.detach() + (values - values.detach()) * share for values in (step, bits))
    row = x.pattern.row
    step, bits = step.index_select(0, row), bits.index_select(0, row)
    values = fake_quantize(x.values.unsqueeze(1), step, bits, signed, gradient, straight_through)
    # The Local Gradient ignores what arrives from the loss; then only values that are learned through need it.
    graded = x.values.requires_grad or gradient == "task"
    return SparseEntries(x.pattern, values.squeeze(1), graded)


Granularity = Literal["row", "column", "tensor"]


class Quantizer(LearnedQuantizer):
    """Fake quantizer with one step size, and one bitwidth, per row, per column or for the whole tensor.

    Args:
        size: number of rows (nodes) or columns (channels); 1 for granularity "tensor".
        granularity: "row" for node features [num_nodes, dim], "column" for XW and weights, "tensor" for uniform
            quantization.
        step_gradient_scale: multiply the gradient of step sizes by LSQ's ``1 / sqrt(n Q)``.

    All other arguments are those of :class:`LearnedQuantizer`.

    Raises:
        ValueError: as :class:`LearnedQuantizer`; or several step sizes for a tensor, learned bits per column
            (a row of codes would have no width of its own), 8-bit step sizes anywhere but for rows.

    Source: paper sections 3.1 and 3.2; uniform quantization after LSQ (Esser et al., ICLR 2020).
    """

    def __init__(
        self,
        size: int,
        granularity: Granularity,
        *,
        signed: bool | None,
        bits: float,
        learn_step: bool = True,
        learn_bits: bool = False,
        min_bits: int = 1,
        max_bits: int = 8,
        gradient: Gradient = "local",
        straight_through: StraightThrough = "identity",
        step_bits: StepBits = 32,
        step_gradient_scale: bool = False,
        start: Start = "data",
    ) -> None:
        super().__init__(
            (size, 1) if granularity == "row" else (1, size),
            signed=signed,
            bits=bits,
            learn_step=learn_step,
            learn_bits=learn_bits,
            min_bits=min_bits,
            max_bits=max_bits,
            gradient=gradient,
            straight_through=straight_through,
            step_bits=step_bits,
            start=start,
        )
        if granularity == "tensor" and size != 1:
            raise ValueError(f'size is {size}; a quantizer of granularity "tensor" has one step size, give 1.')
        if granularity == "column" and learn_bits:
            raise ValueError("Bits are learned per row or per tensor; give columns learn_bits=False.")
        if granularity != "row" and step_bits != FULL_PRECISION_BITS:
            raise ValueError(f"step_bits is {step_bits}; only step sizes of rows are stored in 8 bits, give 32.")
        self.granularity, self.step_gradient_scale = granularity, step_gradient_scale

    def quantize(self, x: Tensor, protected: Tensor | None = None) -> Tensor:
        """Fake-quantized values of the shape of ``x``, [rows, columns], differentiable in step sizes and bits.

        Raises:
            ValueError: ``x`` has another number of rows or columns than this quantizer has step sizes.
        """
        self._check_size(x)
        step, bits, signed = self._in_use()
        values = fake_quantize(x, step, bits, signed, self.gradient, self.straight_through, self.step_gradient_scale)
        return keep_protected(values, x, protected)

    @property
    def reads_entries(self) -> bool:
        """Whether a sparse matrix is taken as it is: with one step size per row."""
        return self.granularity == "row"

    def quantize_entries(self, x: SparseEntries, protected: Tensor | None = None) -> SparseEntries:
        """:meth:`quantize` for a sparse matrix of one row per step size."""
        if not self.reads_entries or protected is not None:
            return super().quantize_entries(x, protected)
        self._check_size(x)
        step, bits, signed = self._in_use()
        return fake_quantize_entries(x, step, bits, signed, self.gradient, self.straight_through)

    def codes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Whole-number codes of the shape of ``x`` and step sizes of the shape of ``step``."""
        self._check_size(x)
        return integer_codes(x, self.positive_step, self.code_bits, self.signed), self.positive_step

    def row_bits(self, x: Tensor) -> Tensor:
        """Effective bits of each row of ``x``, [rows], int64."""
        self._check_size(x)
        bits = self.effective_bits
        return bits if self.granularity == "row" else bits[:1].expand(len(x))

    def row_steps(self, x: Tensor) -> Tensor:
        """Step size of each row of ``x``, [rows]; the mean over columns where each column has its own."""
        self._check_size(x)
        step = self.positive_step.detach().flatten()
        return step if self.granularity == "row" else step.mean().expand(len(x))

    def clipped(self, x: Tensor) -> Tensor:
        """Which values lie beyond the clipping range, [-s Q, s Q] or unsigned [0, s Q]; bool of the shape of ``x``."""
        self._check_size(x)
        reach = self.positive_step * largest_code(self.code_bits)
        return x.abs() > reach if self.signed else (x > reach) | (x < 0)

    def overhead_bits(self, rows: int) -> int:
        """Step sizes and, for rows whose widths differ, a tag each; ``rows`` does not matter, rows are fixed."""
        return self.step.numel() * (self.step_bits + (self.tag_bits if self.granularity == "row" else 0))

    @torch.no_grad()
    def set_bits(self, bits: Tensor) -> None:
        """Give each row effective bits of its own, [rows]; where bits are learned, they start from there.

        Raises:
            ValueError: they are not one per row, or leave [min_bits, max_bits].
        """
        if self.granularity != "row" or bits.numel() != self.bits.numel():
            raise ValueError(
                f"{bits.numel():,} bitwidths are given to {self}; only rows have bitwidths of their own, one each."
            )
        if bool((bits < self.min_bits).any() | (bits > self.max_bits).any()):
            raise ValueError(
                f"Bitwidths from {bits.min():g} to {bits.max():g} are given; this quantizer allows {self.min_bits} "
                f"to {self.max_bits}."
            )
        self.bits.copy_(bits.reshape(self.bits.shape))

    @torch.no_grad()
    def calibrate(self, x: Tensor) -> None:
        """Set the step sizes from values, ``s = 2 * mean|x| / sqrt(Q)`` over the values that share one.

        A row without any non-zero value takes the median step of the others, so that a value which
        appears there later meets a step size of the right order.

        Raises:
            ValueError: as :meth:`quantize`.

        Source: LSQ (Esser et al., ICLR 2020), applied per row and column; the rule for empty rows is ours.
        """
        self._check_size(x)
        dim = {"row": (1,), "column": (0,), "tensor": (0, 1)}[self.granularity]
        step = 2 * x.abs().mean(dim, keepdim=True) / largest_code(self.code_bits).clamp_min(1).sqrt()
        used = step > SMALLEST_STEP
        fallback = step[used].median() if bool(used.any()) else torch.tensor(0.1)
        self.step.copy_(torch.where(used, step, fallback))

    def extra_repr(self) -> str:
        shared = "per tensor" if self.granularity == "tensor" else f"{self.step.numel()} {self.granularity}s"
        return f"{shared}, {self._bits_in_words()}"

    def _check_size(self, x: Tensor | SparseEntries) -> None:
        rows, columns = x.shape
        if self.granularity == "row" and rows != self.step.shape[0]:
            raise ValueError(
                f"values have {rows:,} rows but this quantizer learned step sizes for {self.step.shape[0]:,} nodes; "
                "give it those nodes, in their order, or for unseen nodes or graphs use the Nearest Neighbor "
                "Strategy (groups) or an unseen-node rule."
            )
        if self.granularity == "column" and columns != self.step.shape[1]:
            raise ValueError(
                f"values have {columns:,} columns but this quantizer has step sizes for {self.step.shape[1]:,}; "
                "give it as many columns as step sizes."
            )
