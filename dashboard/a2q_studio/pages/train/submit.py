"""The training form: settings, what they cost, checks, what happens on *Train*, how much one visitor may ask for."""

import os
from collections.abc import Sequence
from typing import Any

import streamlit as st
from pydantic import ValidationError

from a2q.config import ConfigError, sentences
from a2q.experiments.run_config import RunConfig
from a2q.experiments.seeds import parse_seeds
from a2q.experiments.store import Run, RunStore, State
from a2q_studio.pages.train.config_form import config_fields
from a2q_studio.pages.train.relevant import relevant
from a2q_studio.pages.train.sweep import ask_penalties, parse_penalties, swept
from a2q_studio.ui.cost import cost
from a2q_studio.ui.literal import message
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.run_store import start_now

_KNOWN = "known_configs"
_SAID = "queued_said"
_FIRST_TRAINING = ("epochs",)
_FIRST_QUANTIZATION = ("target_average_bits", "bits", "average_bits")


def settings_form(store: RunStore, start: RunConfig, penalties: str, prefix: str) -> None:
    """Draw the form; submit queues one run for each seed and, in a sweep, each penalty.

    Args:
        store: where runs go.
        start: the settings to start with.
        penalties: of a sweep, as text; empty for none.
        prefix: a new one starts the fields anew.
    """
    said = st.session_state.pop(_SAID, None)
    if said:
        st.toast(said, icon=":material/playlist_add_check:")
    with st.form("settings"):
        values = start.model_dump()
        st.session_state.setdefault("seeds", "0")
        seeds = st.text_input(
            "Seeds", key="seeds", help="One seed, a list like 0,3,5 or a range like 0..9, ends included."
        )
        values["training"] |= config_fields(start.training, prefix, _FIRST_TRAINING)
        quantization = relevant(start, "quantization")
        first = tuple(name for name in _FIRST_QUANTIZATION if name in quantization)
        values["quantization"] |= config_fields(start.quantization, prefix, first)
        penalties = ask_penalties(start, penalties, prefix)
        with st.expander("All settings", icon=":material/tune:"):
            st.markdown("**Network**")
            values["model"] |= config_fields(start.model, prefix, relevant(start, "model"))
            rest = tuple(name for name in quantization if name not in first)
            if rest:
                st.markdown("**Quantization**")
                values["quantization"] |= config_fields(start.quantization, prefix, rest)
            st.markdown("**Training**")
            others = tuple(name for name in relevant(start, "training") if name not in _FIRST_TRAINING)
            values["training"] |= config_fields(start.training, prefix, others)
        pressed = st.form_submit_button("Train", type="primary", icon=":material/play_arrow:", width="stretch")
        only_cost = st.form_submit_button("Estimate time and memory", icon=":material/timer:", width="stretch")
    try:
        configs = _configs(values, seeds, penalties)
        if pressed:
            _submit(store, configs)
    except ConfigError as error:
        # What is still being typed is nobody's fault.
        if pressed or only_cost:
            st.error(message(str(error)), icon=":material/block:")
        return
    cost(store, configs[0], len(configs))
    _offer_existing(store)


def _configs(values: dict[str, Any], seeds: str, penalties: str) -> list[RunConfig]:
    """One config for each seed and penalty.

    Raises:
        ConfigError: a value is not allowed, or they contradict each other.
    """
    chosen = parse_seeds(seeds)
    try:
        configs = [RunConfig.model_validate(values | {"seed": seed}) for seed in chosen]
    except ValidationError as error:
        raise ConfigError(sentences(error)) from error
    each = parse_penalties(penalties)
    return [config for one in configs for config in swept(one, each)]


def _submit(store: RunStore, configs: list[RunConfig]) -> None:
    known = [config for config in configs if store.find(config) is not None]
    _queue(store, [config for config in configs if config not in known])
    st.session_state[_KNOWN] = known
    # What stands above the form, the chip with what trains, was drawn before the runs were queued.
    st.rerun()


def _offer_existing(store: RunStore) -> None:
    known: list[RunConfig] = st.session_state.get(_KNOWN, [])
    existing = [run for config in known if (run := store.find(config)) is not None]
    if not existing:
        return
    names = ", ".join(f"`{run.id}` (seed {run.config.seed}, {run.state})" for run in existing)
    st.info(f"The same settings and seed were used before: {names}.", icon=":material/content_copy:")
    with st.container(horizontal=True):
        st.page_link(
            page_script("explore"),
            label="Open the existing run",
            icon=":material/bar_chart:",
            query_params={"run": existing[0].id},
        )
        st.button("Train again", on_click=_again, args=(store, known))


def _again(store: RunStore, known: list[RunConfig]) -> None:
    st.session_state.pop(_KNOWN, None)
    try:
        _queue(store, known)
    except ConfigError as error:
        st.toast(message(str(error)), icon=":material/block:")


def _queue(store: RunStore, configs: list[RunConfig]) -> None:
    check_room(store, len(configs))
    runs = [store.submit(config) for config in configs]
    remember(runs)
    if runs:
        st.session_state[_SAID] = f"Queued {len(runs)} run{'s' if len(runs) > 1 else ''}."
    start_now(store)


DEFAULT_MOST = 50
_MY_RUNS = "my_runs"


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


def remember(runs: Sequence[Run]) -> None:
    """Count these runs as this session's."""
    st.session_state.setdefault(_MY_RUNS, set()).update(run.id for run in runs)
