"""The unit of work: one process, one run. ``python -m a2q.experiments.worker RUN_ID``"""

import logging
import os
import platform
import signal
import sys
import time
import traceback
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np
import torch

from a2q.datasets import DatasetError
from a2q.experiments.checkpoint import DamagedCheckpointError, checked, with_digest
from a2q.experiments.given_bits import give_bits
from a2q.experiments.launch.dispatch import dispatch_next
from a2q.experiments.launch.local import claim_slot
from a2q.experiments.lifeline import Lifeline, Stop
from a2q.experiments.logs import LOG_CHARACTERS, room_for_last_words
from a2q.experiments.problem import problem
from a2q.experiments.process import ProcessIdentity, identify
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.history import CHECKPOINT
from a2q.experiments.store.run import Run
from a2q.experiments.store.run_store import RunStore
from a2q.experiments.store.schema import State
from a2q.faults import machine_fault
from a2q.reports import measure_nodes, summarize
from a2q.reports.input_samples import measure_samples
from a2q.reports.network_record import measure_nonzeros
from a2q.reports.tensors import EDGES, edge_array, measure_tensors
from a2q.tasks import NodeTask
from a2q.training import EpochMetrics, Trainer, TrainingDivergedError
from a2q.version import VERSION

MOST_SNAPSHOTS = 32


def snapshot_epochs(epochs: int) -> set[int]:
    """At most 32 epochs from 1 to ``epochs``, dense at the start, where bits move most."""
    return {int(epoch) for epoch in np.unique(np.geomspace(1, epochs, MOST_SNAPSHOTS).round())}


def versions() -> dict[str, str]:
    """Versions of A²Q Studio, Python, the libraries that decide numbers, and the operating system."""
    packages = ("torch", "torch_geometric", "numpy", "scipy")
    return {"a2q": VERSION, "python": platform.python_version(), "system": platform.platform()} | {
        package: version(package) for package in packages
    }


NICENESS = 10
FLUSH_SECONDS = 0.5
CHECKPOINT_SECONDS = 2.0
# For so long a worker waits for a run store that is locked, or whose server restarts.
PATIENCE_SECONDS = 300.0
LOCK_SECONDS = 5.0
# Two OpenMP threads on two busy cores were measured 30 times slower per epoch than one; more threads only
# pay where each product is large.
NODES_FOR_THREADS = 100_000

_START_OVER = "Start the run over by `a2q resume {run} --start-over`, or by Start over on the page Train."

_log = logging.getLogger("a2q.worker")


def main(run_id: str) -> int:
    """Do one run from its stored config to its stored report; returns the process's exit code.

    It is 1 where there was nothing to do: no such run, or one that has ended, has another worker, or must
    wait for a free slot.
    """
    try:
        with room_for_last_words(run_id), RunStore(patience=PATIENCE_SECONDS) as store:
            return _main(store, store.get(run_id))
    except RunError as error:
        _log.error("%s", error)
        return 1


def _main(store: RunStore, run: Run) -> int:
    process = identify()
    if run.state == State.QUEUED:
        claim_slot(store, run.id)
    mine = store.assign_process(run.id, process, versions=versions(), heartbeat=time.time())
    if mine:
        _do(store, run, process)
    else:
        _log.error("Run %s is %s or has another worker; nothing to do.", run.id, store.get(run.id).state)
    dispatch_next(store)
    return 0 if mine else 1


def _do(store: RunStore, run: Run, process: ProcessIdentity) -> None:
    """Do the work and say how it ended."""
    try:
        # Beats are not worth waiting for: the next one tells more.
        with RunStore(store.url, lock_seconds=LOCK_SECONDS) as beats, Lifeline(beats, run.id, process) as lifeline:
            signal.signal(signal.SIGTERM, lambda *_: lifeline.stop(State.INTERRUPTED))
            _work(store, run, lifeline, process)
        return
    except Stop as stop:
        end: dict[str, Any] = {"state": stop.state, "reason": stop.reason}
    except (DatasetError, TrainingDivergedError, ValueError) as error:
        end = _failure(str(error))
    except Exception as error:
        end = _failure(
            machine_fault(error)
            or f"The worker met an unexpected error ({type(error).__name__}: {error}); the log below has the details."
        )
    store.close_run(run.id, by=process, **end)


def _failure(reason: str) -> dict[str, Any]:
    return {"state": State.FAILED, "reason": reason, "log": traceback.format_exc()[-LOG_CHARACTERS:]}


