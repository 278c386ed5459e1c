"""Where the quantization error sits: groups of nodes, or single nodes, by feature dimension."""

import numpy as np
import plotly.graph_objects as go

from a2q.reports.error_decomposition import ErrorMatrix, Metric
from a2q_studio.charts.frame import frame, unbroken
from a2q_studio.charts.palette import Palette

UNITS: dict[Metric, str] = {
    "absolute": "Mean |x_q − x|",
    "relative": "Error over magnitude",
    "clipped": "Share of values clipped",
}
_FEW_ROWS = 12
_CELL = 9


def error_heatmap(matrix: ErrorMatrix, metric: Metric, palette: Palette, rows: str, all_dims: int) -> go.Figure:
    """Error of every row in every feature dimension, dimensions with the largest error first.

    Args:
        matrix: of :func:`a2q.reports.error_decomposition.error_matrix`.
        metric: the one given there.
        palette: colours of the theme.
        rows: what a row is, "In-degree (edges)" or "Node".
        all_dims: how many dimensions the layer has.

    Returns:
        Figure whose cells carry the number of their row, from 0, as custom data.
    """
    figure = go.Figure()
    columns = [str(dim) for dim in matrix.dims]
    share = metric != "absolute"
    figure.add_heatmap(
        z=matrix.values,
        x=columns,
        y=list(matrix.rows),
        colorscale=[[0, palette.ground], *([0.05 + 0.95 * n / 7, colour] for n, colour in enumerate(palette.scale))],
        zmin=0,
        colorbar={"title": {"text": UNITS[metric], "side": "right"}, "tickformat": ".0%" if share else ".2g"},
        hoverinfo="skip",
    )
    # Heatmaps answer no click in plotly.js; sheer points in the middle of the cells do.
    across, up = np.meshgrid(np.arange(len(columns)), np.arange(len(matrix.rows)))
    figure.add_scatter(
        x=[columns[number] for number in across.ravel()],
        y=[matrix.rows[number] for number in up.ravel()],
        mode="markers",
        name="cells",
        customdata=np.column_stack([up.ravel(), np.array(matrix.counted)[up.ravel()], matrix.values.ravel()]),
        marker={"symbol": "square", "size": _CELL, "color": "rgba(0,0,0,0)"},
        hovertemplate=(
            f"{rows.split(' (')[0].lower()} %{{y}}, dimension %{{x}}<br>%{{customdata[2]:{'.1%' if share else '.3g'}}}"
            "<br>%{customdata[1]:,} nodes<extra></extra>"
        ),
        showlegend=False,
    )
    tall = len(matrix.rows) > _FEW_ROWS
    frame(
        figure,
        palette,
        _title(matrix, metric, rows, all_dims),
        "Feature dimension (largest error first)",
        rows,
        height=560 if tall else 420,
    )
    figure.update_xaxes(type="category", showgrid=False, nticks=16)
    figure.update_yaxes(type="category", showgrid=False, autorange="reversed" if tall else True)
    return figure


def _title(matrix: ErrorMatrix, metric: Metric, rows: str, all_dims: int) -> str:
    kept = f" ({len(matrix.dims)} of {all_dims} dimensions drawn)" if len(matrix.dims) < all_dims else ""
    if not matrix.values.size or np.isnan(matrix.values).all():
        return f"Quantization error: no node to show{kept}"
    row, column = np.unravel_index(np.nanargmax(matrix.values), matrix.values.shape)
    highest = matrix.values[row, column]
    if highest == 0:
        return f"{UNITS[metric]}: none anywhere{kept}"
    said = f"{highest:.3g}" if metric == "absolute" else f"{highest:.1%}"
    kind = "in-degree" if rows.startswith("In-degree") else "node"
    return (
        f"{UNITS[metric]}: highest {said}, at {kind} {unbroken(matrix.rows[row])} in dimension "
        f"{matrix.dims[column]}{kept}"
    )
