"""Choosing a dataset, with what there is to know about it before training."""

import os

import psutil
import streamlit as st

from a2q.datasets import DEFAULT, DatasetCard, DatasetConfig, is_ready, listing
from a2q.datasets.importers.import_store import is_own
from a2q.datasets.memory import first_load_memory, training_memory
from a2q_studio.ui.cost import size
from a2q_studio.ui.dataset_options import choose_options

READY = {
    "nothing": "Ready: nothing to download.",
    "download": "Ready: the raw files are here.",
}
WAIT = {
    "download": "Downloaded when training starts; needs the network once, or a folder named by $A2Q_DATA.",
}


def choose_dataset() -> DatasetConfig | None:
    """A picker and the dataset's card; None while a chosen size is not allowed, with the reason said."""
    cards = listing()
    if st.session_state.get("dataset", DEFAULT) not in cards:
        # An own graph may have been deleted since it was chosen.
        del st.session_state["dataset"]
    # Put beside the widget, so that a starting point can put another there.
    st.session_state.setdefault("dataset", DEFAULT)
    name = st.selectbox(
        "Dataset",
        list(cards),
        format_func=lambda name: printed(cards[name]),
        key="dataset",
    )
    card = cards[name]
    _describe(card)
    config = choose_options(card)
    # What a cluster's machines have is not known here.
    if config is not None and not os.environ.get("A2Q_SCHEDULER"):
        _warn(card, config)
    return config


def printed(card: DatasetCard) -> str:
    """The title; of an own graph with its name, since two may have one title."""
    return f"{card.title} ({card.name})" if is_own(card.name) else card.title


def _warn(card: DatasetCard, config: DatasetConfig) -> None:
    wanted = max(training_memory(card, config) or 0, first_load_memory(card) or 0)
    there = psutil.virtual_memory().total
    if wanted > there:
        st.warning(
            f"Training here takes roughly {size(wanted)}, and this machine has {size(there)} of memory: a run may be "
            "ended by the system. Choose a smaller graph, or train on a cluster (see Help, Server).",
            icon=":material/memory:",
        )


def sizes(card: DatasetCard) -> str:
    """The sizes of a graph or a set of graphs."""
    known = {
        "graphs": card.graphs,
        "nodes": card.nodes,
        "nodes a graph": card.mean_nodes,
        "edges": card.edges,
        "edges a graph": card.mean_edges,
        "features": card.features,
        "classes": card.classes,
    }
    return " · ".join(f"{count:,} {kind}" for kind, count in known.items() if count is not None)


def _describe(card: DatasetCard) -> None:
    st.caption(f"{card.why} {sizes(card)}".strip())
    ready = is_ready(card.name)
    with st.expander(READY[card.needs] if ready else WAIT[card.needs], icon=":material/dataset:"):
        facts = {"Split": card.split, "Source": card.source, "Licence": card.licence, "Citation": card.citation}
        st.markdown("  \n".join(f"{name}: {fact}" for name, fact in facts.items()))
