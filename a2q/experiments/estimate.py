"""How long a run will take and how much memory it will need, from what this machine has done before.

Three sources, the best that there is: finished runs of the same dataset, model and method on this machine; other
finished runs on this machine, scaled by the work of an epoch; a few epochs of two tiny runs, timed now, through which
a line is drawn. Nothing is assumed about the machine.
"""

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from a2q.datasets import DatasetConfig, known_card, load
from a2q.experiments.presets import preset
from a2q.experiments.process import identify
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.experiments.store.run import Run
from a2q.experiments.store.schema import State
from a2q.graph import prepare
from a2q.layers import LAYERS
from a2q.training import Trainer


@dataclass(frozen=True)
class Work:
    """What an epoch of a run goes through.

    Attributes:
        nodes, edges: of the graph, or of all graphs together.
        widths: features of a node before, between and after the layers.
    """

    nodes: float
    edges: float
    widths: tuple[int, ...]

    @property
    def values(self) -> float:
        """Values of all activations."""
        return self.nodes * sum(self.widths)

    @property
    def moved(self) -> float:
        """Values that enter and leave the layers, plus those that pass the edges."""
        return sum(self.nodes * (into + out) + self.edges * out for into, out in itertools.pairwise(self.widths))


def work_of(config: RunConfig) -> Work | None:
    """The work of an epoch; None where the dataset's size is not known before it is read."""
    found = known_card(config.dataset.name)
    if found is None:
        return None
    hidden = LAYERS[config.model.name].hidden_width(config.model)
    between = [hidden] * (config.model.layers - 1)
    if found.name == "generated-citations":
        nodes = config.dataset.option("nodes")
        # Measured: 4.1 edges a node at 300 nodes, 4.4 from 2,708 on.
        return Work(nodes, 4.4 * nodes, (1433, *between, 7))
    times = found.graphs or 1
    nodes_each, edges_each = (
        (found.nodes, found.edges) if found.graphs is None else (found.mean_nodes, found.mean_edges)
    )
    features = found.features or found.types
    if not (nodes_each and edges_each and features):
        return None
    return Work(times * nodes_each, times * edges_each, (features, *between, found.classes or 1))


MOST_PAST = 5
TIMED_NODES = (200, 1500)
TIMED_EPOCHS = 4
# A value of an activation is kept for the backward pass, quantized, and has a gradient, twice over in Adam's sums.
BYTES_PER_VALUE = 4 * 12


@dataclass(frozen=True)
class Estimate:
    """What one run will cost.

    Attributes:
        seconds: from start to end.
        mib: most memory of its process, MiB; None where nothing is known.
        basis: where the figures come from, as a sentence.
    """

    seconds: float
    mib: float | None
    basis: str


@dataclass(frozen=True)
class Timing:
    """Seconds that an epoch took here in which so many values moved (:attr:`a2q.experiments.estimate.Work.moved`)."""

    moved: float
    seconds: float


def estimate(config: RunConfig, past: Sequence[Run], timings: Sequence[Timing] = ()) -> Estimate | None:
    """The cost of a run, or None where nothing that was done here tells.

    Args:
        config: the run.
        past: runs to go by, newest first; those that did not finish on this machine are passed over.
        timings: from :func:`timed_here`, for a machine that has finished no run yet.
    """
    machine = identify().machine
    here = [run for run in past if run.state == State.FINISHED and run.process and run.process.machine == machine]
    alike = [run for run in here if _kind(run.config) == _kind(config)][:MOST_PAST]
    if alike:
        basis = f"measured on this machine: {len(alike)} earlier run{'s' if len(alike) > 1 else ''} of this kind"
        return _from_runs(config, alike, basis)
    work = work_of(config)
    if work is None:
        return None
    known = [run for run in here if work_of(run.config) is not None]
    if known:
        nearest = min(known, key=lambda run: abs(_ratio(config, run.config) - 1))
        return _from_runs(
            config, [nearest], f"scaled from run {nearest.id} ({nearest.title}) on this machine by the size of an epoch"
        )
    return _from_timings(config, work, timings) if timings else None


def timed_here() -> list[Timing]:
    """Time a few epochs of two small generated graphs in this process; takes about a second."""
    found = []
    for nodes in TIMED_NODES:
        config = change(
            preset("a2q", DatasetConfig(name="generated-citations", nodes=nodes)),
            ["training.warm_start=false", "training.distillation=0"],
        )
        trainer = Trainer(prepare(load(config.dataset).data), config)
        # The first epoch calibrates.
        seconds = [trainer.run_epoch().seconds for _ in range(TIMED_EPOCHS)][1:]
        work = work_of(config)
        if work is not None:
            found.append(Timing(work.moved, min(seconds)))
    return found


def _from_runs(config: RunConfig, runs: Sequence[Run], basis: str) -> Estimate:
    epochs = config.training.epochs
    peaks = [run.summary["peak_memory_mib"] for run in runs if run.summary and run.summary.get("peak_memory_mib")]
    totals = []
    for run in runs:
        trained, seconds = run.config.training.epochs, (run.summary or {})["seconds_per_epoch"]
        # Starting, measuring and, with a warm start, an FP32 training of as many epochs.
        rest = max((run.ended or 0.0) - (run.started or 0.0) - seconds * trained, 0.0)
        per_epoch = seconds * _ratio(config, run.config)
        if run.config.training.warm_start == config.training.warm_start:
            rest *= epochs / trained if config.training.warm_start else 1.0
        else:
            rest = max(rest - seconds * trained, 0.0) if run.config.training.warm_start else rest + per_epoch * epochs
        totals.append(per_epoch * epochs + rest)
    mib = statistics.median(peaks) if peaks else None
    if mib is not None:
        mib += max(0.0, _values(config) - _values(runs[0].config)) * BYTES_PER_VALUE / 2**20
    return Estimate(statistics.median(totals), mib, basis)


def _from_timings(config: RunConfig, work: Work, timings: Sequence[Timing]) -> Estimate:
    first, last = timings[0], timings[-1]
    slope = max(0.0, (last.seconds - first.seconds) / (last.moved - first.moved))
    per_epoch = first.seconds + slope * max(0.0, work.moved - first.moved)
    trainings = 2 if config.training.warm_start else 1
    # This process has the same libraries loaded as a worker.
    mib = psutil.Process().memory_info().rss / 2**20 + work.values * BYTES_PER_VALUE / 2**20
    return Estimate(
        per_epoch * config.training.epochs * trainings,
        mib,
        "rough: scaled from a few epochs timed on this machine just now; a worker's start comes on top",
    )


def _kind(config: RunConfig) -> tuple[object, ...]:
    return (
        config.dataset.name,
        config.dataset.option("nodes"),
        config.model.name,
        config.method,
        config.training.warm_start,
    )


def _ratio(config: RunConfig, other: RunConfig) -> float:
    ours, theirs = work_of(config), work_of(other)
    return ours.moved / theirs.moved if ours and theirs else 1.0


def _values(config: RunConfig) -> float:
    work = work_of(config)
    return work.values if work else 0.0
