"""Choosing a dataset, with what there is to know about it before training."""

import streamlit as st

from dashboard.parts.dataset_options import choose_options
from data import CATALOGUE, DEFAULT, DatasetCard, DatasetConfig, is_ready

READY = {
    "nothing": "Ready: nothing to download.",
    "download": "Ready: the raw files are here.",
    "a build of about a minute": "Ready: built before on this machine.",
}
WAIT = {
    "download": "Downloaded when training starts; needs the network once, or a folder named by $A2Q_DATA.",
    "a build of about a minute": "Read from this machine when training starts; takes about a minute, once.",
}


def choose_dataset() -> DatasetConfig | None:
    """A picker and the dataset's card; None while a chosen size is not allowed, with the reason said."""
    names = list(CATALOGUE)
    # Put beside the widget, so that a starting point can put another there.
    st.session_state.setdefault("dataset", DEFAULT)
    name = st.selectbox(
        "Dataset",
        names,
        format_func=lambda name: CATALOGUE[name].title,
        key="dataset",
    )
    card = CATALOGUE[name]
    _describe(card)
    return choose_options(card)


def _describe(card: DatasetCard) -> None:
    sizes = {
        "graphs": card.graphs,
        "nodes": card.nodes,
        "nodes a graph": card.mean_nodes,
        "edges": card.edges,
        "edges a graph": card.mean_edges,
        "features": card.features,
        "classes": card.classes,
    }
    known = " · ".join(f"{count:,} {kind}" for kind, count in sizes.items() if count is not None)
    st.caption(f"{card.why} {known}".strip())
    ready = is_ready(card.name)
    with st.expander(READY[card.needs] if ready else WAIT[card.needs], icon=":material/dataset:"):
        facts = {"Split": card.split, "Source": card.source, "Licence": card.licence, "Citation": card.citation}
        st.markdown("  \n".join(f"{name}: {fact}" for name, fact in facts.items()))
