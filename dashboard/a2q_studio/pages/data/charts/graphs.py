"""A small part of a graph, drawn; how many nodes the graphs of a set have."""

import plotly.graph_objects as go

from a2q.datasets.statistics import Statistics
from a2q.datasets.statistics.record import Sizes
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette

# More classes than colours: the marker's shape tells them apart.
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "star", "cross", "pentagon", "hexagon")


def graph_preview(statistics: Statistics, palette: Palette) -> go.Figure:
    """Nodes, larger the higher their in-degree, coloured by class, and the edges between them."""
    preview = statistics.preview
    ends_x: list[float | None] = []
    ends_y: list[float | None] = []
    for first, second in preview.edges:
        ends_x += [preview.x[first], preview.x[second], None]
        ends_y += [preview.y[first], preview.y[second], None]
    figure = go.Figure()
    figure.add_scatter(
        x=ends_x,
        y=ends_y,
        mode="lines",
        line={"color": palette.muted, "width": 0.6},
        opacity=0.5,
        hoverinfo="skip",
        name="edges",
    )
    names = statistics.labels.class_names
    for kind in sorted(set(preview.labels)):
        these = [number for number, label in enumerate(preview.labels) if label == kind]
        name = names[kind] if 0 <= kind < len(names) else "node"
        figure.add_scatter(
            x=[preview.x[number] for number in these],
            y=[preview.y[number] for number in these],
            mode="markers",
            name=name,
            customdata=[[preview.nodes[number], preview.in_degrees[number]] for number in these],
            marker={
                "color": SERIES[max(kind, 0) % len(SERIES)],
                "symbol": _SYMBOLS[max(kind, 0) // len(SERIES) % len(_SYMBOLS)],
                "size": [min(26.0, 6 + 2.2 * preview.in_degrees[number] ** 0.5) for number in these],
                "line": {"color": palette.text, "width": 0.5},
            },
            hovertemplate=f"node %{{customdata[0]}}, {name}<br>in-degree %{{customdata[1]:,}}<extra></extra>",
        )
    frame(figure, palette, _title(statistics), "", "", height=460)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure


def _title(statistics: Statistics) -> str:
    count = len(statistics.preview.nodes)
    if statistics.preview.whole:
        return f"{statistics.title}: all {count:,} nodes, larger the higher their in-degree"
    what = "the first graphs" if statistics.graphs else "the surroundings of its greatest hub"
    return f"{statistics.title}: {count:,} nodes, {what}; larger the higher their in-degree"


def graph_sizes(statistics: Statistics, palette: Palette) -> go.Figure:
    """Share of graphs with at most so many nodes.

    Raises:
        ValueError: the dataset is one graph.
    """
    sizes = statistics.sizes
    if sizes is None:
        raise ValueError(f"{statistics.title} is one graph; sizes are told of sets of graphs.")
    shares, total = [], 0
    for count in sizes.counts:
        total += count
        shares.append(total / sum(sizes.counts))
    figure = go.Figure()
    figure.add_scatter(
        x=list(sizes.values),
        y=shares,
        mode="lines",
        line={"color": SERIES[0], "width": 2, "shape": "hv"},
        customdata=sizes.counts,
        hovertemplate="%{x:,} nodes or fewer: %{y:.1%} of graphs<br>exactly: %{customdata:,}<extra></extra>",
    )
    figure.update_xaxes(type="log" if sizes.values[-1] > 50 * sizes.values[0] else "linear")
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    reach = f"{sizes.values[0]:,} to {sizes.values[-1]:,} nodes"
    title = f"{statistics.title}: graphs of {reach}, {_median(sizes):,} in the median"
    return frame(figure, palette, title, "Nodes of a graph", "Share of graphs with at most so many")


def _median(sizes: Sizes) -> int:
    half, seen = sum(sizes.counts) / 2, 0
    for value, count in zip(sizes.values, sizes.counts, strict=True):
        seen += count
        if seen >= half:
            return value
    return sizes.values[-1]
