"""What all sessions share: a figure or table is made by the first that asks for it, once."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

MOST_KEPT = 96
"""Figures and tables that are kept; a page of one run has about a dozen."""

Made = TypeVar("Made")


def shared(make: Callable[[], Made], *follows_from: str | int | None) -> Made:
    """What ``make`` makes, the same object in every session and at every redraw, so that nobody may change it.

    A class that looks at one run draws each figure once, not once a person; whoever asks meanwhile waits for it.

    Args:
        make: called where nobody has asked yet.
        follows_from: all that the result follows from, a name of its own first.
    """
    made: Made = _made(follows_from, make)
    return made


# A resource, not data: a copy for every look would take longer than much of what is kept here.
@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _made(follows_from: tuple[str | int | None, ...], _make: Callable[[], Any]) -> Any:
    return _make()
