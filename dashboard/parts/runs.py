"""The run store as the pages see it."""

import numpy as np
import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from a2q.runs import Run, RunError, RunStore, dispatch
from a2q.runs.reconcile import reconcile

POLL = "1s"


def open_store() -> RunStore:
    """The run store for a page; lost runs get marked and queued ones started while somebody looks.

    A store that cannot be reached stops the page with its sentence; a cluster that cannot be reached is a
    banner, since everything else still works.
    """
    store = live_store()
    fault = _start_queued(store)
    if fault:
        st.warning(fault, icon=":material/cloud_off:")
    return store


def live_store() -> RunStore:
    """The run store for a part of a page that redraws itself; lost runs get marked, the page has the banner."""
    try:
        store = _store()
        reconcile(store)
        _start_queued(store)
    except RunError as error:
        st.error(str(error), icon=":material/database_off:")
        st.stop()
    except SQLAlchemyError:
        st.error(
            "The run store does not answer; check its server or disk, then reload this page. No run is lost.",
            icon=":material/database_off:",
        )
        st.stop()
    return store


def run_arrays(store: RunStore, run: Run) -> dict[str, np.ndarray]:
    """All latest node arrays of a run; read once per run, and again as a running one moves."""
    return _arrays(store, run.id, f"{run.state} {run.progress:.4f}")


def poll(active: bool) -> str | None:
    """How often a fragment redraws itself: every second while something runs, else not at all."""
    return POLL if active else None


@st.cache_resource(show_spinner=False)
def _store() -> RunStore:
    return RunStore()


# An unreachable cluster takes seconds to say so: asked once for all sessions, not at every redraw.
@st.cache_data(ttl=10, max_entries=1, show_spinner=False)
def _start_queued(_store: RunStore) -> str | None:
    try:
        dispatch(_store)
    except RunError as error:
        return str(error)
    return None


@st.cache_data(max_entries=32, show_spinner=False)
def _arrays(_store: RunStore, run_id: str, moment: str) -> dict[str, np.ndarray]:
    return _store.arrays(run_id)
