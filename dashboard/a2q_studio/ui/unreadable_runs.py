"""Runs that cannot be read: what is wrong with each, and a way to be rid of it."""

from collections.abc import Sequence

import streamlit as st

from a2q.experiments.store import RunError, RunStore
from a2q.experiments.store.run import UnreadableRun
from a2q_studio.ui.access import read_only
from a2q_studio.ui.literal import message


def unreadable_runs(store: RunStore, runs: Sequence[UnreadableRun]) -> None:
    """A warning for each run that cannot be read; where this server may be changed with *Delete*."""
    for run in runs:
        with st.container(border=True, key=f"unreadable-{run.id}"):
            st.warning(message(run.why), icon=":material/broken_image:")
            if not read_only():
                st.button(
                    "Delete",
                    key=f"delete-unreadable-{run.id}",
                    icon=":material/delete:",
                    on_click=_delete,
                    args=(store, run.id),
                    help="Removes the run and all it recorded.",
                )


def _delete(store: RunStore, run_id: str) -> None:
    try:
        store.delete(run_id)
    except RunError as error:
        # Somebody else was faster.
        st.toast(message(str(error)), icon=":material/info:")
