"""Group means over in-degree, with counts and quartiles: the aggregation-aware claim itself."""

import pandas as pd
import plotly.graph_objects as go

from a2q.reports import by_degree_group
from a2q_studio.charts.frame import frame, trend, unbroken, whiskers, whole
from a2q_studio.charts.palette import Palette

WORDS = {"bits": "Mean bitwidth", "aggregation_fp32": "Mean aggregation value", "aggregation": "Mean aggregation value"}
AXES = {
    "bits": "Mean effective bits (quartiles as whiskers)",
    "aggregation_fp32": "Mean |feature| after aggregation",
    "aggregation": "Mean |feature| after aggregation, quantized",
}


def by_degree(nodes: pd.DataFrame, column: str, palette: Palette, focus: pd.DataFrame | None = None) -> go.Figure:
    """Bars of a column's mean per group of in-degrees.

    Args:
        nodes: the node table.
        column: "bits", "aggregation_fp32" or "aggregation".
        palette: colours of the theme.
        focus: the selected rows, drawn over all nodes in grey; None draws all nodes alone.

    Returns:
        Figure whose bars carry the group's name as custom data.
    """
    shown = nodes if focus is None else focus
    groups = by_degree_group(shown, column)
    everyone = groups if focus is None else by_degree_group(nodes, column)
    figure = go.Figure()
    if focus is not None:
        figure.add_bar(
            x=everyone["degree_group"],
            y=everyone["mean"],
            marker={"color": palette.muted, "opacity": 0.35},
            hovertemplate="all nodes, in-degree %{x}: %{y:.3g}<extra></extra>",
        )
    figure.add_bar(
        x=groups["degree_group"],
        y=groups["mean"],
        customdata=groups[["degree_group", "nodes", "low", "high"]],
        marker={"color": _colours(groups, column, palette), "line": {"color": palette.text, "width": 0.5}},
        error_y=whiskers(groups, palette),
        text=[f"{mean:.3g}<br>n = {count:,}" for mean, count in zip(groups["mean"], groups["nodes"], strict=True)],
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        hovertemplate=(
            "in-degree %{x}<br>mean %{y:.3g}<br>quartiles %{customdata[2]:.3g} to %{customdata[3]:.3g}"
            "<br>%{customdata[1]:,} nodes<extra></extra>"
        ),
    )
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=list(everyone["degree_group"]))
    # In FP32 there is one aggregation value, and nothing quantizes it.
    axis = AXES[column] if "bits" in nodes else AXES[column].removesuffix(", quantized")
    return frame(figure, palette, _title(groups, column, focus), "In-degree (edges)", axis, barmode="overlay")


def _title(groups: pd.DataFrame, column: str, focus: pd.DataFrame | None) -> str:
    of_whom = "" if focus is None else f" of the {whole(len(focus))} selected"
    if groups.empty:
        return f"{WORDS[column]}: no node to show"
    first, last = groups.iloc[0], groups.iloc[-1]
    if len(groups) == 1:
        return f"{WORDS[column]}{of_whom} is {first['mean']:.3g} at in-degree {unbroken(first['degree_group'])}"
    return (
        f"{WORDS[column]}{of_whom} {trend(first['mean'], last['mean'])} from {first['mean']:.3g} "
        f"(in-degree {unbroken(first['degree_group'])}) to {last['mean']:.3g} "
        f"(in-degree {unbroken(last['degree_group'])})"
    )


def _colours(groups: pd.DataFrame, column: str, palette: Palette) -> list[str]:
    if column != "bits":
        return [palette.muted] * len(groups)
    return [palette.of_bits(max(1, round(mean))) for mean in groups["mean"]]
