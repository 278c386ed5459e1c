"""In-degree → magnitude → bits: the two links of the aggregation-aware claim, each with its own picture."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from a2q.reports import by_degree_group
from a2q_studio.charts.frame import bits_name, frame, log_ticks, trend, unbroken, whiskers, whole
from a2q_studio.charts.palette import Palette
from a2q_studio.charts.scatter import LOG_TICKS

CELLS = 24
TENTHS = 10
LARGEST_BUBBLE = 30
_EXACT_DEGREES = 10
# Beyond ten edges, degrees within a quarter of each other share a cell.
_DEGREE_RATIO = 1.25
_WORDS = {
    "aggregation_fp32": ("aggregation value", "Mean |feature| after aggregation (FP32)"),
    "aggregation": ("aggregation value", "Mean |feature| after aggregation (quantized)"),
    "magnitude": ("magnitude", "Mean |x| entering the layer"),
}


def chain_table(nodes: pd.DataFrame, column: str) -> pd.DataFrame:
    """The node table with the cell each node falls into: ``degree_cell`` and ``value_cell``, whole numbers.

    In-degrees up to 10 have a cell each. Values are cut into 24 steps of equal ratio; 0 shares the lowest.

    Args:
        nodes: the node table.
        column: "aggregation_fp32", "aggregation" or "magnitude".
    """
    degree = nodes["in_degree"].to_numpy()
    above = _EXACT_DEGREES + 1 + np.log(np.maximum(degree, 1) / (_EXACT_DEGREES + 1)) / np.log(_DEGREE_RATIO)
    edges = value_edges(nodes[column].to_numpy())
    return nodes.assign(
        degree_cell=np.where(degree <= _EXACT_DEGREES, degree, np.floor(above)).astype(int),
        value_cell=np.clip(np.searchsorted(edges, nodes[column], side="right") - 1, 0, CELLS - 1),
    )


def value_edges(values: np.ndarray) -> np.ndarray:
    """The 25 ends of the 24 cells of a value, at least a hundred-thousandth of the largest."""
    positive = values[values > 0]
    if not len(positive):
        return np.geomspace(1e-3, 1, CELLS + 1)
    high = float(positive.max())
    low = max(float(positive.min()), high * 1e-5)
    return np.geomspace(min(low, high * 0.5), high * 1.0001, CELLS + 1)


def degree_to_magnitude(
    table: pd.DataFrame, column: str, palette: Palette, focus: pd.DataFrame | None = None
) -> go.Figure:
    """Aggregation value over in-degree: a bubble for each cell, its area the number of nodes; means with quartiles.

    Args:
        table: of :func:`chain_table`.
        column: the one given there.
        palette: colours of the theme.
        focus: its selected rows, over all in grey; None for all.

    Returns:
        Figure whose bubbles carry degree cell and value cell as custom data.
    """
    figure = go.Figure()
    heights = _middles(table[column].to_numpy())
    shown = table if focus is None else focus
    largest = _largest(table, ["degree_cell", "value_cell"])
    for rows, muted in ((table, True), (focus, False)) if focus is not None else ((table, False),):
        cells = _cells(rows, ["degree_cell", "value_cell"])
        _bubbles(
            figure,
            cells,
            x=cells["degree"].where(cells["degree"] > 0, 0.5),
            y=heights[cells["value_cell"]],
            custom=["degree_cell", "value_cell", "nodes"],
            colour=palette.muted if muted else palette.scale[2],
            opacity=0.2 if muted else 0.55,
            largest=largest,
            palette=palette,
            hover="%{customdata[2]:,} nodes around in-degree %{x:.3g}, value %{y:.2g}<extra></extra>",
        )
    groups = by_degree_group(shown, column)
    if len(groups):
        middle = shown.groupby("degree_group", observed=True)["in_degree"].mean().clip(lower=0.5)
        _means(figure, middle, groups, palette, "in-degree %{customdata}: mean %{y:.3g}", groups["degree_group"])
    figure.update_xaxes(type="log", tickvals=list(LOG_TICKS), ticktext=[f"{mark:,}" for mark in LOG_TICKS.values()])
    _value_axis(figure.update_yaxes, table[column].to_numpy())
    word, axis = _WORDS[column]
    return frame(
        figure, palette, _grows(groups, word, focus), "In-degree (edges)", axis, dragmode="select", showlegend=False
    )


def magnitude_to_bits(
    table: pd.DataFrame, column: str, palette: Palette, focus: pd.DataFrame | None = None
) -> go.Figure:
    """Bits over aggregation value: a bubble for each cell and bitwidth; the mean of every tenth, with quartiles.

    Args:
        table: of :func:`chain_table`, with bits.
        column, palette, focus: as for :func:`degree_to_magnitude`.

    Returns:
        Figure whose bubbles carry value cell and bits as custom data.
    """
    figure = go.Figure()
    places = _middles(table[column].to_numpy())
    shown = table if focus is None else focus
    largest = _largest(table, ["value_cell", "bits"])
    for rows, muted in ((table, True), (focus, False)) if focus is not None else ((table, False),):
        cells = _cells(rows, ["value_cell", "bits"])
        _bubbles(
            figure,
            cells,
            x=pd.Series(places[cells["value_cell"]]),
            y=cells["bits"],
            custom=["value_cell", "bits", "nodes"],
            colour=palette.muted if muted else [palette.of_bits(bits) for bits in cells["bits"]],
            opacity=0.2 if muted else 0.85,
            largest=largest,
            palette=palette,
            hover="%{customdata[2]:,} nodes of %{customdata[1]} bits around value %{x:.2g}<extra></extra>",
        )
    tenths = _tenths(shown, column)
    if len(tenths):
        _means(figure, tenths["x"], tenths, palette, "a tenth of the nodes: mean %{y:.2f} bits at %{x:.3g}")
    _value_axis(figure.update_xaxes, table[column].to_numpy())
    low, high = (table["bits"].min(), table["bits"].max()) if len(table) else (1, 8)
    ticks = list(range(low, high + 1))
    figure.update_yaxes(tickvals=ticks, ticktext=[bits_name(bits) for bits in ticks], range=[low - 0.6, high + 0.6])
    word, axis = _WORDS[column]
    return frame(figure, palette, _needs(tenths, word, focus), axis, "Effective bits (area = nodes)", dragmode="select")


def _value_axis(update: Callable[..., object], values: np.ndarray) -> None:
    ends = value_edges(values)
    marks, labels = log_ticks(ends[0], ends[-1])
    update(type="log", tickvals=marks, ticktext=labels)


def _middles(values: np.ndarray) -> np.ndarray:
    edges = value_edges(values)
    return np.asarray(np.sqrt(edges[:-1] * edges[1:]))


def _cells(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    grouped = rows.groupby(keys)
    return pd.DataFrame({"nodes": grouped.size(), "degree": grouped["in_degree"].mean()}).reset_index()


def _largest(rows: pd.DataFrame, keys: list[str]) -> int:
    return int(rows.groupby(keys).size().max()) if len(rows) else 1


def _bubbles(
    figure: go.Figure,
    cells: pd.DataFrame,
    x: pd.Series,
    y: object,
    custom: list[str],
    colour: object,
    opacity: float,
    largest: int,
    palette: Palette,
    hover: str,
) -> None:
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        name="nodes",
        customdata=cells[custom],
        marker={
            "size": cells["nodes"],
            "sizemode": "area",
            "sizeref": 2 * largest / LARGEST_BUBBLE**2,
            "sizemin": 2,
            "color": colour,
            "opacity": opacity,
            "line": {"color": palette.text, "width": 0.5},
        },
        hovertemplate=hover,
    )


def _means(
    figure: go.Figure, x: object, groups: pd.DataFrame, palette: Palette, hover: str, custom: object = None
) -> None:
    figure.add_scatter(
        x=x,
        y=groups["mean"],
        mode="lines+markers",
        name="mean, quartiles as whiskers",
        # Custom data alone make a point count as selected; these stand for no cell.
        text=custom,
        error_y=whiskers(groups, palette),
        line={"color": palette.text, "width": 2},
        marker={"size": 7, "color": palette.text},
        hovertemplate=hover.replace("%{customdata}", "%{text}") + "<extra></extra>",
    )


def _tenths(nodes: pd.DataFrame, column: str) -> pd.DataFrame:
    if nodes.empty:
        return pd.DataFrame({"x": [], "mean": [], "low": [], "high": []})
    tenth = pd.qcut(nodes[column].rank(method="first"), min(TENTHS, len(nodes)), labels=False)
    grouped = nodes.groupby(tenth)
    bits = grouped["bits"]
    return pd.DataFrame(
        {
            "x": grouped[column].mean().clip(lower=value_edges(nodes[column].to_numpy())[0]),
            "mean": bits.mean(),
            "low": bits.quantile(0.25),
            "high": bits.quantile(0.75),
        }
    )


def _of_whom(focus: pd.DataFrame | None) -> str:
    return "" if focus is None else f" of {whole(len(focus))} selected"


def _grows(groups: pd.DataFrame, word: str, focus: pd.DataFrame | None) -> str:
    if groups.empty:
        return f"In-degree and {word}: no node to show"
    first, last = groups.iloc[0], groups.iloc[-1]
    return (
        f"In-degree → {word}{_of_whom(focus)}: the mean {trend(first['mean'], last['mean'])} from {first['mean']:.3g} "
        f"(in-degree {unbroken(first['degree_group'])}) to {last['mean']:.3g} "
        f"(in-degree {unbroken(last['degree_group'])})"
    )


def _needs(tenths: pd.DataFrame, word: str, focus: pd.DataFrame | None) -> str:
    if tenths.empty:
        return f"{word.capitalize()} and bits: no node to show"
    first, last = tenths.iloc[0], tenths.iloc[-1]
    return (
        f"{word.capitalize()} → bits{_of_whom(focus)}: the mean {trend(first['mean'], last['mean'])} from "
        f"{first['mean']:.2f} (lowest tenth) to {last['mean']:.2f} (highest tenth)"
    )
