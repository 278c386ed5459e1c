"""What the accelerator's page simulates: worked out once for each run, hardware and way of counting."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from a2q.accelerator import Conventions, Hardware, SimulationReport, simulate
from a2q.accelerator.comparison import speedup
from a2q.accelerator.layers import BASELINES, uniform
from a2q.experiments.store import RunStore
from a2q.experiments.workload import Workload, workload
from a2q.reports.tensors import EDGES
from a2q_studio.ui.shared_results import shared

OWN = "This run"
REFERENCE = "Degree-Quant INT4"
LIVE_NODES = 50_000
"""Larger graphs take so long that switches are only worked out when asked for."""


def run_workload(store: RunStore, run_id: str) -> Workload:
    """The layers and the graph of a finished run; nobody may change them.

    Raises:
        AcceleratorError: the run has not finished, or lacks an array.
        DatasetError: it was recorded before runs kept all that is needed, and its dataset is not on this machine.
    """
    with st.spinner("Reading the run's bits and its graph"):
        return _workload(store, run_id)


@shared
def _workload(_store: RunStore, run_id: str) -> Workload:
    run = _store.get(run_id)
    return workload(run, partial(_store.array, run.id))


@shared
def run_edges(_store: RunStore, run_id: str) -> np.ndarray | None:
    """The edges that the run keeps, [2, num_edges], by which its graph's layout is known; None where it has none."""
    return _store.array(run_id, EDGES)


@shared
def network_report(
    _work: Workload, run_id: str, network: str, hardware: Hardware, conventions: Conventions
) -> SimulationReport:
    """The run's own network (``OWN``) or one of :data:`BASELINES` on the run's graph.

    Raises:
        AcceleratorError: a buffer cannot hold two rows.
    """
    layers = _work.layers if network == OWN else uniform(_work.layers, *BASELINES[network])
    return simulate(_work.graph, layers, hardware, conventions)


class Bench:
    """One run on one accelerator, with everything the page asks of it.

    Args:
        work: layers and graph.
        run_id: whose.
        hardware, conventions: what holds for every number on the page.
    """

    def __init__(self, work: Workload, run_id: str, hardware: Hardware, conventions: Conventions) -> None:
        self.work, self.run_id, self.hardware, self.conventions = work, run_id, hardware, conventions
        self._made: dict[tuple[str, Hardware, Conventions], SimulationReport] = {}

    @property
    def live(self) -> bool:
        """Whether everything can be worked out at each move of a slider."""
        return self.work.graph.num_nodes <= LIVE_NODES

    def report(self, network: str = OWN, hardware: Hardware | None = None, **changes: Any) -> SimulationReport:
        """A network's report, with conventions changed."""
        counted = self.conventions
        if changes:
            counted = Conventions(**(counted.model_dump() | changes))
        machine = hardware or self.hardware
        if self.live:
            return network_report(self.work, self.run_id, network, machine, counted)
        # Reports of large graphs are large: kept while this page is drawn, not for other sessions.
        asked = (network, machine, counted)
        if asked not in self._made:
            layers = self.work.layers if network == OWN else uniform(self.work.layers, *BASELINES[network])
            self._made[asked] = simulate(self.work.graph, layers, machine, counted)
        return self._made[asked]

    def networks(self, names: Sequence[str]) -> dict[str, SimulationReport]:
        """Reports of these networks, in order."""
        return {name: self.report(name) for name in names}

    def speedup(self, over: str = REFERENCE, **changes: Any) -> float:
        """How many times as fast the run is as a network of one bitwidth, counted alike."""
        return speedup(self.report(**changes), self.report(over, **changes))

    def lanes(self, count: int, **changes: Any) -> SimulationReport:
        """The run's network on an array of another number of lanes."""
        return self.report(OWN, self.with_lanes(count), **changes)

    def with_lanes(self, count: int) -> Hardware:
        """The same hardware with another number of lanes."""
        return Hardware(**(self.hardware.model_dump() | {"lanes": count}))
