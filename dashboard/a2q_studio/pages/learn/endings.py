"""From a step to the same run in Explore."""

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from a2q.experiments.bundle.bundle import Bundle, import_bundle
from a2q.experiments.store import RunError, RunStore, UnknownRunError
from a2q_studio.ui.access import read_only
from a2q_studio.ui.lesson_flags import shown
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.run_store import open_store

QUESTIONS = (
    (
        "Does it hold on **your** graph?",
        "Train it, or bring your own graph.",
        page_script("train"),
        "Train a run",
        ":material/play_circle:",
    ),
    (
        "Which nodes are the exceptions, and why?",
        "Take a run apart, node by node.",
        page_script("explore"),
        "Explore a run",
        ":material/hub:",
    ),
    (
        "Which assumptions hide in a speedup?",
        "Turn each of them, and watch the cycles.",
        page_script("accelerator"),
        "Open Accelerator",
        ":material/memory:",
    ),
)
"""Question, where to look, page, label and icon."""


def questions() -> None:
    """The three questions, each with its page."""
    st.subheader("Three questions to leave with", anchor=False)
    for column, (question, where, page, label, icon) in zip(st.columns(3), QUESTIONS, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"{question}  \n{where}")
            if shown("open"):
                st.page_link(page, label=label, icon=icon)


EXPLORE = page_script("explore")


def open_in_explore(bundle: Bundle, key: str) -> None:
    """A button that opens the run in Explore; a sample run is put into the run store for that."""
    try:
        store = open_store()
        known = _has(store, bundle)
    except (RunError, SQLAlchemyError):
        # The lesson needs no store; the frame of the page says what is wrong with it.
        return
    pressed = st.button(
        "Open in Explore",
        icon=":material/hub:",
        key=key,
        disabled=read_only() and not known,
        help="This run and layer, taken apart. A sample run is added to your list of runs.",
    )
    if pressed:
        run = import_bundle(store, bundle)
        st.switch_page(EXPLORE, query_params={"run": run.id, "layer": str(bundle.layers[-1])})


def _has(store: RunStore, bundle: Bundle) -> bool:
    try:
        return store.get(bundle.run.id).created == bundle.run.created
    except UnknownRunError:
        return False
