"""The linked charts of one run."""

import pandas as pd
import streamlit as st

from a2q.reports import node_table, quantized_layers
from a2q.reports.nodes import COLUMNS
from a2q.runs import Run, UnknownRunError
from dashboard.charts import Palette, bit_distribution, bits_against_aggregation, bits_against_degree, by_degree
from dashboard.charts.palette import MOST_BITS
from dashboard.parts.figure import show_figure
from dashboard.parts.runs import live_store, run_arrays
from dashboard.parts.selection import Selection, chart_key, clear_selection, current_selection, select_by
from dashboard.parts.summary import summary_row
from dashboard.parts.theme import current_palette
from data import card

AGGREGATIONS = {"FP32": "aggregation_fp32", "quantized": "aggregation"}


def bit_views(run_id: str) -> None:
    """Everything below the run picker; redraws itself while the run is active."""
    store = live_store()
    try:
        run = store.get(run_id)
    except UnknownRunError:
        # Deleted since the page was drawn: the picker says so.
        st.rerun()
    summary_row(run)
    arrays = run_arrays(store, run)
    if "in_degree" not in arrays:
        _nothing_yet(run)
    else:
        layers = quantized_layers(arrays)
        if layers:
            _quantized(run, arrays, layers)
        else:
            _full_precision(run, arrays)
    if st.session_state.get("bits_polled") == run_id and not run.is_active:
        st.session_state.pop("bits_polled")
        st.rerun()
    if run.is_active:
        st.session_state["bits_polled"] = run_id


def _nothing_yet(run: Run) -> None:
    if not run.is_active:
        st.info("This run ended before its nodes were measured, so it has no node values.", icon=":material/inbox:")
        return
    if card(run.config.dataset.name).graph_level:
        st.caption("The nodes of the test graphs are measured when training has ended.")
    st.skeleton(300)


def _full_precision(run: Run, arrays: dict) -> None:
    st.info("An FP32 run: every value has 32 bits, so there are no bitwidths to show.", icon=":material/info:")
    nodes = node_table(arrays, layer=2)
    _whose(arrays)
    show_figure(by_degree(nodes, "aggregation", current_palette()), key="aggregation-by-degree")
    _table(run, nodes, 2)


