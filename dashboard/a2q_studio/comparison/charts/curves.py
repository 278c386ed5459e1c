"""How several runs moved, epoch by epoch, with one smoothing for all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from a2q.training import EpochMetrics
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette
from a2q_studio.comparison.charts.marks import Mark, line, opacity

MOST_POINTS = 1_000


@dataclass(frozen=True)
class Quantity:
    """One number of an epoch.

    Attributes:
        field: of :class:`a2q.training.EpochMetrics`.
        name: as it begins the title, and labels the axis.
        format: Python's and Plotly's, as in ".1%".
    """

    field: str
    name: str
    format: str


AVERAGE_BITS = Quantity("average_bits", "Average bits", ".2f")
LOSS = Quantity("loss", "Training loss", ".3f")


def curves(
    histories: Sequence[tuple[Mark, Sequence[EpochMetrics]]],
    quantity: Quantity,
    smoothing: float,
    highlight: str | None,
    palette: Palette,
) -> go.Figure:
    """One line per run over epochs, its letter at its end; the unsmoothed values stay as a thin line behind.

    Args:
        histories: mark and epochs of each run; a run without an epoch is left out.
        quantity: what to draw.
        smoothing: weight of what came before in an exponential moving average, 0 (none) to below 1.
        highlight: letter of the run to stress; None for all alike.
        palette: colours of the theme.

    Source: the moving average divides by its own weights, so that it does not start from zero; the rest is ours.
    """
    figure = go.Figure()
    ends = []
    for mark, history in histories:
        if not history:
            continue
        epochs = [metrics.epoch for metrics in history]
        raw = pd.Series([getattr(metrics, quantity.field) for metrics in history])
        smooth = raw.ewm(alpha=1 - smoothing).mean()
        drawn = [*range(0, len(history) - 1, math.ceil(len(history) / MOST_POINTS)), len(history) - 1]
        shown = opacity(mark, highlight)
        if smoothing:
            figure.add_scatter(
                x=[epochs[at] for at in drawn],
                y=raw.iloc[drawn],
                line={"color": mark.colour, "width": 1},
                opacity=0.25 * shown,
                name=f"{mark.title}, unsmoothed",
                hoverinfo="skip",
            )
        figure.add_scatter(
            x=[epochs[at] for at in drawn],
            y=smooth.iloc[drawn],
            mode="lines",
            line=line(mark, highlight),
            opacity=shown,
            name=mark.title,
            hovertemplate=f"epoch %{{x}}: %{{y:{quantity.format}}}<extra>{mark.title}</extra>",
        )
        figure.add_annotation(
            x=epochs[-1],
            y=smooth.iloc[-1],
            text=f"<b>{mark.letter}</b>",
            showarrow=False,
            xanchor="left",
            xshift=4,
            font={"color": palette.text},
            opacity=shown,
        )
        ends.append(f"{mark.letter} {format(raw.iloc[-1], quantity.format)}")
    figure.update_yaxes(tickformat=quantity.format)
    smoothed = f" (lines smoothed by {smoothing:g})" if smoothing else ""
    said = f"at the last epoch {', '.join(ends)}{smoothed}" if ends else "no epoch yet"
    return frame(figure, palette, f"{quantity.name}: {said}", "Epoch", quantity.name)
