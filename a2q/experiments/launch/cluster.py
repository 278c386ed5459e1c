"""The Dask launcher: the same worker process, started on a machine of the cluster in $A2Q_SCHEDULER."""

import os
import queue
import socket
import threading
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from a2q.experiments.process import this_host
from a2q.experiments.store.database import without_secrets
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.run_store import RunStore

# A scheduler that was restarted has forgotten its tasks: a run still queued after this long is handed over
# again. That is harmless, since whichever task comes first claims the run and the other finds it taken.
SUBMIT_AGAIN_SECONDS = 60.0
CONNECT_SECONDS = 5.0
_SCHEMES = ("tcp", "tls", "ws", "wss")


def submit_queued(store: RunStore, address: str) -> None:
    """Hand every queued run to the Dask scheduler at ``address``.

    Raises:
        RunError: the ``distributed`` package is missing or the scheduler cannot be reached. Runs stay
            queued; nothing falls back to this machine silently.
    """
    waiting = [run for run in store.queue() if store.mark_submitted(run.id, f"dask {address}", SUBMIT_AGAIN_SECONDS)]
    if not waiting:
        return
    # Any client of the scheduler can read what a task is given.
    public = without_secrets(store.url)
    try:
        with _client(address) as client:
            from distributed import fire_and_forget

            for run in waiting:
                # One key per attempt: the scheduler knows a run handed over twice, and takes a resumed one.
                key = f"a2q-{run.id}-{run.started or 0}"
                fire_and_forget(client.submit(work, public, run.id, address, key=key, pure=False))
    except Exception:
        for run in waiting:
            store.withdraw(run.id)
        raise


def work(url: str, run_id: str, address: str) -> str:
    """What a Dask worker does: claim the run and watch the same worker process until it ends.

    Args:
        url: of the run store, without its password; $A2Q_DATABASE_URL of the Dask worker goes before.
        run_id: the whole id.
        address: of the scheduler.

    Raises:
        RunError: the store cannot be opened from here.
    """
    from a2q.experiments.launch.local import start_process
    from a2q.experiments.launch.reconcile import reconcile

    try:
        store = RunStore(os.environ.get("A2Q_DATABASE_URL") or url)
    except RunError as error:
        raise RunError(
            f"{error} Dask workers are given no password: set A2Q_DATABASE_URL, or the variables and files of the "
            "database's own client (as PGPASSWORD), where they are started."
        ) from error
    with store:
        if not store.claim(run_id, this_host(), slot=None):
            return "taken"
        start_process(store, run_id, {"A2Q_SCHEDULER": address}).wait()
        reconcile(store)
        return str(store.get(run_id).state)


def _client(address: str) -> Any:
    if find_spec("distributed") is None:
        raise RunError(
            "A2Q_SCHEDULER is set but the package distributed is not installed; "
            "run `pip install distributed` (the extra cluster), or unset A2Q_SCHEDULER."
        )
    # Dask itself tries for a minute and more, and for ever where something else listens.
    if not _answers(address):
        raise _no_scheduler(address)
    from distributed import Client

    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _no_scheduler(address) from error


def _answers(address: str) -> bool:
    """Whether something at the address takes connections and, without TLS, speaks first as Dask does; known within
    ``CONNECT_SECONDS``.

    Raises:
        RunError: it is no address of a scheduler.
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    try:
        place = (parts.hostname or "", parts.port or 0)
    except ValueError:
        place = ("", 0)
    if parts.scheme not in _SCHEMES or not all(place):
        raise RunError(
            f"A2Q_SCHEDULER is {address!r}; it must be the address of a Dask scheduler, as in tcp://host:8786. "
            "Queued runs wait."
        )
    answers: queue.Queue[bool] = queue.Queue()

    def ask() -> None:
        try:
            with socket.create_connection(place, timeout=CONNECT_SECONDS) as connection:
                answers.put(parts.scheme != "tcp" or bool(connection.recv(1)))
        except OSError:
            answers.put(False)

    # Looking a name up cannot be bounded: it goes on in the background where it takes longer.
    threading.Thread(target=ask, name="ask-scheduler", daemon=True).start()
    try:
        return answers.get(timeout=CONNECT_SECONDS)
    except queue.Empty:
        return False


def _no_scheduler(address: str) -> RunError:
    return RunError(
        f"No Dask scheduler answers at {address}; start it, or unset A2Q_SCHEDULER to train on this machine. "
        "Queued runs wait."
    )
