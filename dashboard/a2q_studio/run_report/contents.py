"""Everything a report tells, read from the run store once."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2q.experiments.controls import Worth, worth_of
from a2q.experiments.results import Repeats, repeats
from a2q.experiments.store import Run, RunStore, State
from a2q.experiments.store.annotations import Annotation
from a2q.experiments.store.errors import RunError
from a2q.layouts import degree_rings, force_layout, kept_layout
from a2q.reports.tensors import EDGES
from a2q_studio.comparison.charts.marks import MOST_RUNS
from a2q_studio.comparison.compared import Compared, compared_runs
from a2q_studio.comparison.worth import worth_of_chosen

# More nodes take longer to lay out than somebody waits for a file.
MOST_NODES_TO_LAY_OUT = 20_000
_MOST_FINISHED = 1_000


@dataclass(frozen=True)
class Places:
    """Where a run's nodes stand, and how that was found.

    Attributes:
        edges: source and target, [2, num_edges].
        coordinates: [num_nodes, 2].
        layout: one sentence.
    """

    edges: np.ndarray
    coordinates: np.ndarray
    layout: str


@dataclass(frozen=True)
class Contents:
    """What a report is made of.

    Attributes:
        compared: the runs with histories and node arrays, in the order of their letters.
        annotations: what is noted on each, in the same order.
        places: edges and coordinates of each; None where the run kept no edges.
        snapshots: of each run, by layer, every node's bits by epoch.
        finished: all finished runs of the store.
        repeats: finished runs by the settings they share.
        worths: what assignments are worth: of a single run against all of its controls, of several against those among
            them; each with the run whose bits they are.
        made: seconds since 1970.
    """

    compared: Sequence[Compared]
    annotations: Sequence[Annotation]
    places: Sequence[Places | None]
    snapshots: Sequence[dict[int, dict[int, np.ndarray]]]
    finished: Sequence[Run]
    repeats: dict[str, Repeats]
    worths: Sequence[tuple[Run, Sequence[Worth]]]
    made: float


def read_contents(store: RunStore, run_ids: Sequence[str]) -> Contents:
    """Read one to six runs.

    Args:
        store: the run store.
        run_ids: ids, or their first characters; the first is A.

    Raises:
        RunError: there is no such run, one is named twice, or there are none or too many.
    """
    runs = [store.get(run_id) for run_id in run_ids]
    if not 1 <= len(runs) <= MOST_RUNS:
        raise RunError(f"{len(runs)} runs are named; a report is of 1 to {MOST_RUNS}.")
    if len({run.id for run in runs}) < len(runs):
        raise RunError("A run is named twice; name each once.")
    compared = compared_runs(runs, lambda run: store.epochs(run.id), lambda run: store.arrays(run.id))
    done = store.list(_MOST_FINISHED, (State.FINISHED,))
    known: dict[str, Places] = {}
    return Contents(
        compared,
        [store.annotations.of(run.id) for run in runs],
        [_places(store, one, known) for one in compared],
        [{layer: store.snapshots(one.run.id, f"layer{layer}/bits") for layer in one.layers} for one in compared],
        done,
        repeats(done),
        worth_of_chosen(store, runs) if len(runs) > 1 else [(runs[0], worth_of(store, runs[0]))],
        time.time(),
    )


def _places(store: RunStore, one: Compared, known: dict[str, Places]) -> Places | None:
    """Edges and coordinates; runs on the same graph share them."""
    if not one.graph:
        return None
    if one.graph not in known:
        edges = store.array(one.run.id, EDGES)
        if edges is None:
            return None
        known[one.graph] = Places(edges, *_laid_out(edges, one.arrays["in_degree"]))
    return known[one.graph]


def _laid_out(edges: np.ndarray, in_degree: np.ndarray) -> tuple[np.ndarray, str]:
    kept = kept_layout(edges, len(in_degree)).coordinates
    if kept is not None:
        return kept, "Force-directed layout, as the app shows it."
    if len(in_degree) <= MOST_NODES_TO_LAY_OUT:
        return force_layout(edges, len(in_degree)), "Force-directed layout."
    return degree_rings(in_degree), (
        f"Rings by in-degree, hubs in the middle: of {len(in_degree):,} nodes no force-directed layout was at hand."
    )
