"""Choosing a run; the choice is in the URL, so a link shows the same run."""

from collections.abc import Callable

import streamlit as st

from a2q.experiments.store import Run, RunError, RunStore, UnknownRunError

_PARAMETER = "run"
_WIDGET = "picked_run"
_LINKED = "linked_run"


def pick_run(store: RunStore, prefer: Callable[[Run], bool] | None = None) -> Run | None:
    """A searchable picker of runs, newest first; None when there are none.

    The URL always names the run, so that a new run never changes what a link shows. A widget bound to the
    URL would put its whole label there; hence the id is written by hand. A link to a run that this store
    does not have says so and shows the newest instead.

    Args:
        store: where runs are.
        prefer: without a link the newest run that fits is shown first, where there is one.
    """
    runs = {run.id: run for run in store.list()}
    asked = linked = st.query_params.get(_PARAMETER)
    if asked and asked not in runs:
        asked = _look_up(store, asked, runs)
    if not runs:
        return None
    if asked and asked != st.session_state.get(_LINKED):
        st.session_state[_WIDGET] = asked
    if st.session_state.get(_WIDGET) not in runs:
        fitting = () if prefer is None or linked else (run.id for run in runs.values() if prefer(run))
        st.session_state[_WIDGET] = next(iter(fitting), next(iter(runs)))
    chosen = st.selectbox(
        "Run",
        list(runs),
        format_func=lambda run_id: f"{runs[run_id].title} · {runs[run_id].state} · {run_id}",
        key=_WIDGET,
        persist_state="session",
        help="Type to search; newest first.",
    )
    st.session_state[_LINKED] = st.query_params[_PARAMETER] = chosen
    return runs[chosen]


def _look_up(store: RunStore, asked: str, runs: dict[str, Run]) -> str | None:
    try:
        run = store.get(asked)
    except RunError as error:
        why = "is not in this store" if isinstance(error, UnknownRunError) else "cannot be read"
        instead = "showing the newest run instead" if runs else "and there are no other runs"
        # As code, so that a link cannot put Markdown (a picture from elsewhere, say) onto the page.
        named = " ".join(asked.replace("`", "").split())
        st.warning(f"The link names run `{named}`, which {why}; {instead}.", icon=":material/link_off:")
        return None
    runs[run.id] = run
    return run.id
