"""Ending a run whose worker may not answer: it is asked, told, and killed at last."""

import contextlib
import time
from collections.abc import Callable

from sqlalchemy.exc import OperationalError

from a2q.experiments.process import ProcessIdentity
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.run import Run
from a2q.experiments.store.run_store import RunStore
from a2q.faults import is_locked

# A worker that was stopped in the middle of a write holds the store: nobody waits for it as long as for one that works.
LOCK_SECONDS = 3.0
# To save a checkpoint after SIGTERM, and to be gone after SIGKILL.
TERM_SECONDS = 3.0
KILLED_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.05


def cancel(store: RunStore, run_id: str) -> Run:
    """Ask for the end of a run, as :meth:`RunStore.cancel`; a worker that holds the store locked is not waited for.

    A worker that does not answer is ended by :func:`~a2q.experiments.launch.reconcile.reconcile`, whoever calls it.

    Raises:
        RunError: the run has ended already.
        OperationalError: something else than the run's worker holds the store locked.
    """
    worker = store.worker_of(run_id)
    with RunStore(store.url, store.read_only, lock_seconds=LOCK_SECONDS) as impatient:
        if not _insisting(worker, lambda: impatient.cancel(run_id)):
            # Told to end, it may have noted so itself.
            with contextlib.suppress(RunError):
                impatient.cancel(run_id)
        return impatient.get(run_id)


def release(store: RunStore, run_id: str) -> str:
    """Take a running run from a worker that does not answer, end that worker where it is on this machine, and free its
    slot; the run is interrupted and can be resumed. Returns what became of the worker, as a sentence.

    Raises:
        RunError: the run is not running.
        OperationalError: something else than the run's worker holds the store locked.
    """
    worker = store.worker_of(run_id)
    reason = "Released from its worker; resume the run to go on from its last checkpoint."

    with RunStore(store.url, store.read_only, lock_seconds=LOCK_SECONDS) as impatient:

        def take() -> None:
            if not impatient.release(run_id, reason):
                raise RunError(f"Run {run_id} is not running; only a running run can be released.")

        if not _insisting(worker, take):
            impatient.release(run_id, reason)
    if worker is None:
        return "It had no worker."
    if not worker.is_here:
        return f"Its worker on {worker.machine} ends as soon as it looks up."
    if not worker.is_alive or _end(worker):
        return f"Its worker process {worker.pid} has ended."
    return f"Its worker process {worker.pid} cannot be ended from here; it ends as soon as it looks up."


def _insisting(worker: ProcessIdentity | None, change: Callable[[], object]) -> bool:
    """Make a change that the run's own worker may be in the way of; False where that had to be ended, and the change is
    still to be made."""
    # One that was stopped in the middle of a write ends the write and can do what it is asked for.
    for tell in (ProcessIdentity.resume, _end):
        try:
            change()
            return True
        except OperationalError as error:
            if not is_locked(error) or worker is None or not worker.is_here or not worker.is_alive:
                raise
            tell(worker)
    return False


def _end(worker: ProcessIdentity) -> bool:
    """End a process of this machine by SIGTERM, then by SIGKILL; returns whether it is gone."""
    for tell, seconds in ((worker.terminate, TERM_SECONDS), (worker.kill, KILLED_SECONDS)):
        tell()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not worker.is_alive:
                return True
            time.sleep(LOOK_AGAIN_SECONDS)
    return not worker.is_alive
