"""How a run moved, epoch by epoch."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from a2q.training import EpochMetrics
from dashboard.charts.frame import frame
from dashboard.charts.palette import SERIES, Palette

MOST_POINTS = 2_000


def accuracy_and_bits(history: Sequence[EpochMetrics], palette: Palette) -> go.Figure:
    """Validation accuracy (left axis) and average bits (right axis) over epochs.

    Args:
        history: the run's epochs in order, at least one.
        palette: colours of the theme.
    """
    every = math.ceil(len(history) / MOST_POINTS)
    kept = [*history[:-1:every], history[-1]]
    epochs = [metrics.epoch for metrics in kept]
    figure = go.Figure()
    figure.add_scatter(
        x=epochs,
        y=[metrics.validation_accuracy for metrics in kept],
        line={"color": SERIES[0], "width": 2},
        name="validation accuracy",
        hovertemplate="epoch %{x}: %{y:.1%}<extra>validation accuracy</extra>",
    )
    figure.add_scatter(
        x=epochs,
        y=[metrics.average_bits for metrics in kept],
        line={"color": SERIES[1], "width": 2, "dash": "dot"},
        name="average bits",
        yaxis="y2",
        hovertemplate="epoch %{x}: %{y:.2f} bits<extra>average bits</extra>",
    )
    last = history[-1]
    title = (
        f"Epoch {last.epoch}: validation accuracy {last.validation_accuracy:.1%} (solid), "
        f"{last.average_bits:.2f} average bits (dotted)"
    )
    frame(figure, palette, title, "Epoch", "Validation accuracy")
    figure.update_yaxes(tickformat=".0%")
    figure.update_layout(
        yaxis2={
            "title": "Average bits",
            "overlaying": "y",
            "side": "right",
            "tickformat": ".1f",
            "nticks": 6,
            "showgrid": False,
        },
        margin={"r": 85},
    )
    return figure
