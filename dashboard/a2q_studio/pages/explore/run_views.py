"""Everything about one run below the picker, whatever state the run is in: its result first, its nodes as rows last."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from a2q.experiments.results import SCORES, result_notices
from a2q.experiments.store import DamagedRunError, Run, RunStore, UnknownRunError
from a2q.reports import quantized_layers
from a2q.reports.csv_table import csv_bytes
from a2q.reports.node_table import COLUMNS
from a2q.reports.unmoved import bits_unmoved
from a2q_studio.glossary import tip
from a2q_studio.pages.explore.controls import choose_colour, choose_epoch, choose_layer, choose_layout
from a2q_studio.pages.explore.error_views import error_view
from a2q_studio.pages.explore.graph_view import graph_view
from a2q_studio.pages.explore.inspector import inspected_node, inspector
from a2q_studio.pages.explore.linked_views import aggregation_view, chain_views, shares_view
from a2q_studio.pages.explore.scene import RESULT, Scene, set_scene
from a2q_studio.pages.explore.selection_bar import selection_bar
from a2q_studio.pages.explore.worth_panel import worth_panel
from a2q_studio.ui.literal import message
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.report_buttons import report_buttons
from a2q_studio.ui.reproduce import copy_as_code
from a2q_studio.ui.run_store import live, live_store, run_arrays, tell_damage
from a2q_studio.ui.selection import INSPECTED
from a2q_studio.ui.theme import current_palette

_POLLED = "explore_polled"


@live
def run_views(run_id: str) -> None:
    """All views of a run; redraws itself while the run is active."""
    store = live_store()
    try:
        run = store.get(run_id)
    except UnknownRunError:
        # Deleted since the page was drawn: the picker says so.
        st.rerun()
    try:
        _run_views(store, run)
    except DamagedRunError as error:
        tell_damage(error)


def _run_views(store: RunStore, run: Run) -> None:
    arrays = run_arrays(store, run)
    summary_row(run, arrays)
    with st.container(horizontal=True, vertical_alignment="center", key="explore-take-along"):
        report_buttons(store, [run], "explore")
        copy_as_code(run, f"explore-{run.id}")
        st.page_link(
            page_script("compare"),
            label="Compare",
            icon=":material/compare_arrows:",
            query_params={"runs": run.id},
        )
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
        worth_panel(store, run)
        node_list(scene)
    if st.session_state.get(_POLLED) == run.id and not run.is_active:
        st.session_state.pop(_POLLED)
        st.rerun()
    if run.is_active:
        st.session_state[_POLLED] = run.id


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


def _nothing_yet(run: Run) -> None:
    if not run.is_active:
        st.info("This run ended before its nodes were measured, so it has no node values.", icon=":material/inbox:")
        return
    if run.card is not None and run.card.graph_level:
        st.caption("The nodes of the test graphs are measured when training has ended.")
    st.skeleton(300)


def summary_row(run: Run, arrays: Mapping[str, np.ndarray]) -> None:
    """Result of a finished run with what must be said of it, or where an active one stands, or why one ended early."""
    if run.summary is None:
        if run.is_active:
            st.progress(run.progress, text=run.stage or "Waiting")
        elif run.reason:
            st.warning(message(run.reason), icon=":material/info:")
        return
    summary, score = run.summary, SCORES[run.metric]
    with st.container(horizontal=True):
        st.metric(
            f"Test {score.name}",
            score.text(summary["test_score"]),
            help=f"At epoch {summary['best_epoch']}, chosen on validation; the test part is read once. "
            f"The {score.best} is the best.",
        )
        st.metric(
            "Paper's protocol",
            score.text(summary["test_score_paper_protocol"]),
            help=f"{score.best.capitalize()} test {score.name} over all epochs "
            f"(epoch {summary['paper_protocol_epoch']}), as the paper's code reports it.",
        )
        st.metric(
            "Average bits",
            f"{summary['average_bits']:.2f}",
            help=tip("average bits"),
        )
        st.metric("Compression", f"{summary['compression']:.1f}×", help=tip("compression ratio"))
        st.metric(
            "Full bits per value",
            f"{summary['full_bits_per_value']:.2f}",
            help=tip("full bits per value"),
        )
        st.metric("Full compression", f"{summary['full_compression']:.1f}×", help=tip("full compression"))
    if run.missed_target:
        st.warning(message(run.missed_target), icon=":material/adjust:")
    unmoved = bits_unmoved(summary)
    if unmoved:
        st.info(
            f"In this run {unmoved}. No node's bits have moved by the chosen epoch; it says nothing of learned bits.",
            icon=":material/info:",
        )
    st.caption(f"{run.source}; one run seed ({run.config.seed}).")
    for sentence in result_notices(run, arrays.get):
        st.caption(f":material/warning: {message(sentence)}")


_HEIGHT = 360
MOST_ROWS = 20_000
"""Rows that go to the browser: of 170,000 nodes all would be 20 MB at every selection."""


def node_list(scene: Scene) -> None:
    """The table of the selected nodes, or of all; sortable, searchable, and to take along."""
    focus = scene.focus
    nodes = scene.nodes if focus is None else focus
    st.subheader(f"Nodes ({len(nodes):,})", anchor=False)
    key = f"nodes-table-{scene.layer}"
    shown = nodes if len(nodes) <= MOST_ROWS else nodes.nlargest(MOST_ROWS, "in_degree")
    if len(shown) < len(nodes):
        st.caption(
            f"The {len(shown):,} nodes with the largest in-degrees; select some to list others. Downloads have all."
        )

    def inspect() -> None:
        rows = st.session_state[key].selection.rows
        if rows and rows[0] < len(shown):
            st.session_state[INSPECTED] = str(shown["node"].iloc[rows[0]])

    st.dataframe(
        shown,
        hide_index=True,
        height=_HEIGHT,
        key=key,
        on_select=inspect,
        selection_mode="single-row",
        alt=f"One row for each of {len(shown):,} nodes with in-degree, bits, step size and quantization error",
        column_config={
            name: st.column_config.Column(name.replace("_", " "), help=meaning) for name, meaning in COLUMNS.items()
        },
    )
    with st.container(horizontal=True):
        _download(scene, "Download as CSV", nodes, "csv", "text/csv")
        _download(scene, "Download as Parquet", nodes, "parquet", "application/vnd.apache.parquet")


def _download(scene: Scene, label: str, nodes: pd.DataFrame, kind: str, mime: str) -> None:
    layer = "fp32" if scene.layer is None else f"layer{scene.layer}"
    st.download_button(
        label,
        lambda: csv_bytes(nodes) if kind == "csv" else nodes.to_parquet(index=False),
        file_name=f"{scene.file_name(layer)}-nodes.{kind}",
        mime=mime,
        icon=":material/download:",
        key=f"download-nodes-{kind}",
        help="The rows above: the selected nodes, or all.",
    )
