"""A look at an upload as it will be read, before it is imported."""

import streamlit as st

from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.first_rows import first_rows
from a2q.datasets.importers.guesses import outlook
from a2q.datasets.importers.mapping import guess
from a2q.datasets.importers.parts import Adjacency, Parts
from a2q_studio.ui.literal import literal

_COLUMNS = 20
_GUESSED = ("source", "target", "node", "label", "split", "graph", "features")


def preview(parts: Parts, config: ImportConfig) -> None:
    """The first rows of each file as the columns are chosen, what was guessed, and what will not be read.

    Args:
        parts: what the files hold.
        config: what their columns mean.

    Raises:
        DatasetError: a column is chosen twice, or one of these rows cannot be read.
    """
    found = guess(parts, config)
    guessed = guess(parts, ImportConfig(one_hot=found.one_hot))
    kept = {role: None for role in _GUESSED if getattr(found, role) == getattr(guessed, role)}
    told = outlook(parts, config.model_copy(update=kept), found)
    if told:
        with st.container(key="own-guessed"):
            st.info("\n".join(f"- {literal(sentence)}" for sentence in told), icon=":material/search:")
    if isinstance(parts.edges, Adjacency):
        st.caption(f"{len(parts.edges.source):,} entries between {parts.edges.nodes:,} numbered nodes.")
    if parts.features is not None:
        rows, columns = parts.features.shape
        st.caption(f"Features: {columns:,} for each of {rows:,} nodes.")
    for title, frame in first_rows(parts, found).items():
        width = len(frame.columns)
        more = f", the first {_COLUMNS} of {width:,} columns" if width > _COLUMNS else ""
        st.caption(f"{title}: the first rows as they will be read{more}")
        st.dataframe(frame.iloc[:, :_COLUMNS], hide_index=True, alt=f"First rows of the {title.lower()}")
