"""Step 1: one node, its neighbours, and four ways to aggregate."""

import streamlit as st

from a2q_studio.glossary import tip
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.listen.aggregation import AGGREGATIONS, NEIGHBOURS
from a2q_studio.pages.learn.steps.listen.chart import aggregated_by_edges, toy_graph
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.theme import current_palette


def listen(_: Teaching, locked: bool) -> None:
    """In-edges and aggregation; the toy graph beside the value over in-edges."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        edges = st.slider(
            "In-edges", 1, len(NEIGHBOURS), 4, key="edges", bind="query-params", disabled=locked, help=tip("in-degree")
        )
        aggregation = st.segmented_control(
            "Aggregation",
            list(AGGREGATIONS),
            default="sum",
            required=True,
            format_func=lambda name: AGGREGATIONS[name],
            key="aggregation",
            help=tip("aggregation"),
            bind="query-params",
            disabled=locked,
            wrap=True,
        )
    aggregation = aggregation or "sum"
    palette = current_palette()
    with st.grid(2, min_column_width=280, gap="medium") as grid:
        with grid.cell():
            show_figure(toy_graph(edges, aggregation, palette), key="toy-graph")
        if locked:
            return
        with grid.cell():
            show_figure(aggregated_by_edges(edges, aggregation, palette), key="toy-curve")
