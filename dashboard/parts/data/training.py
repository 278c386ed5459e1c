"""From a dataset to the page that trains on it."""

import streamlit as st
from pydantic import ValidationError

from dashboard.parts.access import read_only
from dashboard.parts.data.picker import Chosen
from data import DatasetConfig, card
from data.options import OPTIONS

ON = "on"
"""Parameter of a link to Train that holds the dataset to choose, with its options, as JSON."""


def train_on(chosen: Chosen) -> None:
    """A link that opens Train with this dataset and its options chosen."""
    # A link rather than a switch in the script: parameters of the address that belong to this page stay behind.
    st.page_link(
        "dashboard/views/train.py",
        label="Train on it",
        icon=":material/play_circle:",
        disabled=read_only(),
        query_params={ON: chosen.config.model_dump_json(exclude_none=True)},
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
