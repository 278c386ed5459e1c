"""Reports side by side: only what differs in one thing is compared."""

from collections.abc import Sequence

from a2q.accelerator.adjacency import Adjacency
from a2q.accelerator.conventions import Conventions
from a2q.accelerator.errors import AcceleratorError
from a2q.accelerator.hardware import Hardware
from a2q.accelerator.layers import Layer
from a2q.accelerator.report import SimulationReport
from a2q.accelerator.simulation import simulate

REFERENCE = "uniform INT4"


def speedup(report: SimulationReport, reference: SimulationReport, *, unlocked: bool = False) -> float:
    """How many times fewer seconds ``report`` takes than ``reference``.

    Args:
        report: what is praised.
        reference: what it is held against.
        unlocked: compare although hardware or conventions differ.

    Raises:
        AcceleratorError: they are of different graphs, or hardware or conventions differ and are not unlocked.
    """
    if (report.num_nodes, report.num_edges) != (reference.num_nodes, reference.num_edges):
        raise AcceleratorError(
            f"The reports are of graphs of {report.num_nodes:,} and {reference.num_nodes:,} nodes; compare reports of "
            "the same graph."
        )
    if not unlocked and report.hardware.digest != reference.hardware.digest:
        raise AcceleratorError(
            f"The hardware differs ({report.hardware.digest} and {reference.hardware.digest}); simulate both on the "
            "same hardware, or unlock the comparison."
        )
    if not unlocked and report.conventions != reference.conventions:
        raise AcceleratorError("The conventions differ; count both by the same conventions, or unlock the comparison.")
    return reference.seconds / report.seconds


SWITCHES: dict[str, dict[str, object]] = {
    "as set": {},
    "layer 1: learned bits": {"first_input": "learned"},
    "layer 1: as each run stores it": {"first_input": "stored"},
    "layer 1: 1 bit for 0/1 features": {"first_input": "one-bit"},
    "layer 1: 4 bits in both": {"first_input": "reference"},
    "zeros skipped": {"zero_skipping": True},
    "nodes sorted by bits": {"node_order": "bits"},
    "free lanes take the next node": {"lane_sync": "queue"},
    "perfect balance": {"lane_sync": "ideal"},
    "phases overlapped": {"phases": "overlapped"},
    "memory ignored": {"memory": "ignored"},
}
"""Conventions that readers can differ about: what each changes."""


def by_switch(
    graph: Adjacency,
    layers: Sequence[Layer],
    reference: Sequence[Layer],
    hardware: Hardware,
    conventions: Conventions,
) -> dict[str, float]:
    """The speedup over a reference under the given conventions and with each switch turned alone.

    Raises:
        AcceleratorError: as :func:`a2q.accelerator.simulate`.
    """
    found = {}
    for name, change in SWITCHES.items():
        counted = Conventions(**(conventions.model_dump() | change))
        found[name] = speedup(simulate(graph, layers, hardware, counted), simulate(graph, reference, hardware, counted))
    return found


def by_lanes(
    graph: Adjacency, layers: Sequence[Layer], hardware: Hardware, conventions: Conventions, lanes: Sequence[int]
) -> dict[int, SimulationReport]:
    """The same layers on arrays of other numbers of lanes; one more lane is not always faster in lockstep."""
    return {
        count: simulate(graph, layers, Hardware(**(hardware.model_dump() | {"lanes": count})), conventions)
        for count in lanes
    }
