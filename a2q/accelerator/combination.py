"""Combination: every node's features through the linear map."""

from dataclasses import dataclass

import numpy as np

from a2q.accelerator.adjacency import Integers
from a2q.accelerator.conventions import LaneSync
from a2q.accelerator.hardware import Hardware
from a2q.accelerator.layers import Layer
from a2q.accelerator.schedule import schedule, shares

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


CAUSES = ("useful", "zeros", "operand_rounding", "column_padding", "bit_imbalance")


@dataclass(frozen=True, eq=False)
class Combination:
    """Cycles of one linear map over all nodes.

    Attributes:
        cycles: until the last lane is done.
        times: cycles every node keeps its lane busy, [num_nodes], int64, in order of nodes.
        group_cycles: of every group of lanes in node order; they sum to ``cycles``.
        unit_cycles: whole unit-cycles by cause, which sum to ``cycles · lanes · columns · operands``.
        steps: operand steps done, what roofline and energy count.
        weights: native weights that met an operand, however many of its bits.
    """

    cycles: int
    times: Integers
    group_cycles: Integers
    unit_cycles: dict[str, int]
    steps: int
    weights: int


def combination(
    hardware: Hardware, layer: Layer, order: Integers | None, sync: LaneSync, skip_zeros: bool = False
) -> Combination:
    """Run a layer's rows through the engine.

    ``t_i = ⌈n_i / L⌉ · b_i · ⌈d_out / C⌉ · ⌈w / w₀⌉`` cycles per node on a bit-serial engine, ``n_i`` its non-zeros
    where zeros are skipped and their number is known, else d_in. Every unit-cycle has one cause: useful (a non-zero
    operand met a weight), on zeros, operand rounding, column padding, or waiting for slower lanes; these sum exactly.

    Args:
        hardware: the engine.
        layer: with the bits that conventions give it.
        order: nodes in the order they enter lanes, [num_nodes]; None for their numbers.
        sync: how lanes wait.
        skip_zeros: whether zero operands cost nothing.
    """
    if hardware.engine == "systolic":
        return _systolic(hardware, layer)
    dense = np.full(len(layer.bits), layer.d_in, dtype=np.int64)
    nonzero = dense if layer.nonzeros is None else layer.nonzeros.astype(np.int64)
    count = nonzero if skip_zeros else dense
    if hardware.engine == "bit-fusion":
        products, cost = fused_operands(layer.bits, layer.weight_bits)
    else:
        products, cost = np.ones_like(dense), operand_steps(hardware, layer.bits, layer.weight_bits)
    blocks = -(-layer.d_out // hardware.columns)
    # Operand slots a row occupies over its cycles, and how many of them hold an operand.
    slots = -(-count // (hardware.operands * products)) * cost * hardware.operands
    filled = count * cost // products
    zeros = (count - nonzero) * cost // products
    times = slots // hardware.operands * blocks
    made = schedule(times if order is None else times[order], hardware.lanes, sync)
    taken, held, idle = int(slots.sum()), int(filled.sum()), int(zeros.sum())
    unit_cycles = {
        "useful": (held - idle) * layer.d_out,
        "zeros": idle * layer.d_out,
        "operand_rounding": (taken - held) * layer.d_out,
        "column_padding": taken * (blocks * hardware.columns - layer.d_out),
        "bit_imbalance": hardware.units * made.cycles - hardware.columns * hardware.operands * int(times.sum()),
    }
    passes = -(-layer.weight_bits // hardware.native_weight_bits)
    weights = int(count[layer.bits > 0].sum()) * layer.d_out * passes
    return Combination(made.cycles, times, made.group_cycles, unit_cycles, held * layer.d_out, weights)


def _systolic(hardware: Hardware, layer: Layer) -> Combination:
    """A dense product: every node takes the widest node's passes, and all share the cycles alike."""
    nodes = len(layer.bits)
    passes = int(operand_steps(hardware, layer.bits.max(keepdims=True), layer.weight_bits)[0])
    once = systolic_cycles(hardware.lanes, hardware.columns, nodes, layer.d_out, layer.d_in, hardware.dataflow)
    work = passes * nodes * layer.d_in * layer.d_out
    # SCALE-Sim's count, which is one short, would have an array of one cell do more than it can.
    cycles = max(passes * once, -(-work // hardware.units))
    zeros = 0
    if layer.nonzeros is not None:
        zeros = passes * (nodes * layer.d_in - int(layer.nonzeros.sum())) * layer.d_out
    unit_cycles = dict.fromkeys(CAUSES, 0) | {
        "useful": work - zeros,
        "zeros": zeros,
        # Filling and emptying the array, and its ragged edges.
        "column_padding": hardware.units * cycles - work,
    }
    times = shares(np.ones(nodes), hardware.lanes * cycles)
    groups = shares(np.ones(-(-nodes // hardware.lanes)), cycles)
    return Combination(cycles, times, groups, unit_cycles, work, work)
