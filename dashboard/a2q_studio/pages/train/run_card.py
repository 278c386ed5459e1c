"""One run in the queue: state, progress, how it moves, and what can be done with it."""

import statistics
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from a2q.experiments.launch import cancel
from a2q.experiments.logs import log_tail
from a2q.experiments.results import SCORES, result_notices
from a2q.experiments.store import Run, RunError, RunStore, State
from a2q.training import EpochMetrics
from a2q_studio.charts import Palette, bit_distribution, score_and_bits
from a2q_studio.charts.distribution import ALL_INPUTS
from a2q_studio.charts.mini import mini_histogram
from a2q_studio.glossary import tip
from a2q_studio.pages.train.starting_point import start_from_run
from a2q_studio.ui.access import read_only
from a2q_studio.ui.cost import duration
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.literal import message
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.reproduce import copy_as_code
from a2q_studio.ui.run_state import state_badge
from a2q_studio.ui.run_store import run_history, start_now, store_fault

_ASKED = "asked_to_cancel"


def cancel_button(store: RunStore, run: Run) -> None:
    """*Cancel*, and then the question whether that was meant."""
    if run.cancel_requested:
        st.button("Cancelling…", key=f"cancel-{run.id}", disabled=True)
    elif st.session_state.get(_ASKED) != run.id:
        st.button("Cancel", key=f"cancel-{run.id}", icon=":material/stop_circle:", on_click=_ask, args=(run.id,))
    else:
        st.button(
            "Yes, cancel it",
            key=f"confirm-{run.id}",
            type="primary",
            on_click=_cancel,
            args=(store, run.id),
            help="It keeps its last checkpoint and can be resumed.",
        )
        st.button("Keep training", key=f"keep-{run.id}", on_click=_ask, args=(None,))


def tell(act: Callable[..., Any], *arguments: Any) -> None:
    """Do what a button asks; a refusal (the run moved on meanwhile, the store is locked) is a toast, not a crash."""
    try:
        act(*arguments)
    except RunError as error:
        st.toast(message(str(error)), icon=":material/info:")
    except SQLAlchemyError as error:
        st.toast(message(store_fault(error)), icon=":material/database_off:")


def _ask(run_id: str | None) -> None:
    st.session_state[_ASKED] = run_id


def _cancel(store: RunStore, run_id: str) -> None:
    st.session_state.pop(_ASKED, None)
    tell(cancel, store, run_id)


SPARKLINE_POINTS = 60
RECENT_EPOCHS = 10


def run_card(store: RunStore, run: Run, palette: Palette) -> None:
    """A bordered card; its small charts appear with the first epoch."""
    with st.container(border=True, key=f"card-{run.id}"):
        history = run_history(store, run)
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.markdown(f"**{run.title}** `{run.id}`")
            state_badge(run)
        st.caption(brief(run))
        if run.is_active:
            st.progress(run.progress, text=message(_where(run, history)))
        for told in filter(None, (run.reason, run.missed_target)):
            st.caption(message(told))
        for sentence in result_notices(run):
            st.caption(f":material/info: {message(sentence)}")
        if history:
            _figures(run, history, palette)
        _actions(store, run, history, palette)


def brief(run: Run) -> str:
    """What sets a run apart from others of its title: what holds its bits, and how long it trains."""
    return " · ".join(filter(None, (run.config.quantization.brief, f"{run.config.training.epochs:,} epochs")))


def time_left(run: Run, history: Sequence[EpochMetrics]) -> float | None:
    """Seconds until the last epoch at the pace of the latest ones; None before the first, and at the end."""
    if not history or run.state != State.RUNNING:
        return None
    pace = statistics.median(metrics.seconds for metrics in history[-RECENT_EPOCHS:])
    return pace * (run.config.training.epochs - history[-1].epoch) or None


def _where(run: Run, history: Sequence[EpochMetrics]) -> str:
    left = time_left(run, history)
    return (run.stage or "Waiting") + ("" if left is None else f" · about {duration(left)} left")


