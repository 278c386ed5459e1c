"""Where the quantization error sits, by nodes and feature dimensions."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from a2q.reports import DEGREE_GROUPS
from a2q.reports.error_decomposition import METRICS, ErrorMatrix, Metric, degree_rows, error_matrix, worst_rows
from a2q.reports.quantized_input import QuantizedInput
from a2q_studio.pages.explore.charts import error_heatmap
from a2q_studio.pages.explore.scene import RESULT, Scene, quantized_input
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.selection import chart_key, picked_points, select
from a2q_studio.ui.shared_results import made_once

CHART = "errors"
_METRICS: dict[str, Metric] = {"|x − x_q|": "absolute", "relative": "relative", "clipped": "clipped"}
_ROWS = {"In-degree groups": "In-degree (edges)", "Top 50 nodes": "Node"}
MOST_NODES = 50


def error_view(scene: Scene) -> None:
    """A heatmap of groups of in-degrees, or of the nodes with the largest error, by feature dimension."""
    taken = quantized_input(scene)
    if taken is None:
        st.info(_nothing(scene), icon=":material/grid_off:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rows = st.segmented_control(
            "Rows", list(_ROWS), default="In-degree groups", required=True, key="rows", bind="query-params"
        )
        word = st.segmented_control(
            "Error",
            list(_METRICS),
            default="|x − x_q|",
            required=True,
            key="error",
            bind="query-params",
            help="; ".join(f"{name}: {METRICS[metric]}" for name, metric in _METRICS.items()),
        )
    rows, metric = rows or "In-degree groups", _METRICS[word or "|x − x_q|"]
    focus = scene.focus_for(CHART)
    matrix = _matrix(scene, taken, rows, metric, focus)
    columns = taken.values.shape[1]
    show_figure(
        scene.figure(
            focus, lambda: error_heatmap(matrix, metric, scene.palette, _ROWS[rows], columns), CHART, rows, metric
        ),
        chart_key(scene.run.id, CHART),
        _select_rows(scene, matrix, rows),
        scene.file_name("errors"),
    )
    if scene.epoch != RESULT:
        st.caption(f"Errors as they were at epoch {scene.epoch}.")
    if len(taken.nodes) < len(scene.nodes):
        st.caption(
            f"Values of {len(taken.nodes):,} of {len(scene.nodes):,} nodes, every group of in-degrees among them: more "
            "would make the run store large."
        )


def _nothing(scene: Scene) -> str:
    if scene.epoch != RESULT:
        return (
            f"This run kept no layer inputs of epoch {scene.epoch} (runs of earlier versions and most sample runs did "
            "not), so there is no error by feature dimension; move the epoch to the result, or train again with the "
            "same settings."
        )
    return (
        "This run kept no layer inputs, so there is no error by feature dimension; the table below has every node's "
        "mean error."
    )


def _matrix(scene: Scene, taken: QuantizedInput, rows: str, metric: Metric, focus: pd.DataFrame | None) -> ErrorMatrix:
    if focus is None:
        return made_once(
            lambda: _matrix_of(scene, taken, rows, metric, scene.nodes), "error matrix", *scene.identity, rows, metric
        )
    return _matrix_of(scene, taken, rows, metric, focus)


def _matrix_of(
    scene: Scene, taken: QuantizedInput, rows: str, metric: Metric, among_nodes: pd.DataFrame
) -> ErrorMatrix:
    among = among_nodes["node"].to_numpy()
    if rows == "In-degree groups":
        chosen = degree_rows(scene.nodes["degree_group"].cat.codes.to_numpy(), DEGREE_GROUPS, among)
    else:
        column = {"absolute": "error", "relative": "relative_error", "clipped": "clipped"}[metric]
        error = np.zeros(len(scene.nodes))
        error[taken.nodes] = taken.node_columns()[column]
        chosen = worst_rows(error, taken.nodes[taken.rows(among)], MOST_NODES)
    return error_matrix(taken, chosen, metric)


def _select_rows(scene: Scene, matrix: ErrorMatrix, rows: str) -> Callable[[], None]:
    key = chart_key(scene.run.id, CHART)

    def remember() -> None:
        picked = sorted({int(float(values[0])) for values in picked_points(key)})
        picked = [number for number in picked if number < len(matrix.members)]
        if picked:
            nodes = np.concatenate([matrix.members[number] for number in picked])
            select(scene.run.id, nodes, f"cells of the error heatmap, {rows.lower()}", CHART)

    return remember
