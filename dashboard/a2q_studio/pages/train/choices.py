"""Choosing the network."""

from typing import get_args

import streamlit as st

from a2q.experiments.presets import PRESETS, default_model
from a2q.models.config import ModelConfig, ModelName
from a2q_studio.pages.train.relevant import relevant_presets

TITLES = {"gcn": "GCN", "gin": "GIN", "gat": "GAT", "sage": "GraphSAGE"}


def choose_model(dataset: str) -> ModelName:
    """A picker of models; each dataset starts with the one it is usually trained with."""
    names: tuple[ModelName, ...] = get_args(ModelName)
    key = f"model-{dataset}"
    # Put beside the widget, so that a starting point can put another there.
    st.session_state.setdefault(key, default_model(dataset))
    return st.selectbox(
        "Model",
        names,
        format_func=lambda name: TITLES[name],
        key=key,
        help=ModelConfig.model_fields["name"].description,
    )


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
