"""The body of the page, which redraws itself while one of the runs is active: the legend, tables, and every view."""

from collections.abc import Mapping, Sequence

import streamlit as st

from a2q.experiments.results import Repeats, repeats
from a2q.experiments.store import DamagedRunError, Run, RunStore, State, UnknownRunError
from a2q.experiments.store.annotations import Annotation
from a2q_studio.comparison.charts.marks import Mark
from a2q_studio.comparison.compared import Compared, compared_runs
from a2q_studio.comparison.tables import differences_table, seeds_table, still_to_say
from a2q_studio.comparison.worth import worth_of_chosen
from a2q_studio.glossary import tip
from a2q_studio.pages.compare.graphs import show_graphs
from a2q_studio.pages.compare.measures import show_curves, show_distributions, show_pareto
from a2q_studio.pages.compare.notes import edit_notes
from a2q_studio.ui.literal import message
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.report_buttons import report_buttons
from a2q_studio.ui.reproduce import copy_as_code
from a2q_studio.ui.run_state import state_badge
from a2q_studio.ui.run_store import live, live_store, run_arrays, run_history, tell_damage
from a2q_studio.ui.run_table import run_table
from a2q_studio.ui.theme import current_palette
from a2q_studio.ui.worth import show_worth

_POLLED = "compare_polled"
_MOST_FINISHED = 1_000


@live
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
        st.info(message(sentence), icon=":material/info:")
    run_table(runs, "compared", results_front(compared))
    highlight, smoothing, layer = _controls(compared)
    finished = store.list(_MOST_FINISHED, (State.FINISHED,))
    groups = repeats(finished)
    show_differences(compared)
    show_seeds(compared, groups)
    show_worths(store, runs)
    show_pareto(compared, finished, groups, highlight, palette)
    show_curves(compared, smoothing, highlight, palette)
    if layer is not None:
        show_distributions(compared, layer, highlight, palette)
    try:
        show_graphs(store, compared, layer, highlight, palette)
    except DamagedRunError as error:
        tell_damage(error)
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


_NONE = Annotation()
# Lengths in pixels of what is drawn and what is left out, in turn, as Plotly's dashes look.
_DASHES = {
    "solid": (9,),
    "dash": (9, 6),
    "dot": (3, 4),
    "dashdot": (9, 5, 3, 5),
    "longdash": (15, 6),
    "longdashdot": (15, 5, 3, 5),
}


def legend(store: RunStore, compared: Sequence[Compared], annotations: Mapping[str, Annotation]) -> None:
    """One line per run: its letter and line, title and id, state, star, tags, note, and a link to its page."""
    known = sorted({tag for note in annotations.values() for tag in note.tags})
    for one in compared:
        note = annotations.get(one.run.id, _NONE)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"legend-{one.mark.letter}"):
            st.html(_sample(one.mark), width="content")
            st.markdown(f"**{one.mark.letter}** {one.run.title} `{one.run.id}`", width="content")
            state_badge(one.run)
            if note.starred:
                st.badge("starred", icon=":material/star:", color="yellow")
            for tag in note.tags:
                st.badge(message(tag), icon=":material/label:", color="gray")
            edit_notes(store, one.run, note, known, "legend")
            copy_as_code(one.run, f"legend-{one.run.id}")
            st.page_link(
                page_script("explore"),
                label="Explore",
                icon=":material/bar_chart:",
                query_params={"run": one.run.id},
            )
        if note.note:
            # As text: a note is not Markdown, and loads nothing from elsewhere.
            st.text(note.note)


def _sample(mark: Mark) -> str:
    """A piece of the run's line."""
    stops, at = [], 0
    for position, length in enumerate(_DASHES[mark.dash]):
        colour = "transparent" if position % 2 else mark.colour
        stops.append(f"{colour} {at}px {at + length}px")
        at += length
    drawn = f"repeating-linear-gradient(90deg, {', '.join(stops)})"
    return (
        f'<div role="img" aria-label="line of {mark.letter}" '
        f'style="width: 48px; height: 4px; background: {drawn}"></div>'
    )


def show_differences(compared: Sequence[Compared]) -> None:
    """The settings that differ; those that are the same are not listed."""
    table = differences_table(compared)
    st.subheader("Settings that differ")
    if table.empty:
        st.caption("None: these runs have the same settings, seed included.")
        return
    st.dataframe(
        table,
        hide_index=True,
        key="settings-diff",
        alt=f"{len(table)} settings that are not the same in all compared runs, with each run's value",
        column_config={
            "setting": st.column_config.TextColumn("Setting", pinned=True),
            "name": st.column_config.TextColumn("Name", help="As `--set` takes it."),
        },
    )
    st.caption("Every other setting is the same. – : the run's method or model does not have the setting.")


def show_seeds(compared: Sequence[Compared], repeats: Mapping[str, Repeats]) -> None:
    """Means over seeds of every compared run's settings."""
    st.subheader("Over seeds", help=tip("spread over seeds"))
    table = seeds_table(compared, repeats)
    st.dataframe(
        table,
        hide_index=True,
        key="seeds",
        alt="Mean and standard deviation over seeds of each compared run's settings",
        column_config={
            "runs": st.column_config.TextColumn("Runs", help="Compared runs with these settings.", pinned=True),
            "n": st.column_config.NumberColumn("n", help="Finished seeds of these settings in the run store."),
            "seeds": "Seeds",
            "test score": st.column_config.TextColumn(
                "Test score", help="At the epoch chosen on validation, read once; mean ± sample standard deviation."
            ),
            "average bits": st.column_config.TextColumn("Average bits", help="The paper's account."),
            "full bits per value": st.column_config.TextColumn("Full bits per value", help="The full account."),
        },
    )
    if (table["n"] < 2).any():
        st.caption("One seed alone has no spread; train more seeds of the same settings, and they count here.")


def show_worths(store: RunStore, runs: Sequence[Run]) -> None:
    """Where a run and its controls are compared: what its assignment of bits is worth."""
    for run, worths in worth_of_chosen(store, runs):
        st.subheader(f"What it is worth which node has which bits of {run.title}", anchor=False)
        show_worth(worths, f"worth-{run.id}", run.id)


def results_front(compared: Sequence[Compared]) -> dict[str, list[str]]:
    """The column of letters for the table of results."""
    return {"letter": [one.mark.letter for one in compared]}
