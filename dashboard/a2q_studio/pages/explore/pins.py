"""Up to four nodes side by side."""

import pandas as pd
import streamlit as st

from a2q_studio.pages.explore.scene import Scene
from a2q_studio.ui.selection import select

MOST_PINS = 4
_STATE = "pinned_nodes"
_ROWS = (
    "in_degree",
    "bits",
    "step",
    "aggregation_fp32",
    "aggregation",
    "magnitude",
    "error",
    "relative_error",
    "clipped",
    "label",
    "prediction",
    "prediction_fp32",
)


def pins(run_id: str) -> list[int]:
    """The pinned nodes of this run, in the order they were pinned."""
    kept: dict[str, list[int]] = st.session_state.setdefault(_STATE, {})
    return kept.setdefault(run_id, [])


def pin_button(scene: Scene, node: int) -> None:
    """Pin the node, or take its pin away."""
    held = pins(scene.run.id)
    if node in held:
        st.button("Unpin", icon=":material/keep_off:", key="pin", on_click=held.remove, args=(node,))
        return
    full = len(held) >= MOST_PINS
    st.button(
        "Pin",
        icon=":material/keep:",
        key="pin",
        on_click=held.append,
        args=(node,),
        disabled=full,
        help=f"{MOST_PINS} nodes are pinned already; unpin one." if full else "Keep beside others to compare.",
    )


def pinned_nodes(scene: Scene) -> None:
    """What is known of the pinned nodes, one column each."""
    held = [node for node in pins(scene.run.id) if node < len(scene.nodes)]
    if not held:
        return
    st.markdown(f"**Pinned nodes** ({len(held)} of {MOST_PINS})")
    rows = scene.nodes.iloc[held]
    table = pd.DataFrame(
        {
            "": [name.replace("_", " ") for name in _ROWS if name in rows],
            **{
                f"node {node}": [f"{rows[name].iloc[place]:.4g}" for name in _ROWS if name in rows]
                for place, node in enumerate(held)
            },
        }
    )
    st.dataframe(table, hide_index=True, key="pinned-table", alt=f"Pinned nodes {', '.join(map(str, held))} compared")
    with st.container(horizontal=True):
        st.button(
            "Select pinned",
            key="select-pinned",
            on_click=select,
            args=(scene.run.id, held, "pinned nodes"),
        )
        st.button("Unpin all", key="unpin-all", on_click=held_clear, args=(scene.run.id,))


def held_clear(run_id: str) -> None:
    """Take all pins away."""
    pins(run_id).clear()
