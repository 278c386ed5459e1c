"""One run in the queue: state, progress, live curves, cancel and resume."""

import streamlit as st

from a2q.runs import Run, RunError, RunStore, State, dispatch
from dashboard.charts import SCORES, Palette, bit_distribution, score_and_bits
from dashboard.parts.figure import show_figure
from dashboard.parts.history import run_history

STATE_MARKS = {
    State.QUEUED: (":material/hourglass_empty:", "gray"),
    State.RUNNING: (":material/directions_run:", "blue"),
    State.FINISHED: (":material/check_circle:", "green"),
    State.FAILED: (":material/error:", "red"),
    State.CANCELLED: (":material/cancel:", "orange"),
    State.INTERRUPTED: (":material/power_off:", "orange"),
}


def run_card(store: RunStore, run: Run, palette: Palette) -> None:
    """A bordered card; charts appear with the first epoch."""
    with st.container(border=True, key=f"card-{run.id}"):
        head, action = st.columns([5, 1], vertical_alignment="center")
        icon, colour = STATE_MARKS[run.state]
        head.markdown(f"**{run.title}** `{run.id}`")
        head.badge(str(run.state), icon=icon, color=colour)
        with action:
            _action(store, run)
        if run.is_active:
            st.progress(run.progress, text=run.stage or "Waiting")
        if run.reason:
            st.caption(run.reason)
        if run.log and run.state in (State.FAILED, State.INTERRUPTED):
            with st.expander("Log"):
                st.code(run.log, language=None)
        _live(store, run, palette)
        st.page_link(
            "dashboard/views/bits.py", label="Open in Bits", icon=":material/bar_chart:", query_params={"run": run.id}
        )


def _action(store: RunStore, run: Run) -> None:
    if run.is_active:
        st.button(
            "Cancelling…" if run.cancel_requested else "Cancel",
            key=f"cancel-{run.id}",
            disabled=run.cancel_requested,
            on_click=_tell,
            args=(store.cancel, run.id),
            width="stretch",
        )
    elif run.is_resumable:
        st.button("Resume", key=f"resume-{run.id}", on_click=_resume, args=(store, run.id), width="stretch")


def _live(store: RunStore, run: Run, palette: Palette) -> None:
    history = run_history(store, run)
    if not history:
        return
    last = history[-1]
    score = SCORES[run.metric]
    with st.container(horizontal=True):
        st.metric("Epoch", f"{last.epoch} / {run.config.training.epochs}")
        st.metric("Loss", f"{last.loss:.3f}")
        st.metric(f"Validation {score.name}", score.text(last.validation_score))
        st.metric("Average bits", f"{last.average_bits:.2f}")
    with st.container(horizontal=True):
        curves, bars = st.columns(2)
        with curves:
            show_figure(score_and_bits(history, run.metric, palette), key=f"curve-{run.id}")
        # One tensor for each layer, or for each but the first; more (several maps a layer) only the Bits page tells.
        layers = run.config.model.layers
        first = {layers - 1: 2, layers: 1}.get(len(last.bit_counts))
        if first is not None:
            with bars:
                counts = dict(enumerate(last.bit_counts, start=first))
                show_figure(bit_distribution(counts, palette), key=f"histogram-{run.id}")


def _resume(store: RunStore, run_id: str) -> None:
    _tell(store.requeue, run_id)
    _tell(dispatch, store)


def _tell(act: object, *arguments: object) -> None:
    """Do what a button asks; a refusal (the run moved on meanwhile) is a toast, not a crash."""
    try:
        act(*arguments)  # type: ignore[operator]
    except RunError as error:
        st.toast(str(error), icon=":material/info:")
