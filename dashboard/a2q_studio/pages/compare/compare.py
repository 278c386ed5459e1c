"""Compare: two to six runs side by side, in results, settings, curves, bits and the graph itself."""

import streamlit as st

from a2q_studio.comparison.charts.marks import MOST_RUNS
from a2q_studio.pages.compare.choice import choose, choose_runs
from a2q_studio.pages.compare.compare_views import compare_views
from a2q_studio.pages.compare.parallel import parallel_runs
from a2q_studio.pages.compare.run_list import run_list
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.polling import poll
from a2q_studio.ui.run_store import open_store
from a2q_studio.ui.samples import offer_samples

LISTED = 1_000

store = open_store()
runs = store.list(LISTED)
chosen = choose_runs(store, runs)
if runs or chosen:
    with st.expander("All runs: filter, tick, star, tag", expanded=len(chosen) < 2, icon=":material/list:"):
        fitting = run_list(store, runs, store.annotations.all())
    parallel_runs(fitting, chosen)
if not runs and not chosen:
    st.info("No runs yet. Two and more of them will stand side by side here.", icon=":material/inbox:")
    offer_samples(store, "compare-samples")
    st.page_link(page_script("train"), label="Train a first run", icon=":material/play_circle:")
elif len(runs) == 1 and len(chosen) < 2:
    st.info("There is one run so far; a second one is needed to compare it with.", icon=":material/compare_arrows:")
    offer_samples(store, "compare-samples")
    st.page_link(page_script("train"), label="Train another run", icon=":material/play_circle:")
elif not chosen:
    st.info("Choose two runs or more.", icon=":material/compare_arrows:")
    st.button("Compare the two newest", key="compare-newest", on_click=choose, args=([run.id for run in runs[:2]],))
elif len(chosen) == 1:
    st.info("Choose one run more to set beside it.", icon=":material/compare_arrows:")
elif len(chosen) > MOST_RUNS:
    st.error(
        f"{len(chosen)} runs are chosen; at most {MOST_RUNS} fit side by side. Take {len(chosen) - MOST_RUNS} away.",
        icon=":material/filter_6:",
    )
else:
    active = any(run.is_active for run in chosen)
    st.fragment(compare_views, run_every=poll(active))([run.id for run in chosen])
