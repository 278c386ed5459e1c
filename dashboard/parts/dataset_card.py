"""Choosing a dataset, with what there is to know about it before training."""

import streamlit as st
from pydantic import ValidationError

from a2q.config import sentences
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
    name = st.selectbox(
        "Dataset",
        names,
        index=names.index(DEFAULT),
        format_func=lambda name: CATALOGUE[name].title,
        key="dataset",
    )
    card = CATALOGUE[name]
    _describe(card)
    if card.folds is not None:
        fold = st.number_input(
            "Fold", 0, card.folds - 1, 0, key="fold", help="The part that is tested on; the one before validates."
        )
        return DatasetConfig(name=name, fold=int(fold))
    if not card.sizable:
        return DatasetConfig(name=name)
    nodes = st.number_input("Nodes", 50, 2_000_000, 2708, key="nodes", help="Size of the generated graph.")
    seed = st.number_input("Graph seed", 0, 2**31 - 1, 0, key="graph-seed", help="The graph follows it.")
    try:
        return DatasetConfig(name=name, nodes=int(nodes), graph_seed=int(seed))
    except ValidationError as error:
        st.error(sentences(error))
        return None


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
        st.markdown(f"Source: {card.source}  \nLicence: {card.licence}  \nCitation: {card.citation}")
