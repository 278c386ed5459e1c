"""How a run moved, epoch by epoch."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from a2q.experiments.results import SCORES
from a2q.training import EpochMetrics
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette

MOST_POINTS = 2_000


def score_and_bits(history: Sequence[EpochMetrics], metric: str, palette: Palette) -> go.Figure:
    """Validation score (left axis) and average bits (right axis) over epochs.

    Args:
        history: the run's epochs in order, at least one.
        metric: what the scores are, as in :data:`a2q.experiments.results.SCORES`.
        palette: colours of the theme.
    """
    score = SCORES[metric]
    every = math.ceil(len(history) / MOST_POINTS)
    kept = [*history[:-1:every], history[-1]]
    epochs = [metrics.epoch for metrics in kept]
    figure = go.Figure()
    figure.add_scatter(
        x=epochs,
        y=[metrics.validation_score for metrics in kept],
        line={"color": SERIES[0], "width": 2},
        name=f"validation {score.name}",
        hovertemplate=f"epoch %{{x}}: %{{y:{score.format}}}<extra>validation {score.name}</extra>",
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
        f"Epoch {last.epoch}: validation {score.name} {score.text(last.validation_score)} (solid), "
        f"{last.average_bits:.2f} average bits (dotted)"
    )
    # Of all others everybody knows which way is up.
    reading = " (lower is better)" if score.best == "lowest" else ""
    frame(figure, palette, title, "Epoch", f"Validation {score.name}{reading}")
    figure.update_yaxes(tickformat=score.axis)
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
