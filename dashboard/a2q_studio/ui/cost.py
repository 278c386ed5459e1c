"""What the runs of a form will cost, said before they start."""

import math
from collections.abc import Sequence

import streamlit as st

from a2q.experiments.estimate import Timing, estimate, timed_here
from a2q.experiments.launch.local import slots
from a2q.experiments.run_config import RunConfig
from a2q.experiments.store import RunError, RunStore, State

PAST = 200


def cost(store: RunStore, config: RunConfig, runs: int) -> None:
    """Time and memory of ``runs`` runs like ``config``, with where the figures come from.

    Args:
        store: has the runs to go by.
        config: one of the runs; the others differ in what costs nothing.
        runs: how many.
    """
    past = store.list(limit=PAST, states=(State.FINISHED,))
    found = estimate(config, past)
    if found is None:
        found = estimate(config, past, _timed_here())
    if found is None:
        st.caption("No estimate yet: how large this graph is shows when it is first read.")
        return
    try:
        rounds = math.ceil(runs / slots())
    except RunError:
        rounds = runs
    words = [f"about {duration(found.seconds)}" + (" each" if runs > 1 else "")]
    if runs > 1:
        words.append(f"{duration(found.seconds * rounds)} for {runs} runs")
    if found.mib is not None:
        words.append(size(found.mib * 2**20))
    st.caption(f":material/timer: {' · '.join(words)}; {found.basis}.")


def duration(seconds: float) -> str:
    """Seconds in the unit people would say: "8 s", "3 min", "1.5 h"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def size(count: float) -> str:
    """Bytes in the unit people would say: "120 MiB", "1.5 GiB"."""
    return f"{count / 2**30:,.1f} GiB" if count >= 2**30 else f"{count / 2**20:,.0f} MiB"


@st.cache_data(max_entries=1, show_spinner="Timing a few epochs on this machine")
def _timed_here() -> Sequence[Timing]:
    return timed_here()
