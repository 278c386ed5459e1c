"""Which dataset the page is about, and which one stands beside it."""

from typing import NamedTuple

import streamlit as st

from a2q.datasets import DEFAULT, DatasetCard, DatasetConfig, is_ready
from a2q.datasets.catalogue import listing
from a2q.datasets.importers.import_store import is_own
from a2q_studio.ui.dataset_options import choose_options

FIRST, SECOND = "graph", "beside"
"""Keys of the two pickers, and their names in the address."""


class Chosen(NamedTuple):
    """A dataset somebody picked.

    Attributes:
        card: what it is.
        config: what is chosen of it.
    """

    card: DatasetCard
    config: DatasetConfig


def pick_first() -> Chosen | None:
    """The dataset to know, from the address where it names one; None while an option is not allowed."""
    cards = listing()
    names = list(cards)
    start = "cora" if is_ready("cora") else DEFAULT
    name = st.selectbox(
        "Dataset",
        names,
        index=names.index(start),
        format_func=lambda name: _title(cards[name]),
        key=FIRST,
        bind="query-params",
    )
    return _with_options(cards[name], FIRST)


def pick_second() -> Chosen | None:
    """A dataset to set beside the first one, or None."""
    cards = listing()
    name = st.selectbox(
        "Set beside it",
        list(cards),
        index=None,
        format_func=lambda name: _title(cards[name]),
        key=SECOND,
        bind="query-params",
        placeholder="Nothing; choose a second dataset to compare",
    )
    return None if name is None else _with_options(cards[name], SECOND)


def _title(card: DatasetCard) -> str:
    """The title, which also stands in the address; of an own graph with its name, since two may have one title."""
    return f"{card.title} ({card.name})" if is_own(card.name) else card.title


def _with_options(card: DatasetCard, prefix: str) -> Chosen | None:
    if not card.options and card.folds is None:
        return Chosen(card, DatasetConfig(name=card.name))
    with st.expander("Options", icon=":material/tune:", key=f"{prefix}-options"):
        config = choose_options(card, f"{prefix}-")
    return None if config is None else Chosen(card, config)
