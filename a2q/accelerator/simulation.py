"""The one verb: a network's layers on an accelerator."""

from collections.abc import Sequence
from dataclasses import replace

from a2q.accelerator.adjacency import Adjacency
from a2q.accelerator.aggregation import aggregation
from a2q.accelerator.combination import combination
from a2q.accelerator.conventions import Conventions
from a2q.accelerator.energy import energy
from a2q.accelerator.hardware import Hardware
from a2q.accelerator.layers import Layer, check, resolved
from a2q.accelerator.partition import partition, rows_per_part
from a2q.accelerator.report import LayerReport, SimulationReport
from a2q.accelerator.tiles import phases
from a2q.accelerator.traffic import traffic


def simulate(
    graph: Adjacency, layers: Sequence[Layer], hardware: Hardware | None = None, conventions: Conventions | None = None
) -> SimulationReport:
    """Cycles, bytes and energy of one inference, and what causes them.

    A model in closed form, not a cycle-accurate simulator: each layer is cut into tiles, each tile's loads, work and
    stores are counted, and the double-buffered recurrence adds them up.

    Args:
        graph: incoming edges of every node.
        layers: the network's linear maps with their sums over neighbours, in order.
        hardware: ``a2q-like`` by default, our assumption.
        conventions: how to count; those of :class:`Conventions` by default.

    Raises:
        AcceleratorError: bits are not of this graph or out of range, or a buffer cannot hold two rows.

    Docs/accelerator.md has every formula.
    """
    hardware, conventions = hardware or Hardware(), conventions or Conventions()
    check(graph, layers)
    ready = [_reordered(layer, hardware) for layer in resolved(layers, conventions)]
    following = [*ready[1:], None]
    reports = [_one(graph, layer, after, hardware, conventions) for layer, after in zip(ready, following, strict=True)]
    return SimulationReport(hardware, conventions, reports, graph.num_nodes, graph.num_edges)


def _one(
    graph: Adjacency, layer: Layer, after: Layer | None, hardware: Hardware, conventions: Conventions
) -> LayerReport:
    parts = partition(graph, layer, conventions.node_order, rows_per_part(hardware, layer))
    moved = traffic(hardware, layer, after, parts, conventions)
    combined = combination(hardware, layer, parts.order, conventions.lane_sync, conventions.zero_skipping)
    aggregated = aggregation(hardware, graph, layer, parts.order, conventions)
    made = phases(hardware, layer, combined, aggregated, moved, parts, conventions)
    cycles = sum(phase.cycles for phase in made)
    spent = energy(hardware, layer, combined, aggregated, moved.streams, cycles)
    return LayerReport(layer, cycles, made, combined, aggregated, parts, moved.streams, spent, hardware, conventions)


def _reordered(layer: Layer, hardware: Hardware) -> Layer:
    """(AX)W instead of A(XW), where the hardware aggregates first and the layer is linear in between (GCN)."""
    if hardware.order == "model" or layer.aggregation != "after" or layer.heads:
        return layer
    return replace(
        layer,
        aggregation="before",
        aggregated_bits=max(1, int(layer.bits.max())),
        aggregated_nonzeros=layer.nonzeros,
        # How many sums over neighbours are zero is not known.
        nonzeros=None,
    )
