"""From one node to its neighbours, by buttons: the way through the graph that needs no pointer."""

import numpy as np
import streamlit as st

from dashboard.parts.explore.scene import Scene
from dashboard.parts.selection import INSPECTED, select

_STATE = "walk"


def neighbours(edges: np.ndarray, node: int) -> np.ndarray:
    """Numbers of all nodes with an edge to or from this one, ascending."""
    source, target = edges
    found = np.union1d(source[target == node], target[source == node])
    return found[found != node]


def neighbour_buttons(scene: Scene, node: int) -> None:
    """Step through the neighbours of the node the walk began at, and select them."""
    edges = scene.edges
    if edges is None:
        return
    centre, around = _walk(scene.run.id, edges, node)
    place = int(np.searchsorted(around, node)) if node != centre else -1

    def step(to: int) -> None:
        st.session_state[_STATE] = (scene.run.id, centre)
        st.session_state[INSPECTED] = str(around[to % len(around)])

    where = (
        f"Neighbours of node {centre}: {place + 1} of {len(around):,}" if place >= 0 else f"{len(around):,} neighbours"
    )
    st.button(
        "Previous neighbour",
        icon=":material/arrow_back:",
        key="previous-neighbour",
        on_click=step,
        args=(place - 1 if place >= 0 else -1,),
        disabled=not len(around),
        help=where,
    )
    st.button(
        "Next neighbour",
        icon=":material/arrow_forward:",
        key="next-neighbour",
        on_click=step,
        args=(place + 1,),
        disabled=not len(around),
        help=where,
    )
    st.button(
        "Select neighbours",
        icon=":material/hub:",
        key="select-neighbours",
        on_click=select,
        args=(scene.run.id, np.append(neighbours(edges, node), node), f"node {node} and its neighbours"),
    )


def _walk(run_id: str, edges: np.ndarray, node: int) -> tuple[int, np.ndarray]:
    """The node in the middle of the walk and its neighbours; a node beside the way begins a new one."""
    kept = st.session_state.get(_STATE)
    if isinstance(kept, tuple) and kept[0] == run_id:
        around = neighbours(edges, kept[1])
        if node in around:
            return kept[1], around
    st.session_state.pop(_STATE, None)
    return node, neighbours(edges, node)
