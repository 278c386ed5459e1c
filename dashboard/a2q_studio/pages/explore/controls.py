"""What the whole page shows: layer, epoch, colour, layout. Every choice stands in the address."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from a2q.experiments.store import Run, RunStore
from a2q_studio.charts.graph.colouring import COLOURINGS, available
from a2q_studio.pages.explore.scene import RESULT, snapshots

LAYOUTS = {"Force": "force", "Degree rings": "rings", "Embedding": "embedding", "K-hop rings": "hops"}
VALUES = {"FP32": "aggregation_fp32", "quantized": "aggregation", "layer input": "magnitude"}


def choose_layer(layers: Sequence[int]) -> int:
    """The layer whose input all views look at; the last one by default."""
    chosen = st.segmented_control(
        "Layer input",
        layers,
        default=layers[-1],
        required=True,
        key="layer",
        bind="query-params",
        help="Bits, step sizes and errors are those of the features that enter this layer's linear map.",
    )
    # An empty parameter in a link, "?layer=", chooses nothing, required or not.
    return chosen or layers[-1]


def choose_epoch(store: RunStore, run: Run, layer: int) -> str:
    """The epoch that graph, shares, heatmap and inspector show: a snapshot's, or the reported one."""
    kept = snapshots(store, run, layer)
    if len(kept) < 2:
        return RESULT
    options = [*(str(epoch) for epoch in kept), RESULT]
    best = (run.summary or {}).get("best_epoch")
    chosen = st.select_slider(
        "Epoch",
        options,
        value=RESULT,
        format_func=lambda epoch: (f"result (epoch {best})" if best else "latest") if epoch == RESULT else epoch,
        key="epoch",
        bind="query-params",
        help="Bits, step sizes and errors at this epoch. Aggregation values, predictions and messages are always those "
        "of the result.",
    )
    return chosen if chosen in options else RESULT


def choose_colour(nodes: pd.DataFrame) -> str:
    """What colour stands for in the graph."""
    titles = {COLOURINGS[name].title: name for name in available(nodes)}
    # A link holds what an option is called on the page, so options are titles.
    chosen = st.selectbox(
        "Colour",
        list(titles),
        key="colour",
        bind="query-params",
        help="Size is always the square root of the in-degree.",
    )
    return titles.get(chosen or "", next(iter(titles.values())))


def choose_layout() -> str:
    """Where nodes stand: "force", "rings", "embedding" or "hops"."""
    chosen = st.selectbox(
        "Layout",
        list(LAYOUTS),
        key="layout",
        bind="query-params",
        help="Force: linked nodes close together. Degree rings: hubs in the middle. Embedding: the two directions in "
        "which layer inputs differ most. K-hop rings: around the inspected node.",
    )
    return LAYOUTS.get(chosen or "", "force")


def choose_value(nodes: pd.DataFrame) -> str:
    """The column that stands for magnitude between in-degree and bits."""
    names = [name for name, column in VALUES.items() if column in nodes]
    chosen = st.segmented_control(
        "Magnitude",
        names,
        default=names[0],
        required=True,
        key="value",
        bind="query-params",
        help="FP32, quantized: mean |feature| of the sum over neighbours that the layer reads, quantizers off or on. "
        "Layer input: mean |x| entering the layer.",
    )
    return VALUES[chosen if chosen in names else names[0]]
