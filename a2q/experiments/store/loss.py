"""Whether the worker of a running run is gone."""

import time

from a2q.experiments.logs import ANEW, log_tail
from a2q.experiments.store.run import Run
from a2q.experiments.store.watch import Watch
from a2q.faults import fault_in_words

# A worker beats four times a second; on another machine, this many silent seconds mean it is gone.
SILENT_SECONDS = 30.0
# From claiming a run to the worker's first sign of life: importing torch on a busy machine takes seconds.
START_SECONDS = 60.0
# Clocks of two machines may differ, and be set: what they tell counts when no beat came for so long.
CONFIRM_SECONDS = 10.0


def loss(run: Run, watch: Watch) -> str | None:
    """Why a running run has no worker any more, as a sentence; None while it has one.

    On this machine the process itself is looked at (its id together with its start time; a zombie counts as ended). A
    worker elsewhere is judged by its heartbeat: it is gone when that did not change for 30 s while ``watch`` looked,
    or for 10 s and is more than 30 s away from this machine's time.
    """
    process = run.process
    if process is not None and process.is_here:
        return None if process.is_alive else _ended(run)
    silent = _silent(run, watch, START_SECONDS if process is None else SILENT_SECONDS)
    if silent is None:
        return None
    if process is None:
        return "The worker process did not start; resume the run to try again."
    return (
        f"The worker on {process.machine} has been silent for {silent:.0f} seconds; "
        "resume the run to go on from its last checkpoint."
    )


def is_doubtful(run: Run) -> bool:
    """Whether the times of a run speak against its worker, so that one look does not tell whether it is there."""
    process = run.process
    if process is not None and process.is_here:
        return False
    return abs(_age(run)) > (START_SECONDS if process is None else SILENT_SECONDS)


def _silent(run: Run, watch: Watch, most: float) -> float | None:
    """Seconds without a beat where that is too long, else None."""
    seen = watch.unchanged(run.id, "heartbeat", run.heartbeat)
    if seen > most:
        return seen
    told = _age(run)
    return max(seen, told) if abs(told) > most and seen > CONFIRM_SECONDS else None


def _age(run: Run) -> float:
    return time.time() - (run.heartbeat or run.created)


def _ended(run: Run) -> str:
    if run.cancel_requested:
        return "Cancelled; the worker had to be ended. Resume the run to go on from its last checkpoint."
    # Only what ended it: warnings of a fault that passed stand before, and the end of an earlier worker.
    _, ended, last = log_tail(run.id).rpartition(ANEW)[2].rpartition("Traceback (most recent call last)")
    told = fault_in_words(last) if ended else None
    if told is not None:
        return f"The worker ended early. {told} Resume the run to go on from its last checkpoint."
    return (
        f"The worker process {run.process.pid if run.process else ''} ended without a word (killed, or out of memory); "
        "resume the run to go on from its last checkpoint."
    )
