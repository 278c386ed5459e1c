"""In-degree → magnitude → bits, and bits by in-degree, all linked by one selection."""

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from a2q.layers import LAYERS
from a2q_studio.charts import Palette, by_degree
from a2q_studio.charts.chain import chain_table, degree_to_magnitude, magnitude_to_bits
from a2q_studio.charts.shares import bit_shares
from a2q_studio.pages.explore.controls import choose_value
from a2q_studio.pages.explore.scene import Scene
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.selection import chart_key, select_by
from a2q_studio.ui.shared_results import made_once

Draw = Callable[[pd.DataFrame, str, Palette, pd.DataFrame | None], go.Figure]

_SUMS = "A node with more incoming edges sums up more"
_AVERAGING = ("mean", "attention")


def chain_views(scene: Scene) -> None:
    """Two pictures side by side: what in-degree does to magnitude, and what magnitude does to bits."""
    st.subheader("In-degree → magnitude → bits", anchor=False)
    averages = LAYERS[scene.run.config.model.name].aggregation in _AVERAGING
    st.markdown(
        ("This network averages what arrives, so more edges need not mean larger values" if averages else _SUMS)
        + "; larger values clip first, and what clips learns more bits. Each arrow has its own picture, so you see "
        "which of the two holds in this run."
    )
    column = choose_value(scene.nodes)
    table = made_once(lambda: chain_table(scene.nodes, column), "chain table", *scene.identity, column)
    with st.grid(2, min_column_width=420, gap="medium") as grid:
        with grid.cell():
            _linked(scene, "degree-to-magnitude", degree_to_magnitude, table, column, ("degree_cell", "value_cell"))
        if "bits" in table:
            with grid.cell():
                _linked(scene, "magnitude-to-bits", magnitude_to_bits, table, column, ("value_cell", "bits"))


def shares_view(scene: Scene) -> None:
    """Which share of each group of in-degrees has how many bits."""
    name = "bits-by-degree"
    focus = scene.focus_for(name)
    show_figure(
        scene.figure(focus, lambda: bit_shares(scene.nodes, scene.palette, focus), name),
        chart_key(scene.run.id, name),
        select_by(scene.run.id, name, scene.nodes, ("degree_group", "bits"), "bits by in-degree"),
        scene.file_name(name),
    )


def aggregation_view(scene: Scene) -> None:
    """Of an FP32 run: the mean aggregation value of each group of in-degrees."""
    name = "aggregation-by-degree"
    focus = scene.focus_for(name)
    show_figure(
        scene.figure(focus, lambda: by_degree(scene.nodes, "aggregation", scene.palette, focus), name),
        chart_key(scene.run.id, name),
        select_by(scene.run.id, name, scene.nodes, ("degree_group",), "in-degrees"),
        scene.file_name(name),
    )


def _linked(scene: Scene, name: str, draw: Draw, table: pd.DataFrame, column: str, columns: tuple[str, ...]) -> None:
    focus = scene.focus_for(name)
    marked = None if focus is None else table.iloc[focus["node"].to_numpy()]
    show_figure(
        scene.figure(focus, lambda: draw(table, column, scene.palette, marked), name, column),
        chart_key(scene.run.id, name),
        select_by(scene.run.id, name, table, columns, name.replace("-", " ")),
        scene.file_name(name),
    )
