"""Error over magnitude by in-degree, with the learned bits and with the same bits shuffled."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette
from a2q_studio.pages.learn.lesson.groups import group_means

_LOOK = (("circle", "solid"), ("square", "dash"))


def errors_by_degree(in_degree: np.ndarray, errors: Mapping[str, np.ndarray], palette: Palette) -> go.Figure:
    """Mean relative error of each group of in-degrees, one line for each assignment of bits.

    Args:
        in_degree: [num_nodes].
        errors: relative errors by the assignment's name, [num_nodes] each, one or two.
        palette: colours of the theme.
    """
    figure = go.Figure()
    top = 0.0
    for (name, found), colour, (symbol, dash) in zip(errors.items(), SERIES, _LOOK, strict=False):
        means = group_means(in_degree, found)
        top = max(top, float(means["mean"].max()))
        figure.add_scatter(
            x=[str(group) for group in means.index],
            y=means["mean"],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 3, "dash": dash},
            marker={"symbol": symbol, "size": 11, "color": colour, "line": {"color": palette.text, "width": 1}},
            customdata=means["nodes"],
            hovertemplate=f"{name}, in-degree %{{x}}: %{{y:.1%}}<br>%{{customdata:,}} nodes<extra></extra>",
        )
    told = ", ".join(f"{found.mean():.1%} {name}" for name, found in errors.items())
    frame(
        figure,
        palette,
        f"Error over magnitude, mean over all nodes: {told}",
        "In-degree (edges)",
        "Mean |x_q − x| / mean |x|",
        showlegend=len(errors) > 1,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 1.15 * top or 1], tickformat=".0%")
    return figure
