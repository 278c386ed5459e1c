"""Choosing the settings to start from."""

import streamlit as st

from a2q.config.presets import PRESETS
from dashboard.parts.relevant import relevant_presets


def choose_preset(dataset: str) -> str:
    """A picker of the presets that can train on a dataset, with what the chosen one is for."""
    name = st.selectbox(
        "Preset",
        relevant_presets(dataset),
        format_func=lambda name: PRESETS[name].title,
        key="preset",
        help="Settings to start from; change any of them below.",
    )
    st.caption(PRESETS[name].description)
    return name
