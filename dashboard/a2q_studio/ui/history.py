"""A run's epochs, read piece by piece as they come."""

import streamlit as st

from a2q.experiments.store import Run, RunStore
from a2q.training import EpochMetrics

_STATE = "histories"
_MOST_RUNS = 8


def run_history(store: RunStore, run: Run) -> list[EpochMetrics]:
    """All epochs of a run so far; only those that are new to this browser session are read.

    A resumed run has another start time and is read anew, since it may have gone back to a checkpoint.
    """
    kept: dict[tuple[str, float | None], list[EpochMetrics]] = st.session_state.setdefault(_STATE, {})
    key = (run.id, run.started)
    known = kept.pop(key, [])
    known.extend(store.epochs(run.id, after=known[-1].epoch if known else 0))
    kept[key] = known
    for oldest in list(kept)[:-_MOST_RUNS]:
        del kept[oldest]
    return known
