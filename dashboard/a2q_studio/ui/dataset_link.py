"""From a dataset to the page that trains on it."""

import streamlit as st
from pydantic import ValidationError

from a2q.datasets import DatasetConfig, card
from a2q.datasets.config import OPTIONS
from a2q_studio.ui.access import read_only
from a2q_studio.ui.navigation import page_script

ON = "on"
"""Parameter of a link to Train that holds the dataset to choose, with its options, as JSON."""


def train_on(config: DatasetConfig) -> None:
    """A link that opens Train with this dataset and its options chosen."""
    # A link rather than a switch in the script: parameters of the address that belong to this page stay behind.
    st.page_link(
        page_script("train"),
        label="Train on it",
        icon=":material/play_circle:",
        disabled=read_only(),
        query_params={ON: config.model_dump_json(exclude_none=True)},
    )


def follow_dataset_link() -> None:
    """On Train: choose the dataset that a link holds, once."""
    asked = st.query_params.pop(ON, None)
    if not asked:
        return
    try:
        chosen = DatasetConfig.model_validate_json(asked)
    except ValidationError:
        st.warning("The link names a dataset that is not here.", icon=":material/link_off:")
        return
    st.session_state["dataset"] = chosen.name
    st.session_state["fold"] = chosen.fold or 0
    for name in card(chosen.name).options:
        st.session_state[name] = (int if OPTIONS[name].whole else float)(chosen.option(name))
