"""Fake quantization of the stored entries of a sparse matrix."""

from torch import Tensor

from a2q.entries import SparseEntries
from a2q.quantizers.fake_quantize import Gradient, StraightThrough, fake_quantize


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

    Source: ours.
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
