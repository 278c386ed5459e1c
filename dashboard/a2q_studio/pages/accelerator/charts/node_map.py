"""The graph coloured by what each node costs the accelerator."""

from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from a2q.accelerator import SimulationReport
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette

MOST_NODES = 20_000
Shown = Literal["share", "waited"]
SHOWN: dict[Shown, str] = {"share": "cycle share", "waited": "waiting"}
_SMALLEST, _LARGEST = 4.0, 14.0


def node_costs(report: SimulationReport, in_degree: np.ndarray) -> pd.DataFrame:
    """One row per node: bits of each layer's input, own cycles, waiting it causes and receives, additions, share."""
    table = pd.DataFrame({"node": np.arange(report.num_nodes), "in_degree": in_degree})
    for layer in report.layers:
        table[f"{layer.layer.name} bits"] = layer.layer.bits
    for field in ("own", "caused", "waited", "aggregation"):
        table[field] = sum(getattr(layer.nodes, field) for layer in report.layers)
    table["share"] = report.node_total / max(report.node_total.sum(), 1e-12)
    return table


def node_map(costs: pd.DataFrame, coordinates: np.ndarray, colour_by: Shown, palette: Palette) -> go.Figure:
    """Every node at its place, the costlier the stronger its colour.

    Args:
        costs: of :func:`node_costs`.
        coordinates: of every node, [num_nodes, 2].
        colour_by: "share" of all compute cycles that the node is responsible for, or "waited", cycles its own lane
            waits for slower nodes.
        palette: colours of the theme.
    """
    values = costs[colour_by].to_numpy()
    # The costly ones lie on top; beyond the limit the cheapest are left out.
    order = np.argsort(values, kind="stable")[-MOST_NODES:]
    degree = np.sqrt(costs["in_degree"].to_numpy()[order])
    # One hub must not make all others pale.
    strongest = float(np.quantile(values, 0.99)) or float(values.max()) or 1.0
    figure = go.Figure()
    figure.add_scattergl(
        x=coordinates[order, 0],
        y=coordinates[order, 1],
        mode="markers",
        name=SHOWN[colour_by],
        customdata=costs[["node", "in_degree", "own", "caused", "waited", "aggregation", "share"]].to_numpy()[order],
        marker={
            "size": _SMALLEST + (_LARGEST - _SMALLEST) * degree / max(float(degree.max()), 1.0),
            "color": values[order],
            "cmin": 0,
            "cmax": strongest,
            "colorscale": [[0, palette.muted], [1, SERIES[1]]],
            "colorbar": {
                "title": "Share" if colour_by == "share" else "Cycles",
                "tickformat": ".2%" if colour_by == "share" else ".2~s",
                "thickness": 12,
            },
            "line": {"color": palette.text, "width": 0.3},
        },
        hovertemplate="node %{customdata[0]}, in-degree %{customdata[1]:,}<br>own %{customdata[2]:.3g} cycles, keeps "
        "others waiting %{customdata[3]:.3g}<br>waits %{customdata[4]:.3g}, additions %{customdata[5]:.3g}<br>"
        "%{customdata[6]:.3%} of all<extra></extra>",
    )
    cut = f" (the {len(order):,} costliest of {len(costs):,} drawn)" if len(order) < len(costs) else ""
    frame(figure, palette, _title(costs, colour_by) + cut, "", "", height=520)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    return figure


def _title(costs: pd.DataFrame, colour_by: str) -> str:
    if colour_by == "waited":
        return (
            f"A lane waits {costs['waited'].mean():,.3g} cycles a node on average, {costs['waited'].max():,.3g} at "
            "most (size: in-degree)"
        )
    ranked = costs["share"].sort_values(ascending=False)
    tenth = max(1, len(ranked) // 10)
    return f"The costliest tenth of the nodes takes {ranked.head(tenth).sum():.0%} of all cycles (size: in-degree)"
