"""Which letter is which run: its line, its state, what is noted on it, and the way to it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from a2q.experiments.store import RunStore
from a2q.experiments.store.annotations import Annotation
from a2q_studio.comparison.charts.marks import Mark
from a2q_studio.comparison.compared import Compared
from a2q_studio.pages.compare.notes import edit_notes
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.reproduce import copy_as_code
from a2q_studio.ui.run_state import state_badge

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
                st.badge(tag, icon=":material/label:", color="gray")
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
