"""The Dask launcher: the same worker process, started on a machine of the cluster in $A2Q_SCHEDULER."""

from typing import Any

from a2q.experiments.process import this_host
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.run_store import RunStore

# A scheduler that was restarted has forgotten its tasks: a run still queued after this long is handed over
# again. That is harmless, since whichever task comes first claims the run and the other finds it taken.
SUBMIT_AGAIN_SECONDS = 60.0
CONNECT_SECONDS = 5.0


def submit_queued(store: RunStore, address: str) -> None:
    """Hand every queued run to the Dask scheduler at ``address``.

    Raises:
        RunError: the ``distributed`` package is missing or the scheduler cannot be reached. Runs stay
            queued; nothing falls back to this machine silently.
    """
    waiting = [run for run in store.queue() if store.mark_submitted(run.id, f"dask {address}", SUBMIT_AGAIN_SECONDS)]
    if not waiting:
        return
    try:
        with _client(address) as client:
            from distributed import fire_and_forget

            for run in waiting:
                # One key per attempt: the scheduler knows a run handed over twice, and takes a resumed one.
                key = f"a2q-{run.id}-{run.started or 0}"
                fire_and_forget(client.submit(work, store.url, run.id, address, key=key, pure=False))
    except Exception:
        for run in waiting:
            store.withdraw(run.id)
        raise


def work(url: str, run_id: str, address: str) -> str:
    """What a Dask worker does: claim the run and watch the same worker process until it ends."""
    from a2q.experiments.launch.local import start_process
    from a2q.experiments.launch.reconcile import reconcile

    with RunStore(url) as store:
        if not store.claim(run_id, this_host(), slot=None):
            return "taken"
        start_process(store, run_id, {"A2Q_SCHEDULER": address}).wait()
        reconcile(store)
        return str(store.get(run_id).state)


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise RunError(
            "A2Q_SCHEDULER is set but the package distributed is not installed; "
            "run `pip install distributed` (the extra cluster), or unset A2Q_SCHEDULER."
        ) from error
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise RunError(
            f"No Dask scheduler answers at {address}; start it, or unset A2Q_SCHEDULER to train on this machine. "
            "Queued runs wait."
        ) from error
