"""Ending a run from a page: asked twice, since a press may be a slip."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from a2q.runs import Run, RunError, RunStore

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
    """Do what a button asks; a refusal (the run moved on meanwhile) is a toast, not a crash."""
    try:
        act(*arguments)
    except RunError as error:
        st.toast(str(error), icon=":material/info:")


def _ask(run_id: str | None) -> None:
    st.session_state[_ASKED] = run_id


def _cancel(store: RunStore, run_id: str) -> None:
    st.session_state.pop(_ASKED, None)
    tell(store.cancel, run_id)
