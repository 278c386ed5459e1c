"""What bits buy in cycles: the speedup over 4 bits everywhere, and how it moves with the way of counting."""

from dataclasses import dataclass

import numpy as np

from a2q.accelerator import Conventions
from a2q.accelerator.comparison import REFERENCE, by_switch
from a2q.accelerator.layers import BASELINES, uniform
from a2q.accelerator.presets import PRESETS, hardware_preset
from a2q.accelerator.workload import workload
from a2q.runs.bundle import Bundle

HARDWARE = "a2q-like"
AS_SET = "as set"
"""The convention that none is switched in, by its name in :data:`a2q.accelerator.comparison.SWITCHES`."""


@dataclass(frozen=True)
class Speedups:
    """A run on our accelerator model against the same network with 4 bits everywhere.

    Attributes:
        by_convention: times as fast, with the conventions as they are set and with each switched alone.
        hardware: title of the hardware preset.
        baseline: what it is held against.
    """

    by_convention: dict[str, float]
    hardware: str
    baseline: str


@dataclass(frozen=True)
class _Shelf:
    """A bundle as the simulator reads a run store."""

    bundle: Bundle

    def arrays(self, _: str) -> dict[str, np.ndarray]:
        return self.bundle.arrays

    def array(self, _: str, name: str) -> np.ndarray | None:
        return self.bundle.array(name)


def speedups(bundle: Bundle) -> Speedups:
    """Simulate a finished run with every convention switched alone.

    Raises:
        AcceleratorError: it has not finished.
        DatasetError: its dataset cannot be had any more.
    """
    work = workload(_Shelf(bundle), bundle.run)
    reference = uniform(work.layers, *BASELINES[REFERENCE])
    found = by_switch(work.graph, work.layers, reference, hardware_preset(HARDWARE).hardware, Conventions())
    return Speedups(found, PRESETS[HARDWARE].title, REFERENCE)
