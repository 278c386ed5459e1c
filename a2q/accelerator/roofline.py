"""Roofline: work against the bytes it needs."""

from dataclasses import dataclass

from a2q.accelerator import dram
from a2q.accelerator.hardware import Hardware


@dataclass(frozen=True)
class Point:
    """One layer or run under the roofline.

    Attributes:
        intensity: operand steps per transferred byte.
        rate: operand steps per nanosecond that were reached.
        peak: that the engine could do.
        bandwidth: bytes per nanosecond of the roof's slope.
    """

    intensity: float
    rate: float
    peak: float
    bandwidth: float

    @property
    def ridge(self) -> float:
        """Steps per byte above which the engine is the limit."""
        return self.peak / self.bandwidth

    @property
    def bound(self) -> str:
        """Which roof is the lower one here: "memory" or "compute"."""
        return "memory" if self.intensity < self.ridge else "compute"


def roofline(hardware: Hardware, steps: int, transferred: int, cycles: int) -> Point:
    """The point of some work.

    Steps are bit-serial, one operand bit with one native weight, so that all bitwidths share one roof
    ``lanes · columns · operands · clock``. Fewer bits cut steps and feature bytes alike, so intensity stays until
    edges, step sizes or weights dominate: there, fewer bits no longer pay.

    Source: Williams et al., Roofline (CACM 2009); steps as the unit are ours.
    """
    return Point(
        intensity=steps / max(transferred, 1),
        rate=steps / (cycles / hardware.clock_ghz) if cycles else 0.0,
        peak=hardware.units * hardware.clock_ghz,
        bandwidth=dram.bandwidth(hardware),
    )
