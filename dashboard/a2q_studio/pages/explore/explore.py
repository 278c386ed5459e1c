"""Explore: one run taken apart, every node of it."""

import streamlit as st

from a2q_studio.pages.explore.run_views import run_views
from a2q_studio.pages.explore.selection_link import note_link
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.polling import poll
from a2q_studio.ui.run_picker import pick_run
from a2q_studio.ui.run_store import open_store
from a2q_studio.ui.samples import offer_samples

store = open_store()
run = pick_run(store)
if run is None:
    st.info("No runs yet. Train one, or open the sample runs, and every node will be here.", icon=":material/inbox:")
    offer_samples(store, key="samples")
    st.page_link(page_script("train"), label="Train a first run", icon=":material/play_circle:")
else:
    note_link()
    st.fragment(run_views, run_every=poll(run.is_active))(run.id)