def _work(store: RunStore, run: Run, lifeline: Lifeline, process: ProcessIdentity) -> None:
    def show(fraction: float, stage: str) -> None:
        lifeline.check()
        lifeline.progress = (0.0, f"{stage} ({fraction:.0%})")

    lifeline.progress = (0.0, f"Loading {run.config.dataset.name}")
    found = problem(run.config, show)
    torch.set_num_threads(1 if found.nodes < NODES_FOR_THREADS else max(1, (os.cpu_count() or 1) - 1))
    trainer = Trainer(found.task, run.config)
    seconds = _take_up(store, run, trainer)
    if trainer.epoch == 0:
        give_bits(store, run, trainer)
    store.note(run.id, by=process, source=found.source)
    store.put(run.id, found.facts)
    if isinstance(found.task, NodeTask):
        # A page can draw the graph from the start; test graphs are known to be measured at the end only.
        store.put(run.id, {EDGES: edge_array(found.task)})
    _warm_up(store, run, trainer, lifeline)
    _train(store, run, trainer, lifeline, seconds)
    lifeline.progress = (1.0, "Measuring every node")
    summary, arrays = summarize(trainer, seconds)
    arrays |= measure_tensors(trainer.model, trainer.task)
    if summary.network is not None:
        arrays |= measure_nonzeros(trainer.model, trainer.task, summary.network.maps)
    if isinstance(trainer.task, NodeTask):
        arrays |= measure_samples(trainer.model, trainer.task)
    else:
        arrays |= {EDGES: edge_array(trainer.task)}
    # In one step: a page never meets bits of one epoch beside a sample of another.
    store.put(run.id, arrays)
    lifeline.check()
    store.finish(run.id, asdict(summary), by=process)


def _take_up(store: RunStore, run: Run, trainer: Trainer) -> list[float]:
    """Go on from the last checkpoint if there is one; returns the seconds of the epochs already done."""
    checkpoint = store.payload(run.id, CHECKPOINT)
    if checkpoint is not None:
        try:
            trainer.resume(checked(checkpoint))
        except DamagedCheckpointError as error:
            raise ValueError(f"The checkpoint of run {run.id} is damaged. {_START_OVER.format(run=run.id)}") from error
        except Exception as error:
            if machine_fault(error) is not None:
                raise
            raise ValueError(
                f"The checkpoint of run {run.id} was written by another version of A²Q Studio and cannot be taken up. "
                f"{_START_OVER.format(run=run.id)}"
            ) from error
    store.forget_epochs(run.id, after=trainer.epoch)
    return [metrics.seconds for metrics in store.epochs(run.id)]


def _warm_up(store: RunStore, run: Run, trainer: Trainer, lifeline: Lifeline) -> None:
    """Train the FP32 network that a quantized one starts from, where the settings ask for it and no checkpoint
    has it already."""
    share = None
    for share in trainer.warm_up():
        lifeline.check()
        lifeline.progress = (0.0, f"Training the FP32 network it starts from ({share:.0%})")
    if share is not None:
        # It takes as long as the quantized network; a run that is stopped from here on need not train it again.
        store.put_payloads(run.id, {CHECKPOINT: with_digest(trainer.checkpoint())})


def _train(store: RunStore, run: Run, trainer: Trainer, lifeline: Lifeline, seconds: list[float]) -> None:
    epochs = run.config.training.epochs
    snapshots = snapshot_epochs(epochs)
    unsaved: list[EpochMetrics] = []
    flushed = saved = time.monotonic()

    def flush() -> None:
        store.add_epochs(run.id, unsaved)
        unsaved.clear()

    def save() -> None:
        # History first: whatever lies beyond the checkpoint is forgotten and trained again, a gap before it stays.
        flush()
        store.put_payloads(run.id, {CHECKPOINT: with_digest(trainer.checkpoint())})

    try:
        while not trainer.finished:
            lifeline.check()
            metrics = trainer.run_epoch()
            unsaved.append(metrics)
            seconds.append(metrics.seconds)
            lifeline.progress = (metrics.epoch / epochs, f"Training, epoch {metrics.epoch} of {epochs}")
            if metrics.epoch in snapshots:
                _snapshot(store, run, trainer)
            now = time.monotonic()
            if now - saved > CHECKPOINT_SECONDS:
                save()
                flushed = saved = now
            elif now - flushed > FLUSH_SECONDS:
                flush()
                flushed = now
    except Stop:
        save()
        raise
    except TrainingDivergedError:
        # The network is spoilt: the last checkpoint stays, the history shows how it came to this.
        flush()
        raise
    save()


def _snapshot(store: RunStore, run: Run, trainer: Trainer) -> None:
    if not isinstance(trainer.task, NodeTask):
        # A pass over all test graphs is too dear to be taken dozens of times.
        return
    arrays, samples = measure_nodes(trainer.model, trainer.task), measure_samples(trainer.model, trainer.task)
    store.put(run.id, arrays | samples)
    bits = {name: values for name, values in arrays.items() if name.endswith("/bits")}
    store.put(run.id, bits | samples, epoch=trainer.epoch)


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    if hasattr(os, "nice"):
        # Pages stay quick while runs train. A worker started by a worker has this niceness already.
        os.nice(max(0, NICENESS - os.nice(0)))
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m a2q.experiments.worker RUN_ID")
    sys.exit(main(sys.argv[1]))
