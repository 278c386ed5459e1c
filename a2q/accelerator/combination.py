"""Combination: every node's features through the linear map."""

from dataclasses import dataclass

import numpy as np

from a2q.accelerator.adjacency import Integers
from a2q.accelerator.conventions import LaneSync
from a2q.accelerator.engines import fused_operands, operand_steps, systolic_cycles
from a2q.accelerator.hardware import Hardware
from a2q.accelerator.layers import Layer
from a2q.accelerator.schedule import schedule, shares

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

    Source: ours.
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
