"""Explore: one run taken apart, every node of it."""

import streamlit as st

from dashboard.parts.explore.run_views import run_views
from dashboard.parts.explore.selection_link import note_link
from dashboard.parts.polling import poll
from dashboard.parts.run_picker import pick_run
from dashboard.parts.runs import open_store
from dashboard.parts.samples import offer_samples

store = open_store()
run = pick_run(store)
if run is None:
    st.info("No runs yet. Train one, or open the sample runs, and every node will be here.", icon=":material/inbox:")
    offer_samples(store, key="samples")
    st.page_link("dashboard/views/train.py", label="Train a first run", icon=":material/play_circle:")
else:
    note_link()
    st.fragment(run_views, run_every=poll(run.is_active))(run.id)
