"""The embedded launcher: detached worker processes on this machine."""

import contextlib
import os
import subprocess
import sys
import threading

import psutil

from a2q.experiments.logs import ANEW, log_path
from a2q.experiments.process import identify, this_host
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.run_store import RunStore
from a2q.experiments.store.schema import State
from a2q.jobs import process_environment


def slots() -> int:
    """How many local workers may run at once: $A2Q_WORKERS, by default all cores but one.

    Raises:
        RunError: $A2Q_WORKERS is not a whole number of 1 or more.
    """
    given = os.environ.get("A2Q_WORKERS")
    if given is None:
        return max(1, (os.cpu_count() or 1) - 1)
    if not given.isdecimal() or int(given) < 1:
        raise RunError(f"A2Q_WORKERS is {given!r}; it must be a whole number of 1 or more.")
    return int(given)


def start_queued(store: RunStore) -> None:
    """Start a worker for each queued run, oldest first, while slots of this machine are free."""
    if not _free_slots(store):
        return
    for run in store.queue():
        if claim_slot(store, run.id):
            start_process(store, run.id)
        elif not _free_slots(store):
            return


def claim_slot(store: RunStore, run_id: str) -> bool:
    """Take a queued run to work on it in a free slot of this machine; False when somebody else has it, or all
    slots are taken."""
    host = this_host()
    return any(store.claim(run_id, host, slot) for slot in _free_slots(store))


def _free_slots(store: RunStore) -> list[int]:
    return sorted(set(range(slots())) - store.taken_slots(this_host()))


def start_process(store: RunStore, run_id: str, environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start ``python -m a2q.experiments.worker RUN_ID`` in a session of its own, so that it outlives its parent.

    Raises:
        RunError: it cannot be started; the run is marked interrupted.
    """
    path = log_path(run_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as log:
            if log.tell():
                log.write(ANEW.encode())
                log.flush()
            process = subprocess.Popen(
                [sys.executable, "-m", "a2q.experiments.worker", run_id],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=worker_environment(store) | (environment or {}),
            )
    except OSError as error:
        reason = f"The worker process could not be started ({error}); resume the run to try again."
        store.close_run(run_id, State.INTERRUPTED, reason=reason)
        raise RunError(f"Run {run_id}: {reason}") from error
    # It may have ended already; its own last word or reconcile() tells how.
    with contextlib.suppress(psutil.NoSuchProcess):
        store.assign_process(run_id, identify(process.pid))
    # Waiting in the background leaves no zombie behind while this process lives.
    threading.Thread(target=process.wait, name=f"wait-{run_id}", daemon=True).start()
    return process


def worker_environment(store: RunStore) -> dict[str, str]:
    """Environment of a worker: the same store, the same code, one OpenMP thread until it knows the graph."""
    return process_environment() | {"A2Q_DATABASE_URL": store.url}
