"""One node and whom it hears: a picture of twelve nodes, and how the value grows with the neighbours."""

import numpy as np
import plotly.graph_objects as go

from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette
from a2q_studio.pages.learn.steps.listen.aggregation import AGGREGATIONS, NEIGHBOURS, heard, weights

_DASHES = {"sum": "solid", "gcn": "dash", "mean": "dot", "attention": "dashdot"}
_SYMBOLS = {"sum": "circle", "gcn": "square", "mean": "diamond", "attention": "triangle-up"}
_MOST = len(NEIGHBOURS)


def toy_graph(edges: int, aggregation: str, palette: Palette) -> go.Figure:
    """The listening node in the middle, its neighbours around it; those it hears point to it.

    Sizes are values; the middle shows the aggregated one. Lines are as wide as the weight of a message.
    """
    angles = np.pi / 2 - 2 * np.pi * np.arange(_MOST) / _MOST
    x, y = np.cos(angles), np.sin(angles)
    value = heard(edges, aggregation)
    figure = go.Figure()
    for position, weight in enumerate(weights(edges, aggregation) if edges else ()):
        figure.add_annotation(
            x=0.3 * x[position],
            y=0.3 * y[position],
            ax=0.86 * x[position],
            ay=0.86 * y[position],
            xref="x",
            yref="y",
            axref="x",
            ayref="y",
            arrowcolor=palette.roles["x"],
            arrowwidth=1 + 3 * weight,
            arrowhead=2,
            arrowsize=0.8,
            showarrow=True,
            text="",
        )
    heard_ones = np.arange(_MOST) < edges
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers+text",
        text=[f"{neighbour:.1f}" for neighbour in NEIGHBOURS],
        textfont={"size": 14, "color": palette.text},
        marker={
            "size": 34,
            "color": [palette.roles["x"] if one else palette.ground for one in heard_ones],
            "opacity": [0.35 if one else 0.9 for one in heard_ones],
            "line": {"color": [palette.roles["x"] if one else palette.muted for one in heard_ones], "width": 2},
        },
        name="neighbours",
        hovertemplate="value %{text}<extra></extra>",
    )
    figure.add_scatter(
        x=[0],
        y=[0],
        mode="markers+text",
        text=[f"<b>{value:.1f}</b>"],
        textfont={"size": 18, "color": palette.ground},
        marker={"size": 40 + 4 * value, "color": palette.roles["x"], "line": {"color": palette.text, "width": 1.5}},
        name="listening node",
        hovertemplate=f"aggregated value {value:.2f}<extra></extra>",
    )
    title = f"Hearing {edges} of {_MOST} neighbours, the node in the middle holds {value:.2f}"
    frame(figure, palette, title, "", "", margin={"l": 10, "r": 10, "t": 60, "b": 10}, height=350, dragmode=False)
    figure.update_xaxes(visible=False, range=[-1.25, 1.25], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-1.25, 1.25], fixedrange=True)
    return figure


def aggregated_by_edges(edges: int, aggregation: str, palette: Palette) -> go.Figure:
    """The value for every number of in-edges, the chosen aggregation strong, the others grey; a mark where we are."""
    degrees = list(range(1, _MOST + 1))
    figure = go.Figure()
    for other, name in AGGREGATIONS.items():
        chosen = other == aggregation
        values = [heard(degree, other) for degree in degrees]
        figure.add_scatter(
            x=degrees,
            y=values,
            mode="lines",
            name=name,
            line={
                "color": palette.roles["x"] if chosen else palette.muted,
                "width": 4 if chosen else 1.5,
                "dash": _DASHES[other],
            },
            hovertemplate=f"{name}, %{{x}} in-edges: %{{y:.2f}}<extra></extra>",
        )
    figure.add_scatter(
        x=[edges],
        y=[heard(edges, aggregation)],
        mode="markers",
        name="here",
        marker={
            "size": 15,
            "symbol": _SYMBOLS[aggregation],
            "color": palette.roles["x"],
            "line": {"color": palette.text, "width": 2},
        },
        hovertemplate="%{x} in-edges: %{y:.2f}<extra></extra>",
    )
    for other, name in AGGREGATIONS.items():
        # Mean and attention lie close together: one name above, one below.
        figure.add_annotation(
            x=_MOST,
            y=heard(_MOST, other),
            text=name.split(" (")[0],
            xanchor="right",
            yanchor="top" if other == "mean" else "bottom",
            showarrow=False,
            font={"color": palette.roles["x"] if other == aggregation else palette.text, "size": 14},
        )
    double = heard(8, aggregation) / heard(4, aggregation)
    title = f"{AGGREGATIONS[aggregation].split(' (')[0]}: from 4 to 8 neighbours the value grows {double:.2f}-fold"
    frame(figure, palette, title, "In-degree (edges)", "Aggregated value", height=350, margin={"t": 60, "r": 20})
    figure.update_xaxes(dtick=2, range=[0.6, _MOST + 0.4])
    figure.update_yaxes(rangemode="tozero")
    return figure
