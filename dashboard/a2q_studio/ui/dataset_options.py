"""What can be chosen of a dataset: the shape of a generated graph, a split, a fold."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from pydantic import ValidationError

from a2q.config import sentences
from a2q.datasets import DatasetCard, DatasetConfig
from a2q.datasets.config import OPTIONS, Option
from a2q_studio.ui.literal import message


def choose_options(card: DatasetCard, prefix: str = "") -> DatasetConfig | None:
    """A widget for each option the dataset has; None while a chosen value is not allowed, with the reason said.

    Args:
        card: the dataset's card.
        prefix: makes keys unique where two datasets are chosen on one page.
    """
    values: dict[str, Any] = {name: _number(OPTIONS[name], f"{prefix}{name}") for name in card.options}
    if card.folds is not None:
        help_text = (
            "The part that is tested on; the one before validates."
            if card.graph_level
            else "Which of the published splits, from 0."
        )
        label = "Fold" if card.graph_level else "Split"
        st.session_state.setdefault(f"{prefix}fold", 0)
        values["fold"] = int(st.number_input(label, 0, card.folds - 1, key=f"{prefix}fold", help=help_text))
    try:
        return DatasetConfig(name=card.name, **_chosen(values))
    except ValidationError as error:
        st.error(message(sentences(error)), icon=":material/block:")
        return None


def _number(option: Option, key: str) -> float:
    kind = int if option.whole else float
    # Put beside the widget, so that a starting point can put another there.
    st.session_state.setdefault(key, kind(option.default))
    return st.number_input(
        option.title,
        min_value=kind(option.low),
        max_value=kind(option.high),
        step=1 if option.whole else 0.01,
        format="%d" if option.whole else "%.3g",
        key=key,
        help=option.help,
    )


def _chosen(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a run stores them; those of newer options only where they are not the default, as on the command
    line, so that the same run has the same fingerprint."""
    return {
        name: value
        for name, value in values.items()
        if name in ("nodes", "graph_seed", "fold") or value != OPTIONS[name].default
    }
