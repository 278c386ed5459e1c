"""Getting queued runs started. There is no supervisor to keep alive: everyone who looks, dispatches."""

import logging
import os

from sqlalchemy.exc import SQLAlchemyError

from a2q.experiments.launch.cluster import submit_queued
from a2q.experiments.launch.local import start_queued
from a2q.experiments.launch.reconcile import reconcile
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.run_store import RunStore
from a2q.faults import machine_fault

_log = logging.getLogger(__name__)


def dispatch(store: RunStore) -> None:
    """Mark lost runs, then start what is queued: on this machine, or on the cluster in $A2Q_SCHEDULER.

    Called by pages, commands and by every worker as it ends; safe to call from all of them at once. Does nothing on a
    store that cannot be changed.

    Raises:
        RunError: the cluster cannot be reached, or a setting is malformed; runs stay queued.
    """
    if store.read_only:
        return
    reconcile(store)
    address = os.environ.get("A2Q_SCHEDULER")
    if address:
        submit_queued(store, address)
    else:
        start_queued(store)


def dispatch_next(store: RunStore) -> None:
    """What a worker does as it ends: start what waits for the slot that just became free."""
    try:
        dispatch(store)
    except (RunError, SQLAlchemyError) as error:
        _log.warning("%s", machine_fault(error) or error)
