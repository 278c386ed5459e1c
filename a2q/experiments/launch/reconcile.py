"""Finding runs whose worker is gone, so that none stays "running" for ever."""

import time

from a2q.experiments.logs import log_tail
from a2q.experiments.store.run import Run
from a2q.experiments.store.run_store import RunStore
from a2q.experiments.store.schema import State
from a2q.faults import fault_in_words

# A worker beats four times a second; on another machine, this many silent seconds mean it is gone.
SILENT_SECONDS = 30.0
# From claiming a run to the worker's first sign of life: importing torch on a busy machine takes seconds.
START_SECONDS = 60.0


def reconcile(store: RunStore) -> list[Run]:
    """Mark running runs whose process has ended as interrupted, with the reason; returns those runs.

    One that somebody asked to end has what was asked for: it is marked cancelled. On this machine the process
    itself is looked at (its id together with its start time; a zombie counts as ended); a worker elsewhere is
    judged by its heartbeat.
    """
    lost = []
    for run in store.list(states=(State.RUNNING,)):
        reason = _loss(run)
        if reason and store.lose(run, reason, log_tail(run.id)):
            lost.append(store.get(run.id))
    return lost


def _loss(run: Run) -> str | None:
    silent = time.time() - (run.heartbeat or run.created)
    if run.process is None:
        return "The worker process did not start; resume the run to try again." if silent > START_SECONDS else None
    if run.process.is_here:
        if run.process.is_alive:
            return None
        # Only what ended it: warnings of a fault that passed stand before.
        _, ended, last = log_tail(run.id).rpartition("Traceback (most recent call last)")
        told = fault_in_words(last) if ended else None
        if told is not None:
            return f"The worker ended early. {told} Resume the run to go on from its last checkpoint."
        return (
            f"The worker process {run.process.pid} ended without a word (killed, or out of memory); "
            "resume the run to go on from its last checkpoint."
        )
    if silent > SILENT_SECONDS:
        return (
            f"The worker on {run.process.machine} has been silent for {silent:.0f} seconds; "
            "resume the run to go on from its last checkpoint."
        )
    return None
