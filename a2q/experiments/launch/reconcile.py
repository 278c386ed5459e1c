"""Finding runs whose worker is gone, so that none stays "running" for ever."""

import time

from a2q.experiments.logs import log_tail
from a2q.experiments.store.loss import CONFIRM_SECONDS, is_doubtful, loss
from a2q.experiments.store.run import Run
from a2q.experiments.store.run_store import RunStore
from a2q.experiments.store.schema import State

# A worker that is asked to end does so within two seconds. One that does not, because it is stopped or stuck, is told
# by SIGTERM, then killed.
TERMINATE_SECONDS = 5.0
KILL_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 0.3


def reconcile(store: RunStore) -> list[Run]:
    """Mark running runs whose process has ended as interrupted, with the reason; returns those runs.

    One that somebody asked to end has what was asked for: it is marked cancelled. Where its worker on this machine
    goes on all the same, it is told to end, and killed ten seconds after this store first saw the request.
    """
    if store.read_only:
        return []
    lost = []
    running, unreadable = store.newest(states=(State.RUNNING,))
    for damaged in unreadable:
        worker = store.worker_of(damaged.id)
        if worker is not None and worker.is_here and not worker.is_alive:
            # It stays unreadable, but holds no slot any more.
            store.release(damaged.id, damaged.why)
    store.watch.forget_all_but({run.id for run in running})
    for run in running:
        reason = loss(run, store.watch)
        if reason is None:
            _insist(store, run)
        elif store.lose(run, reason, log_tail(run.id)):
            lost.append(store.get(run.id))
    return lost


def settle(store: RunStore) -> None:
    """Look until it is known of every silent worker elsewhere whether it is gone: some ten seconds, and none at all
    where no worker is silent."""
    first: dict[str, float | None] = {}
    end = time.monotonic() + CONFIRM_SECONDS + LOOK_AGAIN_SECONDS
    while any(
        is_doubtful(run) and first.setdefault(run.id, run.heartbeat) == run.heartbeat
        for run in store.list(states=(State.RUNNING,))
    ):
        reconcile(store)
        if time.monotonic() > end:
            return
        time.sleep(LOOK_AGAIN_SECONDS)


def _insist(store: RunStore, run: Run) -> None:
    asked = store.watch.unchanged(run.id, "cancel", run.cancel_requested)
    if not run.cancel_requested or run.process is None or not run.process.is_here:
        return
    if asked > KILL_SECONDS:
        run.process.kill()
    elif asked > TERMINATE_SECONDS:
        run.process.terminate()
