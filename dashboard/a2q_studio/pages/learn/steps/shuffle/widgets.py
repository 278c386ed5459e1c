"""Step 6: the bits as learned or shuffled, the error that follows, and what trained networks say."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from a2q_studio.charts import bits_against_degree, by_degree
from a2q_studio.glossary import tip
from a2q_studio.pages.learn.lesson.groups_chart import nodes_by_group
from a2q_studio.pages.learn.lesson.layer import LayerInput
from a2q_studio.pages.learn.lesson.teaching import EVEN_DEGREES, MAIN, Teaching
from a2q_studio.pages.learn.steps.shuffle.accuracy import TAUGHT_ON
from a2q_studio.pages.learn.steps.shuffle.correlations import error_by_degree_and_bits, rank_correlation
from a2q_studio.pages.learn.steps.shuffle.error_map_chart import error_map
from a2q_studio.pages.learn.steps.shuffle.errors_chart import errors_by_degree
from a2q_studio.pages.learn.steps.shuffle.shuffling import OWN, SHARED, error, relative, shuffled
from a2q_studio.study.chart import worth_by_bits
from a2q_studio.study.measured import SOURCE, measured, of_name
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.theme import current_palette

VIEWS = ("Group means", "All nodes", "Error by degree and bits")
_NETWORKS = {MAIN: "GIN", EVEN_DEGREES: "GCN"}
_HUB = 10


def shuffle(teaching: Teaching, locked: bool) -> None:
    """The switch; bits beside the error that they make; then the accuracy of trained networks."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mixed = st.toggle(
            "**Shuffle the bits**",
            key="shuffled",
            bind="query-params",
            disabled=locked,
            help="Each node gets the learned bits of a random other one: the same widths, equally often.",
        )
        steps = st.segmented_control(
            "Step sizes",
            [OWN, SHARED],
            default=OWN,
            required=True,
            key="steps",
            bind="query-params",
            disabled=locked,
            help=tip("step size"),
        )
        role = st.segmented_control(
            "Network",
            list(_NETWORKS),
            default=MAIN,
            required=True,
            format_func=lambda name: _NETWORKS[name],
            key="network",
            bind="query-params",
            disabled=locked,
        )
    if locked:
        show_figure(nodes_by_group(teaching.main.in_degree, current_palette()), key="shuffle-nodes")
        return
    _before_training(teaching.layer(teaching.bundles[role or MAIN]), mixed, steps or OWN)
    if mixed:
        _trained()


def _before_training(layer: LayerInput, mixed: bool, steps: str) -> None:
    palette = current_palette()
    bits = {"learned": layer.bits} | ({"shuffled": shuffled(layer.bits)} if mixed else {})
    absolute = {name: error(layer, given, steps) for name, given in bits.items()}
    errors = {name: relative(layer, found) for name, found in absolute.items()}
    now = list(bits)[-1]
    nodes = layer.nodes.assign(bits=bits[now], relative_error=errors[now])
    with st.grid(2, min_column_width=280, gap="medium") as grid:
        with grid.cell():
            # Its name is part of links that were shared.
            view = st.segmented_control(
                "View", VIEWS, default=VIEWS[0], required=True, key="mess", bind="query-params", wrap=True
            )
            show_figure(_view(nodes, view or VIEWS[0]), key="shuffle-bits")
        with grid.cell():
            show_figure(errors_by_degree(layer.in_degree, errors, palette), key="shuffle-errors")
    hubs = layer.in_degree > _HUB
    told = "; ".join(
        f"{name}: Spearman of in-degree and bits {_correlation(layer, given):+.2f}, mean |x_q − x| "
        f"{absolute[name].mean():.3f}, of hubs (in-degree > {_HUB}) {absolute[name][hubs].mean():.3f}"
        for name, given in bits.items()
    )
    st.caption(
        f"{told[0].upper()}{told[1:]}. Best step sizes for these bits, found by search; nothing was trained here."
    )


def _correlation(layer: LayerInput, bits: np.ndarray) -> float:
    return rank_correlation(layer.nodes.assign(bits=bits))


def _view(nodes: pd.DataFrame, view: str) -> go.Figure:
    palette = current_palette()
    if view == VIEWS[1]:
        return bits_against_degree(nodes, palette, "log", None)
    if view == VIEWS[2]:
        return error_map(*error_by_degree_and_bits(nodes), palette)
    return by_degree(nodes, "bits", palette)


def _trained() -> None:
    names = list(dict.fromkeys(one.name for one in measured()))
    name = st.selectbox(
        "Then trained, and tested",
        names,
        index=names.index(TAUGHT_ON),
        key="trained",
        help="Same FP32 start, teacher and epochs; step sizes learn anew. One pair for each seed.",
    )
    rows = of_name(name)
    show_figure(worth_by_bits(rows, current_palette()), key="shuffle-worth")
    pairs = min(one.difference.pairs for one in rows)
    st.caption(
        f"At least {pairs} pairs of runs at each average: mean difference, 95 % interval (paired bootstrap). Below 1 "
        f"bit nodes may have none. Source: {SOURCE}."
    )
