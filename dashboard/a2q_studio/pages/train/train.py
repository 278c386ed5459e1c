"""Train: choose a graph and settings, start runs, and follow them."""

import streamlit as st

from a2q.experiments.presets import chosen_for
from a2q.experiments.store import RunStore
from a2q_studio.pages.train.bundles import runs_as_files
from a2q_studio.pages.train.run_card import run_card
from a2q_studio.pages.train.starting_point import (
    choose_model,
    choose_preset,
    choose_start,
    follow_link,
    starting_config,
)
from a2q_studio.pages.train.submit import settings_form
from a2q_studio.ui.access import read_only
from a2q_studio.ui.dataset_card import choose_dataset
from a2q_studio.ui.dataset_link import follow_dataset_link
from a2q_studio.ui.polling import poll
from a2q_studio.ui.run_store import live, live_store, open_store
from a2q_studio.ui.run_table import run_table
from a2q_studio.ui.theme import current_palette
from a2q_studio.ui.unreadable_runs import unreadable_runs

CARDS = 4
# Of the newest runs, so many are listed.
MOST_RUNS = 50

store = open_store()
left, right = st.columns([2, 3], gap="large")


def form() -> None:
    """What to train: a starting point, the graph, the settings."""
    follow_link(store)
    follow_dataset_link()
    choose_start()
    dataset = choose_dataset()
    if dataset is None:
        return
    preset_name = choose_preset(dataset.name)
    model = choose_model(dataset.name)
    start, penalties, point = starting_config(dataset, preset_name, model)
    by_graph = None if point else chosen_for(preset_name, dataset.name)
    if by_graph is not None:
        st.caption(by_graph.why)
    settings_form(store, start, penalties, f"{dataset.name}-{preset_name}-{model}-{point}")


with left:
    st.subheader("New run", anchor=False)
    if read_only():
        st.info("Nothing can be trained here: this server is read-only.", icon=":material/lock:")
    else:
        form()


@live
def queue() -> None:
    """The newest runs; redraws itself while one is active, then once more with everything else."""
    current: RunStore = live_store()
    readable, unreadable = current.newest()
    runs = readable[:MOST_RUNS]
    active = [run for run in runs if run.is_active]
    if not runs:
        st.info("Nothing has been trained yet. Choose a graph and press *Train*.", icon=":material/inbox:")
    recent = [run for run in runs if not run.is_active][: max(1, CARDS - len(active))]
    for run in [*active[:CARDS], *recent]:
        run_card(current, run, current_palette())
    if len(active) > CARDS:
        st.caption(f"{len(active) - CARDS} more runs wait or run; the table below lists them.")
    if runs:
        run_table(runs, key="runs")
    unreadable_runs(current, unreadable)
    if polling and not active:
        st.rerun()


with right:
    st.subheader("Runs", anchor=False)
    polling = any(run.is_active for run in store.list(limit=MOST_RUNS))
    st.fragment(queue, run_every=poll(polling))()
    runs_as_files(store)
