"""The run store as the pages see it."""

import numpy as np
import streamlit as st

from a2q.runs import Run, RunError, RunStore, dispatch

POLL = "1s"


def open_store() -> RunStore:
    """The run store; queued runs get started and lost ones marked while somebody looks.

    A store that cannot be opened stops the page with its sentence; a cluster that cannot be reached is a
    banner, since everything else still works.
    """
    try:
        store = _store()
    except RunError as error:
        st.error(str(error), icon=":material/database_off:")
        st.stop()
    try:
        dispatch(store)
    except RunError as error:
        st.warning(str(error), icon=":material/cloud_off:")
    return store


def run_arrays(store: RunStore, run: Run) -> dict[str, np.ndarray]:
    """All latest node arrays of a run; read once per run, and again as a running one moves."""
    return _arrays(store, run.id, f"{run.state} {run.progress:.4f}")


def poll(run_or_runs_active: bool) -> str | None:
    """How often a fragment redraws itself: every second while something runs, else not at all."""
    return POLL if run_or_runs_active else None


@st.cache_resource(show_spinner=False)
def _store() -> RunStore:
    return RunStore()


@st.cache_data(max_entries=32, show_spinner=False)
def _arrays(_store: RunStore, run_id: str, moment: str) -> dict[str, np.ndarray]:
    return _store.arrays(run_id)
