"""Home: what this is, one live picture, the latest runs, and where to start."""

import streamlit as st

from a2q.runs import State
from dashboard.parts.figure import show_figure
from dashboard.parts.overview import live_picture
from dashboard.parts.run_table import run_table
from dashboard.parts.runs import open_store
from dashboard.parts.theme import current_palette

st.markdown(
    "Graph neural networks sum up messages, so a node that many edges point to holds larger values than the rest. "
    "A²Q (ICLR 2023) learns **for every node** how many bits its features need: hubs keep several, most nodes get by "
    "with one or two. Here you train such a network on a real graph and see every node's bits as they settle."
)

store = open_store()
runs = store.list(limit=10)
picture, start = st.columns([3, 2], gap="large")
with picture:
    figure, source = live_picture(store, store.list(limit=20, states=(State.FINISHED,)), current_palette())
    show_figure(figure, key="live-picture")
    st.caption(source)
with start:
    st.subheader("Start here")
    st.markdown(
        "1. **Train**: choose a graph and press *Train*. The first choice is read from this machine and needs no "
        "network.\n2. **Watch** accuracy and bits move, epoch by epoch.\n3. **Explore**: see who kept many bits, "
        "and why."
    )
    st.page_link("dashboard/views/train.py", label="Train a first run", icon=":material/play_circle:")
    st.page_link("dashboard/views/explore.py", label="Look at a run's bits", icon=":material/bar_chart:")

st.subheader("Latest runs")
if runs:
    run_table(runs, key="latest")
else:
    st.info("No runs yet. Train a first one; it takes about a minute.", icon=":material/inbox:")
