"""Which runs are compared; they are in the URL, and nothing but the reader changes them."""

from collections.abc import Sequence

import streamlit as st

from a2q.experiments.store import Run, RunError, RunStore
from a2q_studio.comparison.charts.marks import MOST_RUNS

PARAMETER = "runs"
_WIDGET = "compared_runs"
_LINKED = "linked_runs"
_MISSING = "missing_runs"


def choose_runs(store: RunStore, listed: Sequence[Run]) -> list[Run]:
    """A searchable picker of several runs, in the order they were chosen in.

    The URL names them by id, as in ``?runs=0f3a…,9c21…``, so that a link shows the same runs and a new run changes
    nothing. A link to a run that this store does not have says so and shows the others.

    Args:
        store: where runs are looked up that a link names by the first characters of their id.
        listed: the runs to offer.
    """
    runs = {run.id: run for run in listed}
    asked = st.query_params.get(PARAMETER, "")
    if asked and asked != st.session_state.get(_LINKED):
        st.session_state[_WIDGET] = _look_up(store, asked, runs)
    _tell_missing()
    for run_id in st.session_state.get(_WIDGET, []):
        # Chosen before, and older than the list goes back.
        if run_id not in runs and (found := _find(store, run_id)):
            runs[found.id] = found
    st.session_state[_WIDGET] = [run_id for run_id in st.session_state.get(_WIDGET, []) if run_id in runs]
    chosen = st.multiselect(
        "Runs to compare",
        list(runs),
        format_func=lambda run_id: f"{runs[run_id].title} · {run_id}",
        key=_WIDGET,
        persist_state="session",
        placeholder=f"Choose 2 to {MOST_RUNS} runs; type to search",
        help="The first is A, the next B, and so on. A new run never changes this choice.",
        on_change=_forget_missing,
    )
    remember(chosen)
    return [runs[run_id] for run_id in chosen]


def remember(run_ids: Sequence[str]) -> None:
    """Put the chosen runs into the URL."""
    joined = ",".join(run_ids)
    st.session_state[_LINKED] = joined
    if joined:
        st.query_params[PARAMETER] = joined
    elif PARAMETER in st.query_params:
        del st.query_params[PARAMETER]


def choose(run_ids: Sequence[str]) -> None:
    """Choose these runs instead; for callbacks."""
    _forget_missing()
    st.session_state[_WIDGET] = list(run_ids)
    remember(run_ids)


def _look_up(store: RunStore, asked: str, runs: dict[str, Run]) -> list[str]:
    """Ids of the runs a link names, each once; those that are not there are noted."""
    found: list[str] = []
    missing: list[str] = []
    for part in filter(None, (part.strip() for part in asked.split(","))):
        run = runs.get(part) or _find(store, part)
        if run is None:
            missing.append(part)
        elif run.id not in found:
            runs[run.id] = run
            found.append(run.id)
    st.session_state[_MISSING] = (missing, bool(found))
    return found


def _tell_missing() -> None:
    """Say which runs of the link are not here, until somebody chooses others."""
    missing, others = st.session_state.get(_MISSING, ([], False))
    if missing:
        # As code, so that a link cannot put Markdown onto the page.
        named = ", ".join(f"`{' '.join(part.replace('`', '').split())[:40]}`" for part in missing[:MOST_RUNS])
        rest = "the others are shown" if others else "choose runs below"
        st.warning(f"The link names {named}, which this store does not have; {rest}.", icon=":material/link_off:")


def _forget_missing() -> None:
    st.session_state.pop(_MISSING, None)


def _find(store: RunStore, run_id: str) -> Run | None:
    try:
        return store.get(run_id)
    except RunError:
        return None
