"""Switches of how cycles are counted, with the speedup that each choice gives written beside it."""

import importlib.util
from collections.abc import Callable
from typing import Any, get_args

import streamlit as st

from a2q.accelerator import AcceleratorError, Conventions
from a2q_studio.pages.accelerator.keys import key

_SWITCHES = (
    "first_input",
    "zero_skipping",
    "node_order",
    "lane_sync",
    "aggregation",
    "phases",
    "memory",
    "feature_format",
    "gather",
)


def choose_conventions() -> tuple[Conventions, dict[str, Any]]:
    """The chosen conventions, and a place beside each switch to write its speedups into."""
    chosen: dict[str, Any] = {}
    places: dict[str, Any] = {}
    with st.container(border=True, key=key("conventions")), st.grid(3, min_column_width=250, gap="small") as grid:
        for field in _SWITCHES:
            with grid.cell():
                chosen[field] = _switch(field)
                places[field] = st.empty()
    return Conventions(**chosen), places


def write_speedups(
    places: dict[str, Any], conventions: Conventions, times: Callable[..., float], reference: str
) -> None:
    """Beside every switch, the speedup under each of its choices, the others staying as they are.

    Args:
        places: where to write, by convention.
        conventions: as chosen.
        times: gives the speedup with conventions changed.
        reference: what it is over.
    """
    for field, place in places.items():
        found = []
        for option in _options(field):
            try:
                value = f"{times(**{field: option}):.2f}×"
            except AcceleratorError:
                value = "does not fit"
            named = {True: "on", False: "off"}.get(option, option)
            here = option == getattr(conventions, field)
            found.append(f"**{named} {value}**" if here else f"{named} {value}")
        place.caption(f"{' · '.join(found)}", help=f"Speedup over {reference} with this choice and all others as set.")


def _switch(field: str) -> Any:
    described = Conventions.model_fields[field]
    default = getattr(Conventions(), field)
    title, text = described.title or field, described.description
    if isinstance(default, bool):
        return st.toggle(title, default, key=key(field), bind="query-params", help=text)
    options = _options(field)
    chosen = st.selectbox(title, options, index=options.index(default), key=key(field), bind="query-params", help=text)
    return chosen if chosen in options else default


def _options(field: str) -> list[Any]:
    kind = Conventions.model_fields[field].annotation
    if kind is bool:
        return [False, True]
    options = list(get_args(kind))
    if field == "node_order" and importlib.util.find_spec("pymetis") is None:
        return [option for option in options if not option.startswith("metis")]
    return options
