"""The sample runs on pages: read where they lie, or opened in the run store."""

import streamlit as st

from a2q.experiments.bundle.bundle import Bundle, import_bundle
from a2q.experiments.store import RunStore
from a2q_studio.samples import SAMPLES, read_sample
from a2q_studio.ui.access import read_only

WHAT = (
    "Sample runs: generated citations (1,500 nodes, nothing of anyone else's data), trained by our own workers with "
    "`python -m a2q_studio.samples`; one seed each, epoch chosen on validation."
)


@st.cache_resource(max_entries=len(SAMPLES), show_spinner=False)
def sample(name: str) -> Bundle:
    """A sample run, read from its file once for all sessions; nobody may change it."""
    return read_sample(name)


def offer_samples(store: RunStore, key: str) -> None:
    """A button that puts the sample runs into the run store, for pages that have no run to show yet."""
    st.button(
        "Open the sample runs",
        icon=":material/inventory_2:",
        key=key,
        on_click=_open_all,
        args=(store,),
        disabled=read_only(),
        help=WHAT,
    )


def _open_all(store: RunStore) -> None:
    for name in SAMPLES:
        import_bundle(store, sample(name))
    st.toast(f"{len(SAMPLES)} sample runs are in the list of runs.", icon=":material/playlist_add_check:")
