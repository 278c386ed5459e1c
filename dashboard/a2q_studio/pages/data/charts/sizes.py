"""How many nodes the graphs of a set have."""

import plotly.graph_objects as go

from a2q.datasets.statistics import Statistics
from a2q.datasets.statistics.record import Sizes
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette


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
