"""The training form: settings, what they cost, checks, and what happens on *Train*."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from a2q.config import ConfigError, sentences
from a2q.experiments.run_config import RunConfig
from a2q.experiments.seeds import parse_seeds
from a2q.experiments.store import RunStore
from a2q_studio.pages.train.config_form import config_fields
from a2q_studio.pages.train.relevant import relevant
from a2q_studio.pages.train.sweep import ask_penalties, parse_penalties, swept
from a2q_studio.ui.cost import cost
from a2q_studio.ui.literal import message
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.session_runs import queue

_KNOWN = "known_configs"
_SAID = "queued_said"
_FIRST_TRAINING = ("epochs",)
_FIRST_QUANTIZATION = ("target_average_bits", "bits", "assignment", "bits_of", "average_bits")


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
    runs = queue(store, configs)
    if runs:
        st.session_state[_SAID] = f"Queued {len(runs)} run{'s' if len(runs) > 1 else ''}."
