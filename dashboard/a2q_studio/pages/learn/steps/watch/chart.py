"""Bits as they settle: shares of bitwidths in each group of in-degrees at one epoch, and the way of the whole run."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from a2q.training import EpochMetrics
from a2q_studio.charts.frame import bits_name, frame
from a2q_studio.charts.palette import SERIES, Palette
from a2q_studio.pages.learn.lesson.groups import group_means
from a2q_studio.pages.learn.steps.watch.settling import shares


def bits_at(in_degree: np.ndarray, bits: np.ndarray, epoch: int, palette: Palette) -> go.Figure:
    """Shares of bitwidths in each group of in-degrees, stacked; the group's mean above.

    Args:
        in_degree, bits: of each node at this epoch, [num_nodes].
        epoch: counted from 1.
        palette: colours of the theme.
    """
    table, means = shares(in_degree, bits), group_means(in_degree, bits)
    figure = go.Figure()
    for width in table.columns:
        figure.add_bar(
            x=list(table.index),
            y=list(table[width]),
            name=f"{bits_name(width)} bit{'s' if width != 1 else ''}",
            marker={
                "color": palette.of_bits(width) if width else "rgba(0,0,0,0)",
                "line": {"color": palette.ground if width else palette.text, "width": 1},
            },
            # In the bar, where there is room for it: no colour has to be looked up.
            text=[f"{width}" if share >= 0.08 else "" for share in table[width]],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertemplate=f"in-degree %{{x}}: %{{y:.0%}} of the nodes have {width} bit{'s' if width != 1 else ''}"
            "<extra></extra>",
        )
    figure.add_scatter(
        x=list(means.index),
        y=[1.02] * len(means),
        mode="text",
        text=[f"<b>{mean:.2f}</b><br>{nodes:,}" for mean, nodes in zip(means["mean"], means["nodes"], strict=True)],
        textposition="top center",
        name="mean bits",
        hoverinfo="skip",
    )
    first, last = means["mean"].iloc[0], means["mean"].iloc[-1]
    title = (
        f"Epoch {epoch}: {first:.2f} bits on average at in-degree {_unbroken(means.index[0])}, "
        f"{last:.2f} at {_unbroken(means.index[-1])}"
    )
    frame(
        figure,
        palette,
        title,
        "In-degree (edges)",
        "Share of nodes (on top: mean bits, nodes)",
        barmode="stack",
        height=390,
        bargap=0.12,
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 1.17], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%")
    return figure


def way(
    history: Sequence[EpochMetrics], means: dict[int, tuple[float, float]], epoch: int, palette: Palette
) -> go.Figure:
    """Mean bits of leaves and hubs at every kept epoch, validation accuracy behind, a line where we are.

    Args:
        history: the run's epochs, at least one.
        means: by epoch, the mean bits of the groups of lowest and of highest in-degree.
        epoch: where the line stands.
        palette: colours of the theme.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[metrics.epoch for metrics in history],
        y=[metrics.validation_score for metrics in history],
        yaxis="y2",
        name="validation accuracy",
        line={"color": palette.muted, "width": 1.5},
        hovertemplate="epoch %{x}: validation accuracy %{y:.1%}<extra></extra>",
    )
    for position, (name, dash, colour) in enumerate((("leaves", "dot", SERIES[0]), ("hubs", "solid", SERIES[1]))):
        figure.add_scatter(
            x=list(means),
            y=[pair[position] for pair in means.values()],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 3, "dash": dash},
            marker={"size": 6},
            hovertemplate=f"{name}, epoch %{{x}}: %{{y:.2f}} bits<extra></extra>",
        )
    figure.add_vline(x=epoch, line={"color": palette.text, "width": 2})
    leaves, hubs = means[max(means)]
    verb = "part" if abs(hubs - leaves) > 0.3 else "stay together"
    accuracy = min(history, key=lambda metrics: abs(metrics.epoch - epoch)).validation_score
    title = f"Bits of hubs (solid) and leaves (dotted) {verb}; validation accuracy here {accuracy:.0%} (thin, right)"
    frame(figure, palette, title, "Epoch", "Mean bits", height=290, margin={"r": 65})
    figure.update_layout(
        yaxis2={
            "title": "Validation accuracy",
            "overlaying": "y",
            "side": "right",
            "tickformat": ".0%",
            "showgrid": False,
            "range": [0, 1.05],
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
        }
    )
    return figure


def _unbroken(name: str) -> str:
    return str(name).replace(" ", "\u00a0")
