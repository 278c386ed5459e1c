"""Energy and leakage of on-chip buffers by size."""

from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np


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
