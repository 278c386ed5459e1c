"""The live picture of the home page."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from a2q import prepare
from a2q.reports import node_table, quantized_layers
from a2q.reports.nodes import degree_groups
from a2q.runs import Run, RunStore
from dashboard.charts import Palette, by_degree
from dashboard.parts.runs import run_arrays
from data import load


def live_picture(store: RunStore, finished: Sequence[Run], palette: Palette) -> tuple[go.Figure, str]:
    """Mean bits by in-degree of the newest finished A²Q run; before any, what aggregation alone does.

    Returns:
        The figure and a sentence that says what it was computed from.
    """
    for run in finished:
        if run.config.method != "a2q":
            # Bits that nobody learned say nothing about hubs.
            continue
        arrays = run_arrays(store, run)
        layers = quantized_layers(arrays)
        if layers:
            figure = by_degree(node_table(arrays, layers[-1]), "bits", palette)
            return figure, f"Run {run.id} on {run.source}; run seed {run.config.seed}, epoch chosen on validation."
    return (
        by_degree(_untrained(), "aggregation_fp32", palette),
        "Computed now, before any training: the sum of the neighbours' 0/1 features on generated citations "
        "(2,708 nodes, seed 0), scaled by degrees as GCN does. Your first A²Q run takes this place.",
    )


@st.cache_data(show_spinner="Computing a first picture", max_entries=1)
def _untrained() -> pd.DataFrame:
    dataset = load("generated-citations")
    graph = prepare(dataset.data)
    aggregated = (graph.edges.convolution() @ dataset.data.x).abs().mean(1).numpy()
    in_degree = graph.in_degree.numpy()
    return pd.DataFrame({"degree_group": degree_groups(in_degree), "aggregation_fp32": aggregated})
