"""Two networks side by side: what in-degree does to magnitude, and what the bits make of it."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from a2q.reports import by_degree_group
from a2q_studio.charts.frame import frame, trend
from a2q_studio.charts.palette import SERIES, Palette
from a2q_studio.pages.learn.steps.fails.savings import AS_SET, PerValue, Speedups

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


def speedup_by_convention(found: Speedups, palette: Palette) -> go.Figure:
    """One bar for each convention that is switched alone, the unswitched one strong; a line where nothing is gained."""
    times = found.by_convention
    figure = go.Figure()
    figure.add_bar(
        y=list(times),
        x=list(times.values()),
        orientation="h",
        marker={
            "color": [palette.roles["b"] if name == AS_SET else palette.muted for name in times],
            "line": {"color": palette.text, "width": [2 if name == AS_SET else 0.5 for name in times]},
        },
        text=[f"{value:.2f}×" for value in times.values()],
        textposition="outside",
        cliponaxis=False,
        hovertemplate=f"%{{y}}: %{{x:.3f}} times as fast as {found.baseline}<extra></extra>",
    )
    figure.add_vline(x=1, line={"color": palette.text, "width": 2, "dash": "dash"})
    low, high = min(times.values()), max(times.values())
    title = f"Counted one way or another, the same run is {low:.2f} to {high:.2f} times as fast as {found.baseline}"
    frame(figure, palette, title, "Times as fast (cycles)", "", height=430, margin={"l": 205, "r": 50})
    figure.update_xaxes(range=[0, 1.15 * high])
    figure.update_yaxes(autorange="reversed", tickfont={"size": 14})
    return figure


_PARTS = (("codes", "", "b"), ("step", "/", "s"), ("tag", "x", "x"))
_NAMES = {"codes": "codes", "step": "step sizes", "tag": "bitwidth tags"}


def memory(accounts: Mapping[str, PerValue], palette: Palette) -> go.Figure:
    """One bar for each account: codes, step sizes and tags stacked.

    Args:
        accounts: by name, at least one; the last is the one the title speaks of.
        palette: colours of the theme.
    """
    figure = go.Figure()
    for part, pattern, role in _PARTS:
        figure.add_bar(
            y=list(accounts),
            x=[getattr(account, part) for account in accounts.values()],
            orientation="h",
            name=_NAMES[part],
            marker={
                "color": palette.roles[role],
                "pattern": {"shape": pattern, "fgcolor": palette.ground, "fillmode": "overlay"},
                "line": {"color": palette.text, "width": 0.5},
            },
            hovertemplate=f"%{{y}}: {_NAMES[part]} %{{x:.2f}} bits per value<extra></extra>",
        )
    for name, account in accounts.items():
        figure.add_annotation(
            y=name,
            x=account.total,
            text=f" {account.total:.2f} bits, {account.compression:.1f}×",
            showarrow=False,
            xanchor="left",
        )
    last = list(accounts.values())[-1]
    title = (
        f"A value takes {last.total:.2f} bits: {last.codes:.2f} of code, {last.step:.2f} of its node's step size "
        f"(hatched), {last.tag:.2f} of its tag"
    )
    frame(figure, palette, title, "Bits per feature value", "", barmode="stack", height=290, margin={"l": 125})
    figure.update_xaxes(range=[0, 1.6 * max(account.total for account in accounts.values())])
    figure.update_yaxes(autorange="reversed")
    return figure
