"""Who is selected, in numbers, and what a new pick does to that."""

import pandas as pd
import streamlit as st

from a2q_studio.pages.explore.saved_selections import choose_saved, save_selection
from a2q_studio.pages.explore.scene import Scene
from a2q_studio.pages.explore.selection_link import MOST_IN_LINK, fits_link, follow_link
from a2q_studio.ui.access import read_only
from a2q_studio.ui.selection import HOW, Selection, select, selections

_WAYS = {"replace": "Replace", "add": "Add", "intersect": "Intersect"}


def selection_bar(scene: Scene) -> None:
    """Counters of the selection, and the buttons that change it; first what the link selects."""
    saved = scene.store.selections.of(scene.run.id)
    follow_link(scene, saved)
    kept = selections(scene.run.id)
    with st.container(border=True, key="selection-bar"):
        st.markdown(selection_in_words(scene.nodes, scene.focus) + _saved_as(kept.now))
        if not fits_link(kept.now):
            st.caption(_not_in_link())
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.segmented_control(
                "A new pick",
                list(_WAYS),
                default="replace",
                required=True,
                format_func=lambda way: _WAYS[way],
                key=HOW,
                label_visibility="collapsed",
                help="What a click, box or lasso in any view does to the selection.",
            )
            _by_numbers(scene)
            st.button(
                "Undo",
                icon=":material/undo:",
                key="undo-selection",
                on_click=kept.undo,
                disabled=not kept.past,
                help="The last ten selections can be brought back.",
            )
            st.button(
                "Redo", icon=":material/redo:", key="redo-selection", on_click=kept.redo, disabled=not kept.future
            )
            st.button(
                "Clear selection",
                icon=":material/close:",
                key="clear-selection",
                on_click=kept.set,
                args=(None,),
                disabled=kept.now is None,
            )
            save_selection(scene)
            choose_saved(scene, saved)


def selection_in_words(nodes: pd.DataFrame, focus: pd.DataFrame | None) -> str:
    """ "**312 of 2,708 nodes selected**, mean 2.9 bits (all 1.7), mean in-degree 9.1 (all 3.9)"."""
    if focus is None:
        return f"**All {len(nodes):,} nodes.** Draw a lasso or box, or click, in any view: the others follow."
    counted = f"**{len(focus):,} of {len(nodes):,} nodes selected**"
    if focus.empty:
        return counted
    for column, name, digits in (("bits", "bits", 1), ("in_degree", "in-degree", 1)):
        if column in nodes:
            mean, everyone = focus[column].mean(), nodes[column].mean()
            said = f"{mean:.{digits}f} {name}" if column == "bits" else f"{name} {mean:.{digits}f}"
            counted += f", mean {said} (all {everyone:.{digits}f})"
    return counted


def _saved_as(selection: Selection | None) -> str:
    if selection is None or not selection.saved:
        return ""
    # As code, so that no name becomes Markdown.
    return f", saved as `{selection.label.replace('`', '')}`"


def _not_in_link() -> str:
    told = f"Not in the link, which has room for {MOST_IN_LINK} nodes"
    return f"{told}." if read_only() else f"{told}: save the selection to share it."


def _by_numbers(scene: Scene) -> None:
    """Selecting without a pointer: ranges of in-degree and bits."""
    nodes = scene.nodes
    with st.popover("By numbers", icon=":material/tune:"), st.form("by-numbers", border=False):
        largest = int(nodes["in_degree"].max())
        with st.container(horizontal=True):
            least = st.number_input("In-degree from", 0, largest, 0, key="least-degree")
            most = st.number_input("to", 0, largest, largest, key="most-degree")
        widths = sorted(nodes["bits"].unique().tolist()) if "bits" in nodes else []
        wanted = st.multiselect("Bits", widths, default=widths, key="wanted-bits") if widths else None

        def apply() -> None:
            state = st.session_state
            degree = nodes["in_degree"]
            fits = (degree >= state["least-degree"]) & (degree <= state["most-degree"])
            label = f"in-degree {state['least-degree']:,} to {state['most-degree']:,}"
            if widths:
                fits &= nodes["bits"].isin(state["wanted-bits"])
            select(scene.run.id, nodes["node"].to_numpy()[fits], label)

        del least, most, wanted
        st.form_submit_button("Select", icon=":material/check:", key="select-by-numbers", on_click=apply)
