"""Who is there: nodes by in-degree, before anything is said about bits."""

import numpy as np
import plotly.graph_objects as go

from a2q.reports.node_table import degree_groups
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette


def nodes_by_group(in_degree: np.ndarray, palette: Palette) -> go.Figure:
    """Number of nodes in each group of in-degrees that occurs."""
    groups = degree_groups(in_degree)
    counts = groups.value_counts()
    counts = counts[counts > 0]
    figure = go.Figure(
        go.Bar(
            x=list(counts.index),
            y=list(counts),
            marker={"color": palette.roles["x"], "opacity": 0.75, "line": {"color": palette.text, "width": 0.5}},
            text=[f"{count:,}" for count in counts],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="in-degree %{x}: %{y:,} nodes<extra></extra>",
        )
    )
    few = float((in_degree <= 3).mean())
    title = f"{few:.0%} of {len(in_degree):,} nodes have an in-degree of 3 or less; the largest is {in_degree.max()}"
    frame(figure, palette, title, "In-degree (edges)", "Nodes", height=330)
    figure.update_xaxes(type="category")
    return figure
