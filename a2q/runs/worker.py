"""The unit of work: one process, one run. ``python -m a2q.runs.worker RUN_ID``"""

import logging
import os
import signal
import sys
import time
import traceback
from dataclasses import asdict

import torch

from a2q.graph import prepare
from a2q.reports import measure_nodes, report
from a2q.runs.dispatch import dispatch
from a2q.runs.errors import RunError
from a2q.runs.lifeline import Lifeline, Stop
from a2q.runs.process import identify, this_host
from a2q.runs.record import Run
from a2q.runs.schema import State
from a2q.runs.snapshots import snapshot_epochs
from a2q.runs.store import CHECKPOINT, RunStore
from a2q.runs.versions import versions
from a2q.training import EpochMetrics, Trainer, TrainingDivergedError
from data import DatasetError, load

FLUSH_SECONDS = 0.5
CHECKPOINT_SECONDS = 2.0
LOG_CHARACTERS = 4_000
# Two OpenMP threads on two busy cores were measured 30 times slower per epoch than one; more threads only
# pay where each product is large.
NODES_FOR_THREADS = 100_000

_log = logging.getLogger("a2q.worker")


def main(run_id: str) -> int:
    """Do one run from its stored config to its stored report; returns the process's exit code."""
    store = RunStore()
    run = store.get(run_id)
    if run.state == State.QUEUED:
        store.claim(run.id, this_host(), slot=None)
    if not store.own(run.id, identify(), versions=versions()):
        _log.error("Run %s is %s or has another worker; nothing to do.", run.id, store.get(run.id).state)
        return 1
    lifeline = Lifeline(store, run.id)
    signal.signal(signal.SIGTERM, lambda *_: lifeline.stop(State.INTERRUPTED))
    try:
        with lifeline:
            _work(store, run, lifeline)
    except Stop as stop:
        store.close_run(run.id, stop.state, reason=stop.reason)
    except (DatasetError, TrainingDivergedError, ValueError) as error:
        store.close_run(run.id, State.FAILED, reason=str(error), log=traceback.format_exc()[-LOG_CHARACTERS:])
    except MemoryError:
        reason = "The machine ran out of memory; choose a smaller graph or hidden width."
        store.close_run(run.id, State.FAILED, reason=reason, log=traceback.format_exc()[-LOG_CHARACTERS:])
    except Exception as error:
        reason = f"The worker met an unexpected error ({type(error).__name__}: {error}); the log below has the details."
        store.close_run(run.id, State.FAILED, reason=reason, log=traceback.format_exc()[-LOG_CHARACTERS:])
    finally:
        dispatch_next(store)
    return 0


def dispatch_next(store: RunStore) -> None:
    """Start what waits for the slot that just became free."""
    try:
        dispatch(store)
    except RunError as error:
        _log.warning("%s", error)


def _work(store: RunStore, run: Run, lifeline: Lifeline) -> None:
    def show(fraction: float, stage: str) -> None:
        lifeline.check()
        lifeline.progress = (0.0, f"{stage} ({fraction:.0%})")

    lifeline.progress = (0.0, f"Loading {run.config.dataset.name}")
    dataset = load(run.config.dataset, show)
    torch.set_num_threads(1 if dataset.num_nodes < NODES_FOR_THREADS else max(1, (os.cpu_count() or 1) - 1))
    trainer = Trainer(prepare(dataset.data), run.config)
    seconds = _take_up(store, run, trainer)
    store.note(run.id, source=dataset.source)
    _train(store, run, trainer, lifeline, seconds)
    lifeline.progress = (1.0, "Measuring every node")
    summary, arrays = report(trainer, seconds)
    store.put(run.id, arrays)
    lifeline.check()
    store.finish(run.id, asdict(summary))


def _take_up(store: RunStore, run: Run, trainer: Trainer) -> list[float]:
    """Go on from the last checkpoint if there is one; returns the seconds of the epochs already done."""
    checkpoint = store.payload(run.id, CHECKPOINT)
    if checkpoint is not None:
        trainer.resume(checkpoint)
    store.forget_epochs(run.id, after=trainer.epoch)
    return [metrics.seconds for metrics in store.epochs(run.id)]


def _train(store: RunStore, run: Run, trainer: Trainer, lifeline: Lifeline, seconds: list[float]) -> None:
    epochs = run.config.training.epochs
    snapshots = snapshot_epochs(epochs)
    unsaved: list[EpochMetrics] = []
    flushed = saved = 0.0
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
            if now - flushed > FLUSH_SECONDS:
                store.add_epochs(run.id, unsaved)
                unsaved.clear()
                flushed = now
            if now - saved > CHECKPOINT_SECONDS:
                store.put_payloads(run.id, {CHECKPOINT: trainer.checkpoint()})
                saved = now
    finally:
        store.add_epochs(run.id, unsaved)
        store.put_payloads(run.id, {CHECKPOINT: trainer.checkpoint()})


def _snapshot(store: RunStore, run: Run, trainer: Trainer) -> None:
    arrays = measure_nodes(trainer.model, trainer.graph)
    store.put(run.id, arrays)
    bits = {name: values for name, values in arrays.items() if name.endswith("/bits")}
    store.put(run.id, bits, epoch=trainer.epoch)


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    if hasattr(os, "nice"):
        os.nice(10)  # Pages stay quick while runs train.
    sys.exit(main(sys.argv[1]))
