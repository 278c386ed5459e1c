"""Choosing the network."""

from typing import get_args

import streamlit as st

from a2q.config import ModelConfig
from a2q.config.model import ModelName
from a2q.config.presets import default_model

TITLES = {"gcn": "GCN", "gin": "GIN", "gat": "GAT", "sage": "GraphSAGE"}


def choose_model(dataset: str) -> ModelName:
    """A picker of models; each dataset starts with the one it is usually trained with."""
    names = get_args(ModelName)
    key = f"model-{dataset}"
    # Put beside the widget, so that a starting point can put another there.
    st.session_state.setdefault(key, default_model(dataset))
    return st.selectbox(
        "Model",
        names,
        format_func=TITLES.get,
        key=key,
        help=ModelConfig.model_fields["name"].description,
    )
