"""Energy of a layer by component."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from a2q.accelerator.aggregation import Aggregation
from a2q.accelerator.combination import Combination
from a2q.accelerator.hardware import Hardware
from a2q.accelerator.layers import Layer
from a2q.accelerator.traffic import Stream


class Cells(NamedTuple):
    """One kind of SRAM cell: pJ per byte read and mW of leakage, at the sizes of ``KIB``."""

    read_pj: tuple[float, ...]
    leakage_mw: tuple[float, ...]


KIB = (8, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 4096, 16384)
# CACTI 7 at 28 nm, 350 K, one read and one write port; bus of 128 bits up to 512 KiB, then 256, 512 from 16 MiB on.
CACTI: dict[Literal["high-performance", "low-operating-power"], Cells] = {
    "high-performance": Cells(
        (0.23, 0.53, 0.63, 0.78, 0.94, 1.30, 1.40, 2.18, 3.16, 3.77, 7.80, 15.7),
        (2.6, 7.0, 9.3, 14, 19, 26, 35, 69, 138, 275, 1100, 4393),
    ),
    "low-operating-power": Cells(
        (0.13, 0.30, 0.35, 0.52, 0.55, 0.67, 0.79, 1.15, 1.66, 2.06, 4.27, 8.53),
        (1.8, 4.8, 6.4, 9.0, 12, 18, 24, 48, 92, 183, 733, 2921),
    ),
}


def read_pj_per_byte(kib: float, cells: Literal["high-performance", "low-operating-power"]) -> float:
    """Energy of one byte read from a buffer of ``kib`` KiB, pJ; between sizes on a straight line of logarithms.

    Source: CACTI 7, run by us.
    """
    return _between(kib, CACTI[cells].read_pj)


def leakage_mw(kib: float, cells: Literal["high-performance", "low-operating-power"]) -> float:
    """Leakage of a buffer of ``kib`` KiB, mW; as :func:`read_pj_per_byte`."""
    return _between(kib, CACTI[cells].leakage_mw)


@lru_cache(maxsize=256)
def _between(kib: float, values: tuple[float, ...]) -> float:
    """Beyond the largest and below the smallest size, the nearest two go on."""
    x, y = np.log(KIB), np.log(values)
    right = int(np.clip(np.searchsorted(KIB, kib), 1, len(KIB) - 1))
    slope = (y[right] - y[right - 1]) / (x[right] - x[right - 1])
    return float(np.exp(y[right] + slope * (np.log(kib) - x[right])))


UNCERTAINTY = 2.0
"""Absolute energies are good to within this factor; ratios on the same hardware are better."""

PJ_PER_MW_NS = 1.0


def energy(
    hardware: Hardware,
    layer: Layer,
    combined: Combination,
    aggregated: Aggregation,
    streams: Sequence[Stream],
    cycles: int,
) -> dict[str, float]:
    """pJ of every component: arithmetic, buffers, memory and leakage.

    ``Σ ops·e + Σ bytes·e_SRAM(size) + bytes·12.56 pJ + activations·831 pJ + 0.635 W·time + P_leak·time``, where
    activations are random accesses and one per row of a sequential stream. A weight read serves all lanes; a
    feature is read once per block of columns; every addition reads and writes a partial sum.

    Source: arithmetic: Horowitz (ISSCC 2014) and Bit Fusion's synthesis results at 45 nm; SRAM: CACTI 7; memory:
    fitted to DRAMsim3 (HBM2, device core without its interface) by us. Technologies differ: ±2×.
    """
    nanoseconds = cycles / hardware.clock_ghz
    bytes_moved = sum(stream.transferred for stream in streams)
    sequential = sum(stream.transferred for stream in streams if stream.chunk is None)
    activations = sum(stream.accesses for stream in streams) + math.ceil(sequential / hardware.row_bytes)
    result = {
        "combination": combined.steps * hardware.step_pj,
        "aggregation": aggregated.additions * hardware.add_pj + aggregated.exponentials * hardware.exponential_pj,
    }
    for name, moved in _buffer_bytes(hardware, layer, combined, aggregated, streams).items():
        result[f"{name} buffer"] = moved * read_pj_per_byte(hardware.buffer_kib[name], hardware.sram)
    leakage = sum(leakage_mw(kib, hardware.sram) for kib in hardware.buffer_kib.values())
    return result | {
        "memory transfer": bytes_moved * hardware.memory_pj_per_byte,
        "memory activation": activations * hardware.activation_pj,
        "memory background": hardware.memory_watt * 1000 * nanoseconds * PJ_PER_MW_NS,
        "buffer leakage": leakage * nanoseconds * PJ_PER_MW_NS,
    }


def _buffer_bytes(
    hardware: Hardware, layer: Layer, combined: Combination, aggregated: Aggregation, streams: Sequence[Stream]
) -> dict[str, float]:
    """Bytes read from and written to each buffer."""
    blocks = -(-layer.d_out // hardware.columns)
    moved = dict.fromkeys(("features", "weights", "edges", "XW"), 0)
    for stream in streams:
        if stream.name in moved:
            moved[stream.name] += stream.transferred
    features = layer.d_in * int(layer.bits.sum(dtype="int64")) / 8
    weights = combined.weights * hardware.native_weight_bits / 8 / hardware.lanes
    values = layer.aggregated_bits / 8
    sums = aggregated.additions * hardware.sum_bits / 8
    result = {
        "input": moved["features"] + features * blocks,
        "weight": moved["weights"] + weights,
        "edge": 2.0 * moved["edges"],
        "aggregation": 2.0 * sums,
    }
    summed = aggregated.additions * values if layer.aggregation == "after" else 0.0
    result["combination"] = moved["XW"] + len(layer.bits) * layer.d_out * values + summed
    return result
