"""The node with its neighbours around it."""

import streamlit as st

from a2q.reports.inspection import Contributions
from dashboard.charts.graph.ego import MOST_LABELS, MOST_NODES, EgoNode, ego_page, neighbourhood
from dashboard.parts.explore.scene import Scene

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
