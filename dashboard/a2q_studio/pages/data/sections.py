"""What the page shows of one dataset, or of two side by side."""

from collections.abc import Callable
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from a2q.datasets.statistics import Statistics
from a2q.reports.csv_table import csv_bytes
from a2q_studio.charts import Palette
from a2q_studio.pages.data.charts import (
    aggregation_by_operator,
    aggregation_of_nodes,
    class_balance,
    degree_distribution,
    feature_values,
    graph_preview,
    graph_sizes,
    label_coverage,
)
from a2q_studio.pages.data.charts.aggregation import MEANING, NAMES
from a2q_studio.pages.data.charts.degrees import fit_sentence
from a2q_studio.pages.data.expectations import expect
from a2q_studio.pages.data.facts import facts_table, show_metrics
from a2q_studio.ui.figure import show_figure

Draw = Callable[[Statistics], go.Figure]


def show_sections(several: list[Statistics], palette: Palette) -> None:
    """Draw every section.

    Args:
        several: one dataset, or two to set side by side.
        palette: colours of the theme.
    """
    _each(several, show_metrics)
    st.subheader("Degree distribution", anchor="degrees")
    _side_by_side(several, "degrees", lambda one: degree_distribution(one, palette), fit_sentence)
    st.subheader("Aggregation before any training", anchor="aggregation")
    st.markdown(
        "The intuition of A²Q: what a node hears is added up, so **sums grow with in-degree** and hubs have wider "
        "ranges, while **means do not**. Below, each operator on the raw features, nothing learned."
    )
    _side_by_side(several, "operators", lambda one: aggregation_by_operator(one, palette))
    chosen = st.segmented_control(
        "Operator", list(NAMES), format_func=lambda name: NAMES[name], default="sum", required=True, key="operator"
    )
    operator = chosen or "sum"
    st.caption(MEANING[operator])
    _side_by_side(several, "aggregation", lambda one: aggregation_of_nodes(one, operator, palette))
    st.subheader("What to expect on this graph", anchor="expect")
    _each(several, lambda one: expect(one, palette))
    st.subheader("Features", anchor="features")
    _side_by_side(several, "features", lambda one: feature_values(one, palette))
    st.subheader("Classes and labels", anchor="labels")
    _side_by_side(several, "classes", lambda one: class_balance(one, palette))
    with_coverage = [one for one in several if one.labels.coverage]
    if with_coverage:
        st.markdown(
            "Only near a label does the task teach a node its step size and bits. All others learn them from the "
            "**Local Gradient**, the quantization error of their own row."
        )
        _side_by_side(with_coverage, "coverage", lambda one: label_coverage(one, palette))
    sets = [one for one in several if one.sizes is not None]
    if sets:
        st.subheader("Sizes of the graphs", anchor="sizes")
        _side_by_side(sets, "sizes", lambda one: graph_sizes(one, palette))
    st.subheader("Preview", anchor="preview")
    _side_by_side(several, "preview", lambda one: graph_preview(one, palette))
    st.subheader("All numbers", anchor="numbers")
    _numbers(several)


def _side_by_side(
    several: list[Statistics], key: str, draw: Draw, note: Callable[[Statistics], str] | None = None
) -> None:
    for number, (column, statistics) in enumerate(zip(st.columns(len(several)), several, strict=True)):
        with column:
            show_figure(draw(statistics), key=f"{key}-{number}", file_name=f"{statistics.title} {key}")
            if note is not None:
                st.caption(note(statistics))


def _each(several: list[Statistics], show: Callable[[Statistics], None]) -> None:
    for column, statistics in zip(st.columns(len(several)), several, strict=True):
        with column:
            show(statistics)


def _numbers(several: list[Statistics]) -> None:
    table = facts_table(several)
    st.dataframe(table, hide_index=True, alt="All statistics of the chosen datasets", key="numbers")
    with st.container(horizontal=True):
        st.download_button(
            "Numbers as CSV",
            lambda: csv_bytes(table),
            file_name="statistics.csv",
            mime="text/csv",
            icon=":material/download:",
            key="numbers-csv",
        )
        for number, statistics in enumerate(several):
            st.download_button(
                f"{statistics.title} as JSON",
                partial(_json, statistics),
                file_name=f"{statistics.title} statistics.json",
                mime="application/json",
                icon=":material/download:",
                help="Everything: distributions, groups, points and the preview.",
                key=f"json-{number}",
            )


def _json(statistics: Statistics) -> bytes:
    return statistics.model_dump_json(indent=1).encode()
