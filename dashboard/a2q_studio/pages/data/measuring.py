"""The statistics of a dataset, or how far they are: a download and the measuring are one thing to wait for."""

import streamlit as st

from a2q.datasets import is_ready
from a2q.datasets.statistics import Standing, Statistics, cancel, request, standing
from a2q_studio.pages.data.picker import Chosen
from a2q_studio.ui.access import read_only
from a2q_studio.ui.literal import message

_GO = {
    "download": "Download and measure",
    "nothing": "Measure",
}


def measured(chosen: Chosen) -> Standing:
    """How far a dataset is; what is at hand begins to be measured at once.

    What has to be fetched first waits for a press, see :func:`show_standing`.
    """
    now = standing(chosen.config)
    if now == Standing() and is_ready(chosen.config):
        request(chosen.config)
        return standing(chosen.config)
    return now


def show_standing(chosen: Chosen, now: Standing, key: str) -> Statistics | None:
    """Draw what stands in the way of the statistics, or return them."""
    if now.statistics is not None:
        return now.statistics
    if now.progress is not None:
        st.progress(min(1.0, now.progress), text=f"{chosen.card.title}: {now.stage or 'Starting'}")
        st.button("Cancel", key=f"{key}-cancel", icon=":material/close:", on_click=cancel, args=(chosen.config,))
        return None
    if now.reason:
        if now.offline:
            st.info(message(now.reason), icon=":material/cloud_off:")
        else:
            st.error(message(now.reason), icon=":material/error:")
        _go(chosen, "Try again", key, again=True)
        return None
    st.info(f"{chosen.card.title} has not been measured on this machine yet.", icon=":material/query_stats:")
    _go(chosen, _GO[chosen.card.needs], key)
    return None


def _go(chosen: Chosen, label: str, key: str, again: bool = False) -> None:
    st.button(
        label,
        key=f"{key}-go",
        type="primary",
        icon=":material/download:" if chosen.card.needs == "download" else ":material/query_stats:",
        disabled=read_only() and chosen.card.needs != "nothing",
        help="A read-only server fetches nothing." if read_only() else None,
        on_click=request,
        args=(chosen.config, again),
    )
