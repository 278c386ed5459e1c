"""From one node to its neighbours, by buttons: the way through the graph that needs no pointer."""

import numpy as np
import streamlit as st

from a2q.reports.inspection import Contributions
from a2q_studio.pages.explore.charts.ego import MOST_LABELS, MOST_NODES, EgoNode, ego_page, neighbourhood
from a2q_studio.pages.explore.scene import Scene
from a2q_studio.ui.selection import INSPECTED, select

HEIGHT = 420


def ego_view(scene: Scene, node: int, arrived: Contributions | None) -> None:
    """Draw the neighbourhood; bits stand in words under each node, so that colour is not all."""
    edges = scene.edges
    if edges is None:
        st.info("This run kept no edges, so there are no neighbours to draw.", icon=":material/info:")
        return
    hops = st.segmented_control("Hops", [1, 2], default=1, required=True, key="hops", bind="query-params") or 1
    in_degree = scene.nodes["in_degree"].to_numpy()
    members = neighbourhood(edges, len(scene.nodes), node, hops, in_degree)
    shares = {} if arrived is None else dict(zip(arrived.nodes.tolist(), arrived.shares.tolist(), strict=True))
    rows = scene.nodes.iloc[members]
    drawn = [
        EgoNode(
            number=int(row["node"]),
            name=str(row["name"]) if "name" in row else str(row["node"]),
            bits=int(row["bits"]) if "bits" in row else None,
            in_degree=int(row["in_degree"]),
            share=shares.get(int(row["node"])),
        )
        for row in rows.to_dict("records")
    ]
    others = len(drawn) - 1
    with st.container(key="ego-network"):
        st.iframe(
            ego_page(edges, drawn, scene.palette, HEIGHT),
            height=HEIGHT + 20,
            alt=f"Node {node} and {others} neighbours within {hops} hop{'s' if hops > 1 else ''}, with their bits",
        )
    words = "; words beside the largest that have room, a pointer shows the others'" if len(drawn) > MOST_LABELS else ""
    most = f"; of more neighbours the {MOST_NODES - 1} nearest, hubs first" if len(drawn) == MOST_NODES else ""
    st.caption(
        f"Node {node} in the middle and {others} neighbours{most}{words}. Arrows point where messages go; drag to move."
    )


_STATE = "walk"


def neighbours(edges: np.ndarray, node: int) -> np.ndarray:
    """Numbers of all nodes with an edge to or from this one, ascending."""
    source, target = edges
    found = np.union1d(source[target == node], target[source == node])
    return np.asarray(found[found != node])


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
