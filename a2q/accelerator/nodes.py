"""Cycles of every node: its own, those it waits, and those others wait for it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from a2q.accelerator.adjacency import Integers
from a2q.accelerator.conventions import LaneSync

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class NodeCycles:
    """Shares of a layer's compute cycles, [num_nodes] each, by number of node.

    Attributes:
        own: cycles of a full array that the node's own bits take, ``t_i / lanes``.
        caused: waiting of its whole group, charged to the group's slowest node; with ``own`` these sum to the
            combination's cycles.
        waited: waiting of the node's own lane for the slowest.
        aggregation: its share of the sums over neighbours, which sum to the aggregation's cycles.
    """

    own: Floats
    caused: Floats
    waited: Floats
    aggregation: Floats

    @property
    def total(self) -> Floats:
        """Everything the node is responsible for; sums to the layer's compute cycles."""
        return self.own + self.caused + self.aggregation


def node_cycles(
    times: Integers, order: Integers | None, lanes: int, sync: LaneSync, cycles: int, aggregation: Integers
) -> NodeCycles:
    """Attribute cycles to nodes.

    In lockstep each group's waiting, idle lanes of the last group included, belongs to its slowest node. Queue and
    ideal lanes wait at the end only: that belongs to the longest row, and all lanes share the waiting.

    Args:
        times: lane-cycles of every node, [num_nodes].
        order: nodes in working order; None for their numbers.
        lanes: rows at the same time.
        sync: how lanes wait.
        cycles: of the combination.
        aggregation: cycles of every node's sums, in working order.
    """
    nodes = len(times)
    place = np.arange(nodes) if order is None else order
    ordered = times[place]
    caused, waited, summed = np.zeros(nodes), np.zeros(nodes), np.zeros(nodes)
    if sync == "lockstep":
        groups = -(-nodes // lanes)
        padded = lane_grid(times, order, lanes)
        slowest = padded.argmax(1)
        longest = padded.max(1)
        idle = longest * lanes - np.add.reduceat(ordered, np.arange(0, nodes, lanes))
        caused[place[np.arange(groups) * lanes + slowest]] = idle / lanes
        waited[place] = (np.repeat(longest, lanes)[:nodes] - ordered) / lanes
    else:
        idle = cycles - ordered.sum() / lanes
        caused[place[ordered.argmax()]] = idle
        waited[:] = idle / nodes
    summed[place] = aggregation
    return NodeCycles(times / lanes, caused, waited, summed)


def lane_grid(times: Integers, order: Integers | None, lanes: int) -> Integers:
    """Lane-cycles of every lane in every lockstep group, [groups, lanes]; −1 where a lane has no node."""
    ordered = times if order is None else times[order]
    grid = np.full(-(-len(times) // lanes) * lanes, -1, dtype=np.int64)
    grid[: len(times)] = ordered
    return grid.reshape(-1, lanes)