def _figures(run: Run, history: Sequence[EpochMetrics], palette: Palette) -> None:
    last = history[-1]
    score = SCORES[run.metric]
    thinned = history[:: max(1, len(history) // SPARKLINE_POINTS)]
    with st.container(horizontal=True, vertical_alignment="top"):
        st.metric("Epoch", f"{last.epoch} / {run.config.training.epochs}", help=tip("epoch"), width="content")
        st.metric(f"Validation {score.name}", score.text(last.validation_score), width="content")
        st.metric("Loss", f"{last.loss:.3f}", help=tip("loss"), chart_data=[m.loss for m in thinned], width="content")
        st.metric(
            "Average bits",
            f"{last.average_bits:.2f}",
            help=tip("average bits"),
            chart_data=[m.average_bits for m in thinned],
            width="content",
        )
        if last.bit_counts:
            picture, words = mini_histogram([sum(nodes) for nodes in zip(*last.bit_counts, strict=True)], palette)
            with st.container(width="content"):
                st.caption("Nodes by bits")
                st.image(picture, alt=words)


def _actions(store: RunStore, run: Run, history: Sequence[EpochMetrics], palette: Palette) -> None:
    again = False
    with st.container(horizontal=True, vertical_alignment="center"):
        if not read_only():
            if run.is_active:
                cancel_button(store, run)
            elif run.is_resumable:
                again |= st.button(
                    "Resume", key=f"resume-{run.id}", icon=":material/resume:", on_click=_resume, args=(store, run.id)
                )
                again |= st.button(
                    "Start over",
                    key=f"start-over-{run.id}",
                    icon=":material/restart_alt:",
                    type="tertiary",
                    on_click=_resume,
                    args=(store, run.id, True),
                    help="From the first epoch; what the run recorded so far, its checkpoint included, is dropped.",
                )
            again |= st.button(
                "Edit & rerun",
                key=f"edit-{run.id}",
                icon=":material/edit:",
                type="tertiary",
                on_click=tell,
                args=(start_from_run, store, run.id),
                help="Fill the form with these settings.",
            )
        st.page_link(
            page_script("explore"),
            label="Open partial results" if run.is_active else "Open in Explore",
            icon=":material/bar_chart:",
            query_params={"run": run.id},
        )
        _code_and_log(run)
    if again:
        # The form and the chip stand outside of the queue, which redraws itself alone.
        st.rerun()
    if history:
        curves = st.expander("Curves", icon=":material/show_chart:", key=f"curves-{run.id}", on_change="rerun")
        if curves.open:
            with curves:
                _curves(run, history, palette)


def _code_and_log(run: Run) -> None:
    """What is made only where somebody opens it."""
    copy_as_code(run, run.id)
    log = st.popover("Log", icon=":material/article:", type="tertiary", key=f"log-{run.id}", on_change="rerun")
    if log.open:
        with log:
            st.code(run.log or log_tail(run.id) or "The worker has printed nothing.", language=None, wrap_lines=True)


def _curves(run: Run, history: Sequence[EpochMetrics], palette: Palette) -> None:
    show_figure(score_and_bits(history, run.metric, palette), key=f"curve-{run.id}")
    counts = _by_layer(history[-1].bit_counts, run.config.model.layers)
    if counts:
        show_figure(bit_distribution(counts, palette), key=f"histogram-{run.id}")


def _by_layer(counts: Sequence[Sequence[int]], layers: int) -> dict[int, Sequence[int]]:
    """Bit counts as the chart takes them: by layer where there is one tensor for each, or for each but the first."""
    first = {layers - 1: 2, layers: 1}.get(len(counts))
    if first is not None:
        return dict(enumerate(counts, start=first))
    # Several maps a layer, or a readout: more bars than a card has room for.
    return {ALL_INPUTS: [sum(nodes) for nodes in zip(*counts, strict=True)]} if counts else {}


def _resume(store: RunStore, run_id: str, start_over: bool = False) -> None:
    tell(store.requeue, run_id, start_over)
    start_now(store)
