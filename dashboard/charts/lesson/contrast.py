"""Two networks side by side: what in-degree does to magnitude, and what the bits make of it."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from a2q.reports import by_degree_group
from dashboard.charts.frame import frame, trend
from dashboard.charts.palette import SERIES, Palette

WORDS = {"bits": "Bits", "magnitude": "Mean |x|, lowest group = 1"}
_TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]
_LOOK = (("circle", "solid"), ("square", "dash"))


def contrast(networks: Mapping[str, pd.DataFrame], column: str, palette: Palette) -> go.Figure:
    """Group means of a column over in-degree, one line per network.

    Magnitudes are divided by that of the lowest group: networks have scales of their own.

    Args:
        networks: two node tables by the network's name.
        column: "bits" or "magnitude".
        palette: colours of the theme.
    """
    figure = go.Figure()
    verbs = []
    for (name, nodes), colour, (symbol, dash) in zip(networks.items(), SERIES, _LOOK, strict=False):
        groups = by_degree_group(nodes, column)
        unit = groups["mean"].iloc[0] if column == "magnitude" else 1.0
        means = groups["mean"] / unit
        verbs.append(f"{name} {trend(means.iloc[0], means.iloc[-1])} from {means.iloc[0]:.2f} to {means.iloc[-1]:.2f}")
        figure.add_scatter(
            x=groups["degree_group"].astype(str),
            y=means,
            name=name,
            mode="lines+markers+text",
            # Named at its end: no legend has to be matched by colour.
            text=[*[""] * (len(means) - 1), f"<b>{name}</b>"],
            textposition="bottom center" if means.iloc[-1] > means.iloc[0] else "top center",
            textfont={"color": palette.text, "size": 15},
            line={"color": colour, "width": 3, "dash": dash},
            marker={"symbol": symbol, "size": 11, "color": colour, "line": {"color": palette.text, "width": 1}},
            customdata=groups["nodes"],
            hovertemplate=f"{name}, in-degree %{{x}}: %{{y:.3g}}<br>%{{customdata:,}} nodes<extra></extra>",
        )
    subject = "Bits" if column == "bits" else "Magnitude"
    title = f"{subject} from lowest to highest in-degree: {'; '.join(verbs)}"
    frame(figure, palette, title, "In-degree (edges)", WORDS[column], height=330)
    figure.update_xaxes(type="category")
    if column == "magnitude":
        figure.update_yaxes(type="log", tickvals=_TICKS, ticktext=[f"{tick:g}" for tick in _TICKS])
    else:
        figure.update_yaxes(rangemode="tozero")
    return figure
