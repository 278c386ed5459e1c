"""The list of runs to choose from: tick some, compare them, note something on them."""

import hashlib
from collections.abc import Mapping, Sequence

import streamlit as st

from a2q.runs import Run, RunStore
from a2q.runs.annotations import Annotation
from dashboard.charts.compare.marks import MOST_RUNS
from dashboard.parts.compare.choice import choose
from dashboard.parts.compare.filters import filter_runs
from dashboard.parts.compare.notes import edit_notes
from dashboard.parts.run_table import run_table

_TICKED = "ticked_runs"
_NONE = Annotation()


def run_list(store: RunStore, runs: Sequence[Run], annotations: Mapping[str, Annotation]) -> list[Run]:
    """Filters, the runs that fit as a table with ticks, and what can be done with the ticked ones.

    Returns:
        The runs that fit, in the order they were given in.
    """
    fitting = filter_runs(runs, annotations)
    if not fitting:
        st.info("No run fits these filters. Take one away.", icon=":material/filter_alt_off:")
        return fitting
    st.caption(f"{len(fitting):,} of {len(runs):,} runs. Tick 2 to {MOST_RUNS} of them.")
    notes = [annotations.get(run.id, _NONE) for run in fitting]
    front = {"star": ["★" if note.starred else "" for note in notes], "tags": [list(note.tags) for note in notes]}
    if any(note.note for note in notes):
        front["note"] = [note.note for note in notes]
    _table(fitting, front)
    ticked = [run for run in runs if run.id in st.session_state.get(_TICKED, [])]
    with st.container(horizontal=True, vertical_alignment="center"):
        allowed = 2 <= len(ticked) <= MOST_RUNS
        st.button(
            f"Compare the {len(ticked)} ticked" if allowed else "Compare the ticked",
            icon=":material/compare_arrows:",
            key="compare-ticked",
            disabled=not allowed,
            help=f"Tick 2 to {MOST_RUNS} rows; {len(ticked)} are ticked.",
            on_click=choose,
            args=([run.id for run in ticked],),
        )
        if len(ticked) == 1:
            known = sorted({tag for note in annotations.values() for tag in note.tags})
            edit_notes(store, ticked[0], annotations.get(ticked[0].id, _NONE), known, "list")
    return fitting


def _table(runs: Sequence[Run], front: dict[str, list]) -> None:
    """The table; ticks belong to runs, not to rows, which move when a new run comes or a filter changes."""
    ids = [run.id for run in runs]
    key = f"run-list-{hashlib.sha256(' '.join(ids).encode()).hexdigest()[:8]}"
    before = st.session_state.get(_TICKED, [])

    def tick() -> None:
        hidden = [run_id for run_id in before if run_id not in ids]
        st.session_state[_TICKED] = hidden + [ids[row] for row in st.session_state[key].selection.rows]

    run_table(runs, key, front, tick, [ids.index(run_id) for run_id in before if run_id in ids])
