"""How many runs one visitor may ask for at once."""

import os
from collections.abc import Sequence

import streamlit as st

from a2q.config import ConfigError
from a2q.experiments.run_config import RunConfig
from a2q.experiments.store import Run, RunStore, State
from a2q_studio.ui.run_store import start_now

DEFAULT_MOST = 50
_MY_RUNS = "my_runs"


def queue(store: RunStore, configs: Sequence[RunConfig]) -> list[Run]:
    """Queue runs as this session's, and start what can start.

    Raises:
        ConfigError: with what this session has active, they are too many; none is queued then.
    """
    check_room(store, len(configs))
    runs = [store.submit(config) for config in configs]
    st.session_state.setdefault(_MY_RUNS, set()).update(run.id for run in runs)
    start_now(store)
    return runs


def most_runs() -> int:
    """How many runs of one browser session may wait or train: $A2Q_SESSION_RUNS, by default 50.

    Raises:
        ConfigError: the variable is not a whole number of 1 or more.
    """
    given = os.environ.get("A2Q_SESSION_RUNS")
    if given is None:
        return DEFAULT_MOST
    if not given.isdecimal() or int(given) < 1:
        raise ConfigError(f"A2Q_SESSION_RUNS is {given!r}; it must be a whole number of 1 or more.")
    return int(given)


def check_room(store: RunStore, wanted: int) -> None:
    """Refuse what would be too much.

    Raises:
        ConfigError: with what this session has active, ``wanted`` more runs are too many.
    """
    mine: set[str] = st.session_state.get(_MY_RUNS, set())
    most = most_runs()
    # The store need not be asked where even all of them together are few enough.
    active = 0
    if mine and len(mine) + wanted > most:
        active = sum(run.id in mine for run in store.list(limit=1_000, states=(State.QUEUED, State.RUNNING)))
    if active + wanted > most:
        already = f" and {active} of yours are active" if active else ""
        raise ConfigError(f"{wanted} runs are asked for{already}; at most {most} at once may be.")
