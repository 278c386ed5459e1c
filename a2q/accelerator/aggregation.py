"""Aggregation: sums over neighbours, with additions only."""

from dataclasses import dataclass

import numpy as np

from a2q.accelerator.adjacency import Adjacency, Integers
from a2q.accelerator.conventions import Conventions
from a2q.accelerator.hardware import Hardware
from a2q.accelerator.layers import Layer
from a2q.accelerator.schedule import schedule, shares


@dataclass(frozen=True, eq=False)
class Aggregation:
    """Cycles of one layer's sums over neighbours.

    Attributes:
        cycles: until the last sum is made.
        node_cycles: of every node, in node order, in proportion to its messages; they sum to ``cycles``.
        causes: cycles by cause, which sum to ``cycles``: "aggregation" (additions), "aggregation_padding" (columns
            without a feature, the ragged last group of edges), "hub_imbalance" (waiting for nodes of many edges) and
            "attention" (scores, exponentials and divisions of GAT).
        additions: how many there are.
        exponentials: how many there are.
    """

    cycles: int
    node_cycles: Integers
    causes: dict[str, float]
    additions: int
    exponentials: int


def aggregation(
    hardware: Hardware, graph: Adjacency, layer: Layer, order: Integers | None, conventions: Conventions
) -> Aggregation:
    """Sum every node's messages, ``E'`` in all, each of d features.

    edge-parallel ``⌈E'/S⌉·⌈d/F⌉·p``, vertex-parallel: lanes take nodes of ``t_v = messages_v·⌈d/F⌉·p`` cycles, ideal
    ``⌈E'·d·p/(S·F)⌉``, with ``p = ⌈value bits / adder bits⌉`` passes. Zero skipping counts non-zeros of each message
    instead of d where the layer aggregates before its map. GAT adds ``2·heads`` additions and one exponential with a
    division per message and head, and the products of every node with both attention vectors.
    """
    if layer.aggregation == "none":
        nothing = np.zeros(graph.num_nodes, dtype=np.int64)
        return Aggregation(0, nothing, {}, 0, 0)
    lanes, columns = hardware.aggregation_lanes, hardware.aggregation_columns
    passes = -(-layer.aggregated_bits // hardware.sum_bits)
    blocks, features = _per_node(graph, layer, columns, conventions.zero_skipping)
    # Work in lane-cycles and in additions, of every node.
    times, additions = blocks * passes, int(features.sum()) * passes
    ordered = times if order is None else times[order]
    match conventions.aggregation:
        case "ideal":
            cycles = -(-additions // (lanes * columns))
        case "edge-parallel" if _skips(layer, conventions.zero_skipping):
            cycles = -(-int(times.sum()) // lanes)
        case "edge-parallel":
            # Messages are equally long, so that only the last group of them is ragged.
            per_message = -(-layer.width // columns) * passes
            cycles = -(-(int(times.sum()) // per_message) // lanes) * per_message
        case "vertex-parallel":
            cycles = schedule(ordered, lanes, conventions.lane_sync).cycles
    node_cycles = shares(ordered, cycles)
    busy = int(times.sum()) / lanes
    causes = {
        "aggregation": additions / (lanes * columns),
        "aggregation_padding": 0.0,
        "hub_imbalance": 0.0,
    }
    if conventions.aggregation == "vertex-parallel":
        causes["aggregation_padding"] = busy - causes["aggregation"]
        causes["hub_imbalance"] = cycles - busy
    else:
        causes["aggregation_padding"] = cycles - causes["aggregation"]
    if not layer.heads:
        return Aggregation(cycles, node_cycles, causes, additions, 0)
    messages = layer.arrivals(graph)
    exponentials = int(messages.sum()) * layer.heads
    scores = 2 * exponentials + 2 * graph.num_nodes * layer.d_out
    attention = -(-scores // (lanes * columns)) + -(-exponentials // hardware.exponential_units)
    spread = shares(messages if order is None else messages[order], attention)
    causes["attention"] = float(attention)
    return Aggregation(cycles + attention, node_cycles + spread, causes, additions + scores, exponentials)


def _skips(layer: Layer, skip_zeros: bool) -> bool:
    return skip_zeros and layer.aggregation == "before" and layer.aggregated_nonzeros is not None


def _per_node(graph: Adjacency, layer: Layer, columns: int, skip_zeros: bool) -> tuple[Integers, Integers]:
    """Blocks of columns, and features, that every node's messages have, both [num_nodes]."""
    messages = layer.arrivals(graph)
    if not _skips(layer, skip_zeros):
        return messages * -(-layer.width // columns), messages * layer.width
    assert layer.aggregated_nonzeros is not None  # Just asked.
    features = layer.aggregated_nonzeros.astype(np.int64)
    return _summed(graph, layer, -(-features // columns)), _summed(graph, layer, features)


def _summed(graph: Adjacency, layer: Layer, values: Integers) -> Integers:
    """Sum of ``values`` over every node's messages, [num_nodes]."""
    total = np.concatenate([[0], np.cumsum(values[graph.indices])])
    summed = total[graph.indptr[1:]] - total[graph.indptr[:-1]]
    if layer.own_row == "loop":
        return np.asarray(summed + (1 - graph.own) * values)
    return np.asarray(summed + int(layer.own_row == "extra") * values)
