"""From a step to the same run in Explore."""

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from a2q.runs import RunError, RunStore, UnknownRunError
from a2q.runs.bundle import Bundle, import_bundle
from dashboard.parts.access import read_only
from dashboard.parts.runs import open_store

EXPLORE = "dashboard/views/explore.py"


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
