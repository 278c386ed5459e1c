"""The list of runs to choose from: tick some, compare them, note something on them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from a2q.experiments.store import Run, RunStore
from a2q.experiments.store.annotations import Annotation
from a2q_studio.comparison.charts.marks import MOST_RUNS
from a2q_studio.pages.compare.choice import choose
from a2q_studio.pages.compare.notes import edit_notes
from a2q_studio.ui.run_table import run_table

_NONE = Annotation()


def filter_runs(runs: Sequence[Run], annotations: Mapping[str, Annotation]) -> list[Run]:
    """Widgets for text, dataset, model, method, state, tag and star; returns the runs that fit all of them."""
    with st.grid(4, min_column_width=200) as grid:
        with grid.cell():
            text = st.text_input(
                "Text",
                key="find",
                bind="query-params",
                placeholder="id, name, tag or note",
                help="Words that must all occur in a run's id, name, tags or note.",
            )
        with grid.cell():
            datasets = _any_of("Dataset", "datasets", (run.config.dataset.name for run in runs))
        with grid.cell():
            models = _any_of("Model", "models", (run.config.model.name for run in runs))
        with grid.cell():
            methods = _any_of("Method", "methods", (run.config.method for run in runs))
        with grid.cell():
            states = _any_of("State", "states", (str(run.state) for run in runs))
        with grid.cell():
            tags = _any_of("Tag", "tags", (tag for note in annotations.values() for tag in note.tags))
        with grid.cell():
            starred = st.toggle("Starred only", key="starred", bind="query-params")
    words = (text or "").lower().split()
    return [
        run
        for run in runs
        if _holds(run, annotations.get(run.id, _NONE), words)
        and run.config.dataset.name in (datasets or [run.config.dataset.name])
        and run.config.model.name in (models or [run.config.model.name])
        and run.config.method in (methods or [run.config.method])
        and str(run.state) in (states or [str(run.state)])
        and (not tags or set(tags) & set(annotations.get(run.id, _NONE).tags))
        and (not starred or annotations.get(run.id, _NONE).starred)
    ]


def _any_of(label: str, key: str, values: Iterable[str]) -> list[str]:
    # A filter keeps its meaning when the last run that fits is gone.
    options = sorted(set(values) | set(st.session_state.get(key) or []))
    return st.multiselect(label, options, key=key, bind="query-params", placeholder="any")


def _holds(run: Run, note: Annotation, words: Sequence[str]) -> bool:
    text = f"{run.id} {run.title} {' '.join(note.tags)} {note.note}".lower()
    return all(word in text for word in words)


_TICKED = "ticked_runs"


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
    front: dict[str, list[Any]] = {
        "star": ["★" if note.starred else "" for note in notes],
        "tags": [list(note.tags) for note in notes],
    }
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


def _table(runs: Sequence[Run], front: dict[str, list[Any]]) -> None:
    """The table; ticks belong to runs, not to rows, which move when a new run comes or a filter changes."""
    ids = [run.id for run in runs]
    key = f"run-list-{hashlib.sha256(' '.join(ids).encode()).hexdigest()[:8]}"
    before = st.session_state.get(_TICKED, [])

    def tick() -> None:
        hidden = [run_id for run_id in before if run_id not in ids]
        st.session_state[_TICKED] = hidden + [ids[row] for row in st.session_state[key].selection.rows]

    run_table(runs, key, front, tick, [ids.index(run_id) for run_id in before if run_id in ids])
