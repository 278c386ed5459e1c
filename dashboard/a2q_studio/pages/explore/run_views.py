"""Everything about one run below the picker, whatever state the run is in."""

import streamlit as st

from a2q.datasets import card
from a2q.experiments.store import Run, UnknownRunError
from a2q.reports import quantized_layers
from a2q_studio.pages.explore.controls import choose_colour, choose_epoch, choose_layer, choose_layout
from a2q_studio.pages.explore.error_views import error_view
from a2q_studio.pages.explore.graph_view import graph_view
from a2q_studio.pages.explore.inspector import inspected_node, inspector
from a2q_studio.pages.explore.linked_views import aggregation_view, chain_views, shares_view
from a2q_studio.pages.explore.node_list import node_list
from a2q_studio.pages.explore.scene import RESULT, Scene, set_scene
from a2q_studio.pages.explore.selection_bar import selection_bar
from a2q_studio.pages.explore.summary import summary_row
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.report_buttons import report_buttons
from a2q_studio.ui.reproduce import copy_as_code
from a2q_studio.ui.run_store import live_store, run_arrays
from a2q_studio.ui.theme import current_palette

_POLLED = "explore_polled"


def run_views(run_id: str) -> None:
    """All views of a run; redraws itself while the run is active."""
    store = live_store()
    try:
        run = store.get(run_id)
    except UnknownRunError:
        # Deleted since the page was drawn: the picker says so.
        st.rerun()
    summary_row(run)
    with st.container(horizontal=True, vertical_alignment="center", key="explore-take-along"):
        report_buttons(store, [run], "explore")
        copy_as_code(run, f"explore-{run.id}")
        st.page_link(
            page_script("compare"),
            label="Compare",
            icon=":material/compare_arrows:",
            query_params={"runs": run.id},
        )
    arrays = run_arrays(store, run)
    if "in_degree" not in arrays:
        _nothing_yet(run)
    else:
        layers = quantized_layers(arrays)
        with st.container(horizontal=True, vertical_alignment="bottom", key="explore-controls"):
            layer = choose_layer(layers) if layers else None
            epoch = choose_epoch(store, run, layer) if layer is not None else RESULT
            scene = set_scene(store, run, arrays, layer, epoch, current_palette())
            colour_by = choose_colour(scene.nodes)
            layout = choose_layout()
        _views(scene, colour_by, layout)
    if st.session_state.get(_POLLED) == run_id and not run.is_active:
        st.session_state.pop(_POLLED)
        st.rerun()
    if run.is_active:
        st.session_state[_POLLED] = run_id


def _views(scene: Scene, colour_by: str, layout: str) -> None:
    if scene.layer is None:
        st.info(
            "An FP32 run: every value has 32 bits, so there are no bitwidths or quantization errors to show.",
            icon=":material/info:",
        )
    if "graph" in scene.arrays:
        graphs = len(set(scene.arrays["graph"].tolist()))
        st.caption(f"Nodes of {graphs:,} test graphs; label and prediction are those of a node's graph.")
    selection_bar(scene)
    picture, glass = st.columns([3, 2], gap="medium")
    with picture:
        graph_view(scene, colour_by, layout, inspected_node(scene.nodes))
    with glass:
        inspector(scene)
    # The first layer of a network that combines before it aggregates reads no sum.
    if scene.layer is not None:
        chain_views(scene)
        shares, errors = st.columns(2, gap="medium")
        with shares:
            st.subheader("Bits by in-degree", anchor=False)
            shares_view(scene)
        with errors:
            st.subheader("Quantization error", anchor=False)
            error_view(scene)
    else:
        aggregation_view(scene)
    node_list(scene)


def _nothing_yet(run: Run) -> None:
    if not run.is_active:
        st.info("This run ended before its nodes were measured, so it has no node values.", icon=":material/inbox:")
        return
    if card(run.config.dataset.name).graph_level:
        st.caption("The nodes of the test graphs are measured when training has ended.")
    st.skeleton(300)
