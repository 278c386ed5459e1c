"""Narrowing the list of runs; every filter is in the URL."""

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from a2q.runs import Run
from a2q.runs.annotations import Annotation

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
