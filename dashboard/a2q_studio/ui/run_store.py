"""The run store as the pages see it, and a run's epochs, read piece by piece as they come."""

import functools
from collections.abc import Callable
from typing import ParamSpec

import numpy as np
import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from a2q.experiments.launch import dispatch
from a2q.experiments.launch.reconcile import reconcile
from a2q.experiments.store import DamagedRunError, Run, RunError, RunStore
from a2q.faults import machine_fault
from a2q.training import EpochMetrics
from a2q_studio.ui.access import read_only
from a2q_studio.ui.literal import message
from a2q_studio.ui.shared_results import shared

Given = ParamSpec("Given")
# A page says sooner than a command that the store is locked.
_LOCK_SECONDS = 5.0
SILENT = "The run store does not answer; check its server or disk, then reload this page. No run is lost."


def store_fault(error: SQLAlchemyError) -> str:
    """What is wrong with the run store, as a sentence: a full disk, a lock, a server that is away."""
    return machine_fault(error) or SILENT


def open_store() -> RunStore:
    """The run store for a page; lost runs get marked and queued ones started while somebody looks.

    Raises:
        RunError: it cannot be reached. The page frame says so, and the page ends there.
    """
    try:
        store = _store(read_only())
        if not read_only():
            reconcile(store)
            _start_queued(store)
    except SQLAlchemyError as error:
        raise RunError(store_fault(error)) from error
    return store


def live_store() -> RunStore:
    """The run store for a part of a page that redraws itself; where it cannot be reached, the part says so and
    ends."""
    try:
        return open_store()
    except RunError as error:
        st.error(message(str(error)), icon=":material/database_off:")
        st.stop()


def live(part: Callable[Given, None]) -> Callable[Given, None]:
    """A part of a page that redraws itself, and where the run store falls silent meanwhile says so in its place."""

    @functools.wraps(part)
    def told(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            part(*args, **kwargs)
        except SQLAlchemyError as error:
            st.error(message(store_fault(error)), icon=":material/database_off:")

    return told


def store_faults() -> tuple[str | None, str | None]:
    """Why the store cannot be reached, and why queued runs cannot start (a cluster that is down, say); None
    where all is well."""
    try:
        store = open_store()
    except RunError as error:
        return str(error), None
    return None, None if read_only() else _start_queued(store)


def start_now(store: RunStore) -> None:
    """Start what was queued a moment ago; where that cannot be, the page frame says why at the next run."""
    _start_queued.clear()
    _start_queued(store)


def run_arrays(store: RunStore, run: Run) -> dict[str, np.ndarray]:
    """All latest node arrays of a run; read once per run, and again as a running one moves. Of one that is damaged
    none, which the page tells where this is asked."""
    try:
        return _arrays(store, run.id, f"{run.state} {run.progress:.4f}")
    except DamagedRunError as error:
        tell_damage(error)
        return {}


def tell_damage(error: DamagedRunError) -> None:
    """What of a run cannot be read, in the place of it."""
    st.warning(message(str(error)), icon=":material/broken_image:")


@st.cache_resource(show_spinner=False, max_entries=2)
def _store(read_only: bool) -> RunStore:
    return RunStore(read_only=read_only, lock_seconds=_LOCK_SECONDS)


# An unreachable cluster takes seconds to say so: asked once for all sessions, not at every redraw.
@st.cache_data(ttl=10, max_entries=1, show_spinner=False)
def _start_queued(_store: RunStore) -> str | None:
    try:
        dispatch(_store)
    except RunError as error:
        return str(error)
    return None


@shared
def _arrays(_store: RunStore, run_id: str, moment: str) -> dict[str, np.ndarray]:
    found = _store.arrays(run_id)
    for array in found.values():
        # All sessions look at the same ones.
        array.setflags(write=False)
    return found


_HISTORIES = "histories"
_MOST_RUNS = 8


def run_history(store: RunStore, run: Run) -> list[EpochMetrics]:
    """All epochs of a run so far; only those that are new to this browser session are read.

    A resumed run has another start time and is read anew, since it may have gone back to a checkpoint. Of one that is
    damaged there are none, which the page tells where this is asked.
    """
    kept: dict[tuple[str, float | None], list[EpochMetrics]] = st.session_state.setdefault(_HISTORIES, {})
    key = (run.id, run.started)
    known = kept.pop(key, [])
    try:
        known.extend(store.epochs(run.id, after=known[-1].epoch if known else 0))
    except DamagedRunError as error:
        tell_damage(error)
    kept[key] = known
    for oldest in list(kept)[:-_MOST_RUNS]:
        del kept[oldest]
    return known
