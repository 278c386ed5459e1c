"""The training form: settings, checks, and what happens on *Train*."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from a2q.config import ConfigError, RunConfig, sentences
from a2q.config.model import ModelName
from a2q.config.presets import preset
from a2q.runs import RunError, RunStore, dispatch
from a2q.seeds import parse_seeds
from dashboard.parts.config_form import config_fields
from dashboard.parts.relevant import relevant
from data import DatasetConfig

MOST_AT_ONCE = 50
_KNOWN = "known_configs"
_FIRST_TRAINING = ("epochs",)
_FIRST_QUANTIZATION = ("target_average_bits", "bits", "average_bits")


def settings_form(store: RunStore, dataset: DatasetConfig, preset_name: str, model: ModelName) -> None:
    """Draw the form for a dataset, preset and model; submit queues one run per seed."""
    start = preset(preset_name, dataset, model)
    prefix = f"{dataset.name}-{preset_name}-{model}"
    with st.form("settings"):
        values = start.model_dump()
        seeds = st.text_input(
            "Seeds", "0", key="seeds", help="One seed, a list like 0,3,5 or a range like 0..9, ends included."
        )
        values["training"] |= config_fields(start.training, prefix, _FIRST_TRAINING)
        quantization = relevant(start, "quantization")
        first = tuple(name for name in _FIRST_QUANTIZATION if name in quantization)
        values["quantization"] |= config_fields(start.quantization, prefix, first)
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
        if st.form_submit_button("Train", type="primary", icon=":material/play_arrow:", width="stretch"):
            _submit(store, values, seeds)
    _offer_existing(store)


def _submit(store: RunStore, values: dict[str, Any], seeds: str) -> None:
    try:
        chosen = parse_seeds(seeds)
        if len(chosen) > MOST_AT_ONCE:
            raise ConfigError(f"{len(chosen)} seeds are given; start at most {MOST_AT_ONCE} runs at once.")
        configs = [RunConfig.model_validate(values | {"seed": seed}) for seed in chosen]
    except ValidationError as error:
        st.error(sentences(error), icon=":material/block:")
        return
    except ConfigError as error:
        st.error(str(error), icon=":material/block:")
        return
    known = [config for config in configs if store.find(config) is not None]
    _queue(store, [config for config in configs if config not in known])
    st.session_state[_KNOWN] = known


def _offer_existing(store: RunStore) -> None:
    known: list[RunConfig] = st.session_state.get(_KNOWN, [])
    existing = [run for config in known if (run := store.find(config)) is not None]
    if not existing:
        return
    names = ", ".join(f"`{run.id}` (seed {run.config.seed}, {run.state})" for run in existing)
    st.info(f"The same settings and seed were used before: {names}.", icon=":material/content_copy:")
    with st.container(horizontal=True):
        st.page_link(
            "dashboard/views/explore.py",
            label="Open the existing run",
            icon=":material/bar_chart:",
            query_params={"run": existing[0].id},
        )
        st.button("Train again", on_click=_again, args=(store, known))


def _again(store: RunStore, known: list[RunConfig]) -> None:
    st.session_state.pop(_KNOWN, None)
    _queue(store, known)


def _queue(store: RunStore, configs: list[RunConfig]) -> None:
    for config in configs:
        store.submit(config)
    if configs:
        st.toast(f"Queued {len(configs)} run{'s' if len(configs) > 1 else ''}.", icon=":material/playlist_add_check:")
    try:
        dispatch(store)
    except RunError as error:
        st.warning(str(error), icon=":material/cloud_off:")
