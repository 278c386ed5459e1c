"""Quantization error by in-degree and bits."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette


def error_map(mean: pd.DataFrame, count: pd.DataFrame, palette: Palette) -> go.Figure:
    """One cell for each group of in-degrees and bitwidth that occurs: mean relative error, number of nodes in words.

    Args:
        mean, count: groups of in-degrees as rows, bits as columns; a cell without nodes is empty.
        palette: colours of the theme.
    """
    values = mean.to_numpy(dtype=float)
    labels = np.where(
        count.to_numpy() > 0,
        np.vectorize(lambda value, nodes: f"{value:.0%}<br>n = {nodes:,}")(np.nan_to_num(values), count.to_numpy()),
        "",
    )
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=[str(bits) for bits in mean.columns],
            y=[str(group) for group in mean.index],
            text=labels,
            texttemplate="%{text}",
            colorscale="Cividis",
            reversescale=palette.theme == "light",
            zmin=0,
            xgap=2,
            ygap=2,
            colorbar={"title": "Relative<br>error", "tickformat": ".0%", "thickness": 14},
            customdata=count.to_numpy(),
            hovertemplate="in-degree %{y}, %{x} bits: %{z:.1%} of the magnitude<br>%{customdata:,} nodes"
            "<extra></extra>",
        )
    )
    by_bits = (mean * count).sum() / count.sum()
    title = (
        f"Error over magnitude falls from {by_bits.iloc[0]:.0%} at {by_bits.index[0]} "
        f"bit{'s' if by_bits.index[0] != 1 else ''} to {by_bits.iloc[-1]:.0%} at {by_bits.index[-1]}"
        if len(by_bits) > 1
        else "Error over magnitude by in-degree"
    )
    frame(figure, palette, title, "Effective bits", "In-degree (edges)", height=400)
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(type="category", showgrid=False)
    return figure
