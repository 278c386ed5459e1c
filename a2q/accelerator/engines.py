"""Cycles of one row on each kind of engine."""

import numpy as np

from a2q.accelerator.adjacency import Integers
from a2q.accelerator.hardware import Hardware

# Bit Fusion's unit multiplies 8 by 8 bits, or splits into as many smaller products as fit.
FUSED_BITS = 8


def operand_steps(hardware: Hardware, bits: Integers, weight_bits: int) -> Integers:
    """Cycles that one group of operands takes for rows of these bits, [num_nodes], int64.

    bit-serial: ``b·⌈w/w₀⌉``; bit-parallel and systolic: ``⌈b/b₀⌉·⌈w/w₀⌉``. A row of 0 bits takes none.
    """
    passes = -(-weight_bits // hardware.native_weight_bits)
    bits = bits.astype(np.int64)
    if hardware.engine == "bit-serial":
        return bits * passes
    return -(-bits // hardware.native_feature_bits) * passes


def fused_operands(bits: Integers, weight_bits: int) -> tuple[Integers, Integers]:
    """Products that a fusion unit makes in one cycle, and cycles that one product takes, both [num_nodes].

    Operands are rounded up to 2, 4 or 8 bits: ``⌊8/b⌋·⌊8/w⌋`` products a cycle; wider ones take
    ``⌈b/8⌉·⌈w/8⌉`` cycles each.

    Source: Sharma et al., Bit Fusion (ISCA 2018), as its simulator has it.
    """
    weight = _rounded(np.array([weight_bits], dtype=np.int64))[0]
    feature = _rounded(bits.astype(np.int64))
    products = (FUSED_BITS // np.minimum(np.maximum(feature, 1), FUSED_BITS)) * (FUSED_BITS // min(weight, FUSED_BITS))
    return products, -(-feature // FUSED_BITS) * -(-weight // FUSED_BITS)


def systolic_cycles(rows: int, columns: int, m: int, n: int, k: int, dataflow: str) -> int:
    """Cycles of a dense product [m, k]·[k, n] on a systolic array of ``rows`` by ``columns``.

    output stationary ``⌈m/R⌉⌈n/C⌉(k + R + C − 2) − 1``, weight stationary ``⌈k/R⌉⌈n/C⌉(2R + m + C − 2) − 1``,
    input stationary ``⌈k/R⌉⌈m/C⌉(2R + n + C − 2) − 1``.

    Source: closed forms of what SCALE-Sim 3.0.0 reports; the − 1 is its issue 125.
    """
    match dataflow:
        case "output":
            return -(-m // rows) * -(-n // columns) * (k + rows + columns - 2) - 1
        case "weight":
            return -(-k // rows) * -(-n // columns) * (2 * rows + m + columns - 2) - 1
        case _:
            return -(-k // rows) * -(-m // columns) * (2 * rows + n + columns - 2) - 1


def _rounded(bits: Integers) -> Integers:
    """Up to 0, 2, 4 or 8 bits, above to whole bytes."""
    steps = np.array([0, 2, 4, 8])
    small = steps[np.searchsorted(steps, np.minimum(bits, FUSED_BITS))]
    return np.where(bits > FUSED_BITS, -(-bits // FUSED_BITS) * FUSED_BITS, small)
