"""Where the nodes of compared runs stand: the layout that Explore shows too."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from a2q.layouts import degree_rings, kept_layout, request_layout
from a2q.layouts.layout_cache import layout_key
from a2q_studio.comparison.compared import Compared
from a2q_studio.ui.literal import message
from a2q_studio.ui.polling import poll

LAYOUTS = ("force", "rings")
"""Linked nodes close together; or hubs in the middle, by in-degree."""


@dataclass(frozen=True)
class Places:
    """Coordinates, or why not yet.

    Attributes:
        coordinates: [num_nodes, 2]; None while or where there are none.
        key: of what depends on them.
        note: a sentence about them.
        progress: share done while they are computed.
    """

    coordinates: np.ndarray | None
    key: str
    note: str = ""
    progress: float | None = None


def find_places(one: Compared, edges: np.ndarray | None, layout: str) -> Places:
    """The coordinates of a run's nodes; asks for a force-directed layout that is not there yet.

    Args:
        one: any of the runs on the graph.
        edges: source and target, [2, num_edges]; None where the run kept none.
        layout: one of :data:`LAYOUTS`.
    """
    in_degree = one.arrays["in_degree"]
    if layout == "rings" or edges is None:
        why = "" if edges is not None else "The run kept no edges, so nodes stand on rings by in-degree."
        return Places(degree_rings(in_degree), f"rings {one.graph}", why)
    key = layout_key(edges, len(in_degree))
    found = kept_layout(edges, len(in_degree))
    if found.coordinates is not None:
        return Places(found.coordinates, f"force {key}")
    if found.reason:
        return Places(
            degree_rings(in_degree), f"rings {one.graph}", f"{message(found.reason)} Nodes stand on rings instead."
        )
    request_layout(edges, len(in_degree))
    return Places(None, key, progress=found.progress or 0.0)


def layout_progress(one: Compared, edges: np.ndarray | None, places: Places, name: str) -> None:
    """How far the layout is, looked at every second; draws the page anew when it is there."""

    def look() -> None:
        now = find_places(one, edges, "force")
        if now.coordinates is not None:
            st.rerun()
        st.progress(min(1.0, now.progress or 0.0), text="Laying out the graph, once for all runs on it")
        st.skeleton(300)

    with st.container(key=f"layout-{name}"):
        st.fragment(look, run_every=poll(places.progress is not None))()
