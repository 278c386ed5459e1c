"""The graph itself, coloured by precision or by whatever else is known of its nodes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from a2q.reports import by_degree_group
from a2q_studio.charts.frame import frame, trend, two_figures, unbroken, whole
from a2q_studio.charts.graph.colouring import COLOURINGS, Colouring, categories
from a2q_studio.charts.graph.raster import Raster, bounds
from a2q_studio.charts.graph.tiers import FEW, tier
from a2q_studio.charts.palette import Palette

HEIGHT = 560
MOST_LINES = 400
_HUB = 50


def graph_figure(
    nodes: pd.DataFrame,
    coordinates: np.ndarray,
    colour_by: str,
    palette: Palette,
    *,
    drawn: np.ndarray | None = None,
    rasters: Sequence[Raster] = (),
    focus: np.ndarray | None = None,
    lines: np.ndarray | None = None,
    marked: Sequence[int] = (),
) -> go.Figure:
    """Nodes at their places, coloured by one column, as large as the square root of their in-degree says.

    Args:
        nodes: the node table, one row per node in order.
        coordinates: [num_nodes, 2]; a node without a place (NaN) is not drawn.
        colour_by: a name of :data:`COLOURINGS`.
        palette: colours of the theme.
        drawn: numbers of the nodes to draw; None for all.
        rasters: pictures beneath the nodes.
        focus: numbers of the selected nodes, over all others in grey; None draws all alike.
        lines: edges to draw as lines, [2, count]; at most 400 are.
        marked: numbers of nodes to put a ring around.

    Returns:
        Figure whose points carry node, bits (or label) and in-degree as custom data.
    """
    colouring = COLOURINGS[colour_by]
    shown = np.arange(len(nodes)) if drawn is None else drawn
    shown = shown[np.isfinite(coordinates[shown]).all(axis=1)]
    figure = go.Figure()
    if lines is not None and lines.shape[1]:
        _lines(figure, coordinates, lines[:, :MOST_LINES], palette)
    sizes = _sizes(nodes["in_degree"].to_numpy(), len(nodes))
    chosen = shown
    if focus is not None:
        selected = np.zeros(len(nodes), dtype=bool)
        selected[focus] = True
        chosen = shown[selected[shown]]
        _dots(figure, nodes, coordinates, shown[~selected[shown]], sizes, palette.muted, "circle", "not selected", 0.25)
    if colouring.kind == "number":
        _scaled(figure, nodes, coordinates, chosen, sizes, colouring, palette, focus is not None)
    else:
        table = nodes.iloc[chosen]
        for group in categories(table, colouring, palette):
            members = chosen[group.rows]
            name = f"{group.name} ({len(members):,})"
            _dots(figure, nodes, coordinates, members, sizes, group.colour, group.symbol, name, 0.9, palette.text)
    _rings(figure, coordinates, marked, sizes, palette)
    title = _title(nodes, colouring, focus)
    frame(figure, palette, title, "", "", height=HEIGHT, dragmode="lasso", showlegend=True)
    low, high = bounds(coordinates[shown])
    figure.update_xaxes(visible=False, range=[low[0], high[0]])
    figure.update_yaxes(visible=False, range=[low[1], high[1]], scaleanchor="x", scaleratio=1)
    figure.update_layout(
        margin={"l": 5, "r": 40, "t": 85, "b": 70},
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "itemsizing": "constant"},
        images=[raster.image for raster in rasters],
    )
    return figure


def _sizes(in_degree: np.ndarray, num_nodes: int) -> np.ndarray:
    smallest, more = tier(num_nodes).size
    largest = max(int(in_degree.max(initial=0)), 1)
    # Where nobody has many edges, as in molecules, nobody is drawn as a hub.
    more *= min(1, np.sqrt(largest / _HUB))
    return np.asarray(smallest + more * np.sqrt(in_degree / largest), dtype=np.float32)


def _outline(nodes: pd.DataFrame) -> float:
    """Width of a line around nodes; around the small ones of a large graph it would hide their colour."""
    return 0.5 if len(nodes) <= FEW else 0


def _dots(
    figure: go.Figure,
    nodes: pd.DataFrame,
    coordinates: np.ndarray,
    rows: np.ndarray,
    sizes: np.ndarray,
    colour: str,
    symbol: str,
    name: str,
    opacity: float,
    outline: str | None = None,
) -> None:
    figure.add_scattergl(
        x=coordinates[rows, 0],
        y=coordinates[rows, 1],
        mode="markers",
        name=name,
        customdata=_custom(nodes, rows),
        marker={
            "size": sizes[rows],
            "color": colour,
            "symbol": symbol,
            "opacity": opacity,
            "line": {"color": outline or colour, "width": _outline(nodes) if outline else 0},
        },
        hovertemplate=_hover(nodes),
    )


def _scaled(
    figure: go.Figure,
    nodes: pd.DataFrame,
    coordinates: np.ndarray,
    rows: np.ndarray,
    sizes: np.ndarray,
    colouring: Colouring,
    palette: Palette,
    focused: bool,
) -> None:
    values = nodes[colouring.column].to_numpy(dtype=float)
    ticks, labels = scale_ticks(values, colouring)
    figure.add_scattergl(
        x=coordinates[rows, 0],
        y=coordinates[rows, 1],
        mode="markers",
        name="selected" if focused else "nodes",
        showlegend=focused,
        customdata=_custom(nodes, rows),
        marker={
            "size": sizes[rows],
            "color": scaled(values, colouring)[rows],
            "colorscale": palette.scale,
            "cmin": ticks[0],
            "cmax": ticks[-1],
            "opacity": 0.9,
            "line": {"color": palette.text, "width": _outline(nodes)},
            "colorbar": {
                "title": {"text": colouring.unit, "side": "top"},
                "orientation": "h",
                "y": -0.02,
                "yanchor": "top",
                "thickness": 12,
                "tickvals": ticks,
                "ticktext": labels,
            },
        },
        hovertemplate=_hover(nodes),
    )


def scaled(values: np.ndarray, colouring: Colouring) -> np.ndarray:
    """Values as a colour scale takes them: the logarithm of 1 + v for counts, of v for what lies below 1."""
    if not colouring.logarithmic:
        return values
    return np.asarray(np.log10(np.maximum(values, _floor(values))))


def _floor(values: np.ndarray) -> float:
    """What a logarithmic scale draws 0 as: half of the smallest value above it, but not beyond five decades."""
    positive = values[values > 0]
    return max(float(positive.min()) / 2, float(positive.max()) / 1e5) if len(positive) else 1.0


def scale_ticks(values: np.ndarray, colouring: Colouring) -> tuple[list[float], list[str]]:
    """Five places on the colour scale and what stands there."""
    marks = scaled(values, colouring) if len(values) else np.zeros(1)
    low, high = float(marks.min()), float(marks.max())
    places = [float(place) for place in np.linspace(low, high if high > low else low + 1, 5)]
    return places, [two_figures(10**place if colouring.logarithmic else place) for place in places]


def _custom(nodes: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    return nodes.iloc[rows][["node", "bits" if "bits" in nodes else "label", "in_degree"]]


def _hover(nodes: pd.DataFrame) -> str:
    second = "%{customdata[1]} bits" if "bits" in nodes else "label %{customdata[1]}"
    return f"node %{{customdata[0]}}<br>{second}<br>in-degree %{{customdata[2]:,}}<extra></extra>"


def _lines(figure: go.Figure, coordinates: np.ndarray, lines: np.ndarray, palette: Palette) -> None:
    x, y = (np.full(3 * lines.shape[1], np.nan) for _ in range(2))
    for axis, places in enumerate((x, y)):
        places[0::3], places[1::3] = coordinates[lines[0], axis], coordinates[lines[1], axis]
    figure.add_scattergl(
        x=x,
        y=y,
        mode="lines",
        line={"color": palette.text, "width": 1},
        opacity=0.6,
        hoverinfo="skip",
        showlegend=False,
        name="edges of the selection",
    )


def _rings(
    figure: go.Figure, coordinates: np.ndarray, marked: Sequence[int], sizes: np.ndarray, palette: Palette
) -> None:
    if not len(marked):
        return
    rows = np.asarray(marked, dtype=int)
    figure.add_scattergl(
        x=coordinates[rows, 0],
        y=coordinates[rows, 1],
        mode="markers+text",
        text=[str(node) for node in rows],
        textposition="top center",
        textfont={"color": palette.text, "size": 13},
        marker={
            "size": sizes[rows] + 10,
            "color": palette.text,
            "symbol": "circle-open",
            "line": {"color": palette.text, "width": 2},
        },
        hoverinfo="skip",
        showlegend=False,
        name="inspected",
    )


def _title(nodes: pd.DataFrame, colouring: Colouring, focus: np.ndarray | None) -> str:
    of_whom = whole(len(nodes)) if focus is None else f"{len(focus):,} of {whole(len(nodes))} selected"
    table = nodes if focus is None else nodes.iloc[focus]
    if table.empty:
        return f"Graph: {of_whom}"
    if colouring.kind == "bits":
        groups = by_degree_group(table, "bits")
        first, last = groups.iloc[0], groups.iloc[-1]
        if len(groups) == 1:
            return f"Graph: {of_whom} with {first['mean']:.2f} bits on average"
        return (
            f"Graph: {of_whom}; mean bitwidth {trend(first['mean'], last['mean'])} from {first['mean']:.2f} "
            f"(in-degree {unbroken(first['degree_group'])}) to {last['mean']:.2f} "
            f"(in-degree {unbroken(last['degree_group'])})"
        )
    if colouring.kind == "class":
        sizes = table["label"].value_counts()
        return f"Graph: {of_whom} in {len(sizes)} classes, the largest with {sizes.iloc[0]:,} nodes"
    if colouring.kind == "correct":
        return f"Graph: {of_whom}; {table['correct'].mean():.1%} are predicted correctly"
    values = table[colouring.column]
    middle, largest = two_figures(values.median()), two_figures(values.max())
    return f"Graph: {of_whom} by {colouring.title.lower()}: median {middle}, largest {largest}"
