"""Which values the features have."""

import math
from itertools import pairwise

import plotly.graph_objects as go

from a2q.datasets.statistics import Statistics
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette


def feature_values(statistics: Statistics, palette: Palette) -> go.Figure:
    """Histogram of the values, how many are 0 in grey; the title says so too and how far the others reach."""
    features = statistics.features
    bins, others = list(pairwise(features.bin_edges)), sum(features.bin_counts)
    width = min(high - low for low, high in bins)
    figure = go.Figure()
    if features.zeros > 0:
        figure.add_bar(
            x=[0],
            y=[features.zeros],
            width=[0.9 * width],
            name="0",
            marker={"color": palette.muted, "line": {"color": palette.text, "width": 0.5}},
            hovertemplate="0: %{y:.2%} of values<extra></extra>",
        )
    if others:
        figure.add_bar(
            x=[(low + high) / 2 for low, high in bins],
            y=[count / others * (1 - features.zeros) for count in features.bin_counts],
            width=[0.9 * width] * len(bins),
            name="not 0",
            customdata=[[*ends, count] for ends, count in zip(bins, features.bin_counts, strict=True)],
            marker={"color": SERIES[0], "line": {"color": palette.text, "width": 0.5}},
            hovertemplate="%{customdata[0]:.3g} to %{customdata[1]:.3g}<br>%{customdata[2]:,} values, %{y:.3%}"
            "<extra></extra>",
        )
    # A bar on a logarithmic axis has no foot of its own: the least share stands half a decade above the axis.
    shares = [features.zeros, *(count / max(1, others) * (1 - features.zeros) for count in features.bin_counts)]
    least = min((share for share in shares if share > 0), default=1.0)
    figure.update_yaxes(type="log", dtick=1, exponentformat="power", range=[math.log10(least) - 0.5, 0.1])
    if features.binary:
        figure.update_xaxes(dtick=1)
    axis = "Node type" if features.types else "Value of a feature"
    return frame(figure, palette, _title(statistics), axis, "Share of values", barmode="overlay")


def _title(statistics: Statistics) -> str:
    features = statistics.features
    if features.types:
        return f"{statistics.title}: {features.types} node types to embed, very unequally common"
    zeros = f"{features.zeros:.1%} of values are 0"
    if features.binary:
        return f"{statistics.title}: {zeros}, all others 1: an input of 1 bit loses nothing"
    return f"{statistics.title}: {zeros}, the others reach from {features.low:.3g} to {features.high:.3g}"
