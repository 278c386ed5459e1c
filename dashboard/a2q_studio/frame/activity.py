"""What trains now, on every page: a chip with the progress, and the queue behind it."""

from collections.abc import Sequence

import streamlit as st

from a2q.experiments.store import Run, RunStore, State
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.polling import follow, poll
from a2q_studio.ui.run_state import state_badge
from a2q_studio.ui.run_store import live_store

MOST_SHOWN = 5
_CLOCK = "activity_clock"
_STATES = (State.RUNNING, State.QUEUED)


def activity_chip(store: RunStore) -> None:
    """A chip such as "1 training · 62 %"; it redraws itself while a run is active and opens the queue."""
    active = bool(store.list(states=_STATES))
    st.session_state[_CLOCK] = active
    st.fragment(_chip, run_every=poll(active))()


def activity(runs: Sequence[Run]) -> str:
    """The chip's words for the active runs, ``"1 training · 62 % · 2 queued"``."""
    training = [run for run in runs if run.state == State.RUNNING]
    queued = len(runs) - len(training)
    words = []
    if training:
        # Beyond one run a mean says how far all are.
        words = [f"{len(training)} training", f"{sum(run.progress for run in training) / len(training):.0%}"]
    if queued:
        words.append(f"{queued} queued")
    return " · ".join(words).replace("%", " %") or "Queue"


def _chip() -> None:
    if st.session_state[_CLOCK]:
        follow()
    store = live_store()
    active = store.list(states=_STATES)
    icon = ":material/model_training:" if active else ":material/checklist:"
    chip = st.popover(
        activity(active), icon=icon, key="activity", on_change="rerun", help="What trains now, and what ended last."
    )
    if chip.open:
        with chip:
            _queue(store, active)
    if st.session_state[_CLOCK] and not active:
        # The last run has ended: a full run of the page stops this fragment's clock.
        st.rerun()


def _queue(store: RunStore, active: Sequence[Run]) -> None:
    ended = [run for run in store.list(limit=MOST_SHOWN + len(active)) if not run.is_active]
    for run in [*active, *ended][:MOST_SHOWN]:
        st.markdown(f"**{run.title}**")
        state_badge(run)
        if run.is_active:
            st.progress(run.progress, text=run.stage or "Waiting")
    if len(active) > MOST_SHOWN:
        st.caption(f"{len(active) - MOST_SHOWN} more wait or run.")
    if not active and not ended:
        st.caption("Nothing has been trained yet.")
    st.page_link(page_script("train"), label="Open the queue in Train", icon=":material/play_circle:")
