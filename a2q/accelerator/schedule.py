"""How long a set of lanes takes for rows of given times, by how the lanes wait for each other."""

import heapq
from dataclasses import dataclass

import numpy as np

from a2q.accelerator.adjacency import Integers
from a2q.accelerator.conventions import LaneSync

# Beyond so many rows the queue is taken as perfectly balanced: it is within one row's time of that.
MOST_QUEUED = 1_000_000


@dataclass(frozen=True, eq=False)
class Schedule:
    """Cycles of one set of rows.

    Attributes:
        cycles: until the last lane is done.
        group_cycles: cycles of every group of ``lanes`` rows, whose sum is ``cycles``; of queue and ideal lanes,
            shares in proportion to each group's work.
    """

    cycles: int
    group_cycles: Integers


def schedule(times: Integers, lanes: int, sync: LaneSync) -> Schedule:
    """Run rows through lanes, in the order given.

    lockstep: ``Σ_g max_{i∈g} t_i`` over groups of ``lanes`` consecutive rows. ideal:
    ``max(⌈Σ t_i / lanes⌉, max t_i)``. queue: whichever lane is free first takes the next row (greedy list schedule),
    so that ``ideal ≤ queue ≤ lockstep`` and ``queue ≤ Σt/lanes + (1 − 1/lanes)·max t``.

    Args:
        times: cycles of every row, [rows], int64.
        lanes: rows at the same time.
        sync: how lanes wait.

    Source: bound of the queue by Graham (1966); the rest is ours.
    """
    if sync == "lockstep":
        groups = np.maximum.reduceat(times, np.arange(0, len(times), lanes))
        return Schedule(int(groups.sum()), groups)
    work = np.add.reduceat(times, np.arange(0, len(times), lanes))
    total = int(times.sum())
    balanced = max(-(-total // lanes), int(times.max()))
    cycles = balanced if sync == "ideal" or len(times) > MOST_QUEUED else queued(times, lanes)
    return Schedule(cycles, shares(work, cycles))


def queued(times: Integers, lanes: int) -> int:
    """Cycles of the greedy list schedule."""
    if lanes >= len(times):
        return int(times.max())
    free = [0] * lanes
    for time in times.tolist():
        heapq.heapreplace(free, free[0] + time)
    return max(free)


def shares(weights: Integers, total: int) -> Integers:
    """``total`` divided in proportion to ``weights``, in whole numbers that sum to it, int64."""
    summed = np.cumsum(weights, dtype=np.float64)
    if summed[-1] == 0:
        result = np.zeros(len(weights), dtype=np.int64)
        result[-1] = total
        return result
    ends = np.floor(summed / summed[-1] * total).astype(np.int64)
    ends[-1] = total
    return np.diff(ends, prepend=0)
