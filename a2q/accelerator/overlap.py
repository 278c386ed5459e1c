"""Double buffering: what of loads and stores hides behind the work, and what does not."""

from dataclasses import dataclass

import numpy as np

from a2q.accelerator.adjacency import Integers


@dataclass(frozen=True, eq=False)
class Pipeline:
    """Tiles in time.

    Attributes:
        cycles: from the first load to the last store.
        fill: before the first tile's work: its load.
        drain: after the last tile's work: its store.
        stalls: cycles by which memory holds up each tile, [tiles].
        starts: when each tile's work starts, [tiles].
        load_starts, store_starts: when the port turns to each tile's load and store, [tiles].
    """

    cycles: int
    fill: int
    drain: int
    stalls: Integers
    starts: Integers
    load_starts: Integers
    store_starts: Integers


def pipeline(load: Integers, compute: Integers, store: Integers, double: bool = True) -> Pipeline:
    """Run tiles through one memory port and one engine.

    With two buffers, while tile t is worked on, the port loads tile t+1 and then stores tile t−1:
    ``T = l_0 + Σ_t max(c_t, l_{t+1} + s_{t−1}) + s_last``. With one, nothing overlaps: ``T = Σ (l + c + s)``.

    Args:
        load, compute, store: cycles of every tile, [tiles], at least one.
        double: whether there are two buffers.
    """
    fill, drain = int(load[0]), int(store[-1])
    following, before = np.append(load[1:], 0), np.append(0, store[:-1])
    beside = np.maximum(0, following + before - compute)
    stalls = beside if double else following + np.append(store[:-1], 0)
    ends = fill + np.cumsum(compute + stalls)
    starts = np.concatenate([[fill], ends[:-1]])
    if double:
        load_starts = np.append(0, starts[:-1])
        # A tile is stored while the next one is worked on, after the load of the one after that.
        store_starts = np.append(starts[1:] + following[1:], ends[-1])
    else:
        store_starts = starts + compute
        load_starts = np.append(0, store_starts[:-1] + store[:-1])
    return Pipeline(int(ends[-1]) + drain, fill, drain, stalls, starts, load_starts, store_starts)
