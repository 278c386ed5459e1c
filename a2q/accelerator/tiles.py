"""Tiles of a layer in time: what is loaded, worked on and stored when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from a2q.accelerator import dram
from a2q.accelerator.adjacency import Integers
from a2q.accelerator.aggregation import Aggregation
from a2q.accelerator.combination import Combination
from a2q.accelerator.conventions import Conventions
from a2q.accelerator.hardware import Hardware
from a2q.accelerator.layers import Layer
from a2q.accelerator.overlap import Pipeline, pipeline
from a2q.accelerator.partition import Partition
from a2q.accelerator.schedule import shares
from a2q.accelerator.traffic import Stream, Traffic


@dataclass(frozen=True, eq=False)
class Phase:
    """One pass over the nodes, tile by tile.

    Attributes:
        name: "combination", "aggregation", or both.
        bounds: positions in working order where tiles start, and the end, [tiles + 1].
        load, compute, store: cycles of every tile, [tiles].
        pipeline: how they overlap.
        causes: cycles by cause, which sum to ``cycles``.
        cycles: of the whole phase.
    """

    name: str
    bounds: Integers
    load: Integers
    compute: Integers
    store: Integers
    pipeline: Pipeline
    causes: dict[str, float]
    cycles: int


def phases(
    hardware: Hardware,
    layer: Layer,
    combined: Combination,
    aggregated: Aggregation,
    moved: Traffic,
    parts: Partition,
    conventions: Conventions,
) -> list[Phase]:
    """The passes of one layer, one after the other.

    A layer that combines first makes two passes, or one where phases overlap: then the sums over a tile's rows are
    made while the next tile is combined, as an outer product over source nodes allows. A layer that aggregates first
    makes one pass over the parts; its sums never leave the chip.
    """
    bounds = moved.bounds
    combining = {name: units / hardware.units for name, units in combined.unit_cycles.items()}
    work = _of_groups(combined.group_cycles, hardware.lanes, bounds)
    here = [stream for stream in moved.streams if stream.phase == "combination"]
    there = [stream for stream in moved.streams if stream.phase == "aggregation"]
    if layer.aggregation == "none":
        return [_phase("combination", hardware, conventions, bounds, work, combining, here)]
    summing = aggregated.causes
    if layer.aggregation == "before":
        sums = np.add.reduceat(aggregated.node_cycles, bounds[:-1])
        both = "aggregation, combination"
        if conventions.phases == "overlapped":
            steps, causes = _side_by_side(sums, summing, work, combining)
            return [_phase(both, hardware, conventions, bounds, steps, causes, here)]
        return [_phase(both, hardware, conventions, bounds, sums + work, summing | combining, here)]
    if conventions.phases == "overlapped":
        steps, causes = _side_by_side(work, combining, shares(np.diff(bounds), aggregated.cycles), summing)
        return [_phase("combination, aggregation", hardware, conventions, bounds, steps, causes, here, there)]
    sums = np.add.reduceat(aggregated.node_cycles, parts.bounds[:-1])
    return [
        _phase("combination", hardware, conventions, bounds, work, combining, here),
        _phase("aggregation", hardware, conventions, parts.bounds, sums, summing, there),
    ]


def _phase(
    name: str,
    hardware: Hardware,
    conventions: Conventions,
    bounds: Integers,
    compute: Integers,
    causes: dict[str, float],
    streams: Sequence[Stream],
    a_tile_later: Sequence[Stream] = (),
) -> Phase:
    tiles = len(compute)
    load, store = np.zeros(tiles), np.zeros(tiles)
    if conventions.memory == "stalls":
        rows = np.diff(bounds).astype(float)
        for stream in [*streams, *a_tile_later]:
            moved = stream.per_tile()
            if stream in a_tile_later:
                # These come in parts of their own; spread over the rows of the tiles that they are overlapped with.
                moved = np.append(0.0, rows / rows.sum() * stream.transferred)
            elif tiles > len(moved):
                moved = np.append(moved, 0.0)
            spent = moved / dram.bandwidth(hardware, stream.chunk) * hardware.clock_ghz
            if stream.direction == "read":
                load += spent
            else:
                store += spent
    loads, stores = np.ceil(load).astype(np.int64), np.ceil(store).astype(np.int64)
    made = pipeline(loads, compute, stores, hardware.buffering == "double")
    overhead = hardware.tile_switch_cycles * (tiles - 1)
    causes = causes | {
        "fill_drain": float(made.fill + made.drain),
        "memory_stall": float(made.stalls.sum()),
        "schedule": float(overhead),
    }
    if tiles > len(bounds) - 1:
        # The step in which only the later pass works, on the last tile's rows.
        bounds = np.append(bounds, bounds[-1])
    return Phase(name, bounds, loads, compute, stores, made, causes, made.cycles + overhead)


def _of_groups(group_cycles: Integers, lanes: int, bounds: Integers) -> Integers:
    """Cycles of every tile: those of the groups of lanes whose last row lies in it."""
    last = np.minimum(np.arange(1, len(group_cycles) + 1) * lanes, bounds[-1]) - 1
    tile = np.searchsorted(bounds, last, side="right") - 1
    return np.bincount(tile, weights=group_cycles, minlength=len(bounds) - 1).astype(np.int64)


def _side_by_side(
    first: Integers, first_causes: dict[str, float], second: Integers, second_causes: dict[str, float]
) -> tuple[Integers, dict[str, float]]:
    """Steps of two engines, the second one tile behind; each step's time belongs to the longer one's causes."""
    ahead, behind = np.append(first, 0), np.append(0, second)
    leads = ahead >= behind
    causes: dict[str, float] = {}
    for shown, total, named in (
        (ahead[leads].sum(), first.sum(), first_causes),
        (behind[~leads].sum(), second.sum(), second_causes),
    ):
        causes |= {name: cycles * float(shown) / max(float(total), 1.0) for name, cycles in named.items()}
    return np.maximum(ahead, behind), causes


def timeline(phase: Phase, start: int, switch_cycles: int, bits: np.ndarray[Any, Any]) -> dict[str, Any]:
    """A phase's tiles as columns of a table, from cycle ``start`` on; ``bits`` of nodes in working order."""
    tiles = len(phase.compute)
    rows = np.diff(phase.bounds)
    total = np.append(0, np.cumsum(bits, dtype=np.int64))
    summed = total[phase.bounds[1:]] - total[phase.bounds[:-1]]
    begin = start + switch_cycles * np.arange(tiles)
    return {
        "phase": [phase.name] * tiles,
        "tile": np.arange(tiles),
        "start": begin + phase.pipeline.starts,
        "load_start": begin + phase.pipeline.load_starts,
        "store_start": begin + phase.pipeline.store_starts,
        "load": phase.load,
        "compute": phase.compute,
        "stall": phase.pipeline.stalls,
        "store": phase.store,
        "rows": rows,
        "mean_bits": np.divide(summed, rows, out=np.zeros(tiles), where=rows > 0),
    }
