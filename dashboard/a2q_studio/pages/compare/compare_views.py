"""The body of the page, which redraws itself while one of the runs is active."""

from collections.abc import Sequence

import streamlit as st

from a2q.experiments.results import repeats
from a2q.experiments.store import State, UnknownRunError
from a2q_studio.comparison.compared import Compared, compared_runs
from a2q_studio.comparison.tables import still_to_say
from a2q_studio.pages.compare.graphs import show_graphs
from a2q_studio.pages.compare.legend import legend
from a2q_studio.pages.compare.measures import show_curves, show_distributions, show_pareto
from a2q_studio.pages.compare.tables import results_front, show_differences, show_seeds
from a2q_studio.ui.history import run_history
from a2q_studio.ui.report_buttons import report_buttons
from a2q_studio.ui.run_store import live_store, run_arrays
from a2q_studio.ui.run_table import run_table
from a2q_studio.ui.theme import current_palette

_POLLED = "compare_polled"
_MOST_FINISHED = 1_000


def compare_views(run_ids: Sequence[str]) -> None:
    """Everything below the choice of runs."""
    store = live_store()
    try:
        runs = [store.get(run_id) for run_id in run_ids]
    except UnknownRunError:
        # Deleted since the page was drawn: the choice says so.
        st.rerun()
    compared = compared_runs(runs, lambda run: run_history(store, run), lambda run: run_arrays(store, run))
    palette = current_palette()
    legend(store, compared, store.annotations.all())
    for sentence in still_to_say(compared):
        st.info(sentence, icon=":material/info:")
    run_table(runs, "compared", results_front(compared))
    highlight, smoothing, layer = _controls(compared)
    finished = store.list(_MOST_FINISHED, (State.FINISHED,))
    groups = repeats(finished)
    show_differences(compared)
    show_seeds(compared, groups)
    show_pareto(compared, finished, groups, highlight, palette)
    show_curves(compared, smoothing, highlight, palette)
    if layer is not None:
        show_distributions(compared, layer, highlight, palette)
    show_graphs(store, compared, layer, highlight, palette)
    st.subheader("Take it along")
    report_buttons(store, runs, "compare")
    _end_polling(list(run_ids), any(run.is_active for run in runs))


def _controls(compared: Sequence[Compared]) -> tuple[str | None, float, int | None]:
    """What holds for all charts: the stressed run, smoothing, and the layer whose input has the bits."""
    layers = sorted({layer for one in compared for layer in one.layers})
    with st.container(horizontal=True, vertical_alignment="bottom", key="compare-controls"):
        highlight = st.segmented_control(
            "Highlight",
            [one.mark.letter for one in compared],
            key="highlight",
            bind="query-params",
            help="Stresses one run in every chart.",
        )
        smoothing = st.slider(
            "Smoothing of curves",
            0.0,
            0.95,
            0.0,
            0.05,
            key="smoothing",
            bind="query-params",
            width=260,
            help="Weight of the epochs before in a moving average; titles and tables tell unsmoothed values.",
        )
        layer = None
        if len(layers) > 1:
            layer = st.segmented_control(
                "Layer input", layers, default=layers[-1], required=True, key="of_layer", bind="query-params"
            )
    return highlight, smoothing, layer or (layers[-1] if layers else None)


def _end_polling(run_ids: list[str], active: bool) -> None:
    """Once the last run has ended, draw the whole page anew, which takes the timer away."""
    if active:
        st.session_state[_POLLED] = run_ids
    elif st.session_state.pop(_POLLED, None) == run_ids:
        st.rerun()
