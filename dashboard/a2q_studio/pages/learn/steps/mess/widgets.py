"""Step 6: group means, all nodes, and the error, on a network where degree explains little."""

import streamlit as st

from a2q_studio.charts import bits_against_degree, by_degree
from a2q_studio.pages.learn.lesson.groups_chart import nodes_by_group
from a2q_studio.pages.learn.lesson.teaching import EVEN_DEGREES, MAIN, Teaching
from a2q_studio.pages.learn.steps.mess.chart import error_map
from a2q_studio.pages.learn.steps.mess.correlations import error_by_degree_and_bits, low_degree_share, rank_correlation
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.theme import current_palette

VIEWS = ("Group means", "All nodes", "Error by degree and bits")
_NETWORKS = {EVEN_DEGREES: "GCN", MAIN: "GIN"}


def mess(teaching: Teaching, locked: bool) -> None:
    """Three views of the same nodes, of GCN or, to compare, of GIN."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = st.segmented_control(
            "View", VIEWS, default=VIEWS[0], required=True, key="mess", bind="query-params", disabled=locked, wrap=True
        )
        role = st.segmented_control(
            "Network",
            list(_NETWORKS),
            default=EVEN_DEGREES,
            required=True,
            format_func=lambda name: _NETWORKS[name],
            key="network",
            bind="query-params",
            disabled=locked,
        )
    palette = current_palette()
    if locked:
        show_figure(nodes_by_group(teaching.main.in_degree, palette), key="mess-nodes")
        return
    nodes = teaching.layer(teaching.bundles[role or EVEN_DEGREES]).nodes
    if view == VIEWS[1]:
        show_figure(bits_against_degree(nodes, palette, "log", None), key="mess-all")
    elif view == VIEWS[2]:
        show_figure(error_map(*error_by_degree_and_bits(nodes), palette), key="mess-error")
    else:
        show_figure(by_degree(nodes, "bits", palette), key="mess-means")
    pruned = int((nodes["bits"] == 0).sum())
    single = int((nodes["bits"] == 1).sum())
    st.caption(
        f"Spearman {rank_correlation(nodes):+.2f} over {len(nodes):,} nodes, {low_degree_share(nodes):.0%} of them "
        f"with an in-degree of 4 or less. {single:,} nodes have 1 bit, {pruned:,} have 0."
    )
