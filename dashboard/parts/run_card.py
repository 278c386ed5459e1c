"""One run in the queue: state, progress, live curves, cancel and resume."""

from collections.abc import Sequence

import streamlit as st

from a2q.runs import Run, RunError, RunStore, State, dispatch
from a2q.runs.scores import SCORES
from dashboard.charts import Palette, bit_distribution, score_and_bits
from dashboard.charts.distribution import ALL_INPUTS
from dashboard.parts.figure import show_figure
from dashboard.parts.history import run_history
from dashboard.parts.run_state import state_badge


def run_card(store: RunStore, run: Run, palette: Palette) -> None:
    """A bordered card; charts appear with the first epoch."""
    with st.container(border=True, key=f"card-{run.id}"):
        head, action = st.columns([5, 1], vertical_alignment="center")
        with head:
            st.markdown(f"**{run.title}** `{run.id}`")
            state_badge(run)
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
            "dashboard/views/explore.py",
            label="Open in Explore",
            icon=":material/bar_chart:",
            query_params={"run": run.id},
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
        counts = _by_layer(last.bit_counts, run.config.model.layers)
        if counts:
            with bars:
                show_figure(bit_distribution(counts, palette), key=f"histogram-{run.id}")


def _by_layer(counts: Sequence[Sequence[int]], layers: int) -> dict[int, Sequence[int]]:
    """Bit counts as the chart takes them: by layer where there is one tensor for each, or for each but the first."""
    first = {layers - 1: 2, layers: 1}.get(len(counts))
    if first is not None:
        return dict(enumerate(counts, start=first))
    # Several maps a layer, or a readout: more bars than a card has room for.
    return {ALL_INPUTS: [sum(nodes) for nodes in zip(*counts, strict=True)]} if counts else {}


def _resume(store: RunStore, run_id: str) -> None:
    _tell(store.requeue, run_id)
    _tell(dispatch, store)


def _tell(act: object, *arguments: object) -> None:
    """Do what a button asks; a refusal (the run moved on meanwhile) is a toast, not a crash."""
    try:
        act(*arguments)  # type: ignore[operator]
    except RunError as error:
        st.toast(str(error), icon=":material/info:")