def _quantized(run: Run, arrays: dict, layers: list[int]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = st.segmented_control(
            "Layer input", layers, default=layers[-1], required=True, key="layer", bind="query-params"
        )
        scale = st.segmented_control(
            "In-degree axis", ["log", "linear"], default="log", required=True, key="scale", bind="query-params"
        )
        value = st.segmented_control(
            "Aggregation value",
            list(AGGREGATIONS),
            default="FP32",
            required=True,
            key="value",
            bind="query-params",
            help="Mean |feature| of the sum over neighbours that this layer reads, with quantizers off or on.",
        )
    # An empty parameter in a link, "?layer=", chooses nothing, required or not.
    layer, scale, value = layer or layers[-1], scale or "log", value or "FP32"
    nodes = node_table(arrays, layer)
    _whose(arrays)
    palette = current_palette()
    selection = current_selection(run.id)
    focus = None if selection is None else nodes[nodes["node"].isin(selection.nodes)]
    _selection_bar(nodes, focus)
    _charts(run, nodes, palette, selection, focus, scale, AGGREGATIONS[value], arrays, layers)
    _table(run, nodes if focus is None else focus, layer)


def _whose(arrays: dict) -> None:
    if "graph" in arrays:
        graphs = len(set(arrays["graph"].tolist()))
        st.caption(f"Nodes of {graphs:,} test graphs; label and prediction are those of a node's graph.")


def _charts(
    run: Run,
    nodes: pd.DataFrame,
    palette: Palette,
    selection: Selection | None,
    focus: pd.DataFrame | None,
    scale: str,
    aggregation: str,
    arrays: dict,
    layers: list[int],
) -> None:
    def focus_for(key: str) -> pd.DataFrame | None:
        # The chart a selection comes from keeps its figure; a changed one would lose the reader's marks.
        return None if selection is not None and selection.origin == key else focus

    name = f"a2q-{run.id}"
    with st.grid(2, min_column_width=420, gap="medium") as grid:
        key = chart_key("by-degree")
        with grid.cell():
            show_figure(
                by_degree(nodes, "bits", palette, focus_for(key)),
                key,
                select_by(run.id, key, nodes, ("degree_group",)),
                f"{name}-bits-by-degree",
            )
        key = chart_key("against-degree")
        with grid.cell():
            show_figure(
                bits_against_degree(nodes, palette, scale, focus_for(key)),
                key,
                select_by(run.id, key, nodes, ("in_degree", "bits")),
                f"{name}-bits-against-degree",
            )
        # The first layer of a network that combines before it aggregates reads no sum.
        if aggregation in nodes:
            key = chart_key("against-aggregation")
            with grid.cell():
                show_figure(
                    bits_against_aggregation(nodes, aggregation, palette, focus_for(key)),
                    key,
                    select_by(run.id, key, nodes, ("node",)),
                    f"{name}-bits-against-aggregation",
                )
        key = chart_key("distribution")
        with grid.cell():
            focused = focus_for(key)
            show_figure(
                bit_distribution(
                    _counts(arrays, layers), palette, None if focused is None else _counts(arrays, layers, focused)
                ),
                key,
                _select_by_layer_bits(run.id, key, arrays, layers),
                f"{name}-bit-distribution",
            )


def _select_by_layer_bits(run_id: str, key: str, arrays: dict, layers: list[int]):
    bits = {layer: arrays[f"layer{layer}/bits"] for layer in layers}
    long = pd.concat(
        [pd.DataFrame({"node": range(len(held)), "bits": held, "layer": layer}) for layer, held in bits.items()],
        ignore_index=True,
    )
    return select_by(run_id, key, long, ("layer", "bits"))


def _counts(arrays: dict, layers: list[int], focus: pd.DataFrame | None = None) -> dict[int, list[int]]:
    counted = {}
    for layer in layers:
        bits = pd.Series(arrays[f"layer{layer}/bits"])
        kept = bits if focus is None else bits[focus["node"]]
        counted[layer] = kept.value_counts().reindex(range(MOST_BITS + 1), fill_value=0).tolist()
    return counted


def _selection_bar(nodes: pd.DataFrame, focus: pd.DataFrame | None) -> None:
    if focus is None:
        st.caption(
            "Click a bar, or drag a box over points: the other views and the table follow. "
            "The camera beside a chart saves it as PNG."
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        means = (
            f": mean {focus['bits'].mean():.2f} bits (all {nodes['bits'].mean():.2f}), "
            f"mean in-degree {focus['in_degree'].mean():.1f} (all {nodes['in_degree'].mean():.1f})"
        )
        st.markdown(f"**{len(focus):,} of {len(nodes):,} nodes selected**{means if len(focus) else ''}")
        st.button("Clear selection", icon=":material/close:", key="clear-selection", on_click=clear_selection)


def _table(run: Run, nodes: pd.DataFrame, layer: int) -> None:
    st.subheader(f"Nodes ({len(nodes):,})")
    st.dataframe(
        nodes,
        hide_index=True,
        height=320,
        key="nodes-table",
        alt=f"One row for each of {len(nodes):,} nodes with in-degree, bits, step size and quantization error",
        column_config={
            name: st.column_config.Column(name.replace("_", " "), help=meaning) for name, meaning in COLUMNS.items()
        },
    )
    st.download_button(
        "Download as CSV",
        lambda: nodes.to_csv(index=False).encode(),
        file_name=f"a2q-{run.id}-layer{layer}-nodes.csv",
        mime="text/csv",
        icon=":material/download:",
        key="download-nodes",
    )
