"""The budget game: bits by group, the learner's beside A²Q's, and what each allocation costs."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette
from a2q_studio.pages.learn.lesson.groups import GROUPS, Group


def allocation(
    yours: Sequence[float], groups: Sequence[Group], palette: Palette, theirs: Sequence[float] | None = None
) -> go.Figure:
    """The learner's mean bits per group as bars; A²Q's as ghost marks once they are revealed.

    Args:
        yours: mean bits of each group.
        groups: who is in them.
        palette: colours of the theme.
        theirs: A²Q's mean bits of each group, None before the reveal.
    """
    figure = go.Figure()
    figure.add_bar(
        x=list(GROUPS),
        y=list(yours),
        name="yours",
        marker={
            "color": [palette.of_bits(max(1, round(bits))) for bits in yours],
            "line": {"color": palette.text, "width": 0.5},
        },
        text=[f"{bits:g}" for bits in yours],
        customdata=[group.nodes for group in groups],
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        hovertemplate="in-degree %{x}: you give %{y:g} bits on average<br>%{customdata:,} nodes<extra></extra>",
    )
    title = "Your bits for each group of in-degrees"
    if theirs is not None:
        figure.add_scatter(
            x=list(GROUPS),
            y=list(theirs),
            mode="markers+text",
            name="A²Q",
            marker={
                "symbol": "line-ew-open",
                "size": 30,
                "line": {"color": palette.text, "width": 3},
                "color": palette.text,
            },
            text=[f"{bits:.1f}" for bits in theirs],
            textposition="top center",
            hovertemplate="in-degree %{x}: A²Q learned %{y:.2f} bits on average<extra></extra>",
        )
        title = "Your bits (bars) and those A²Q learned (lines), by in-degree"
    frame(figure, palette, title, "In-degree (edges)", "Mean bits", height=330)
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 8.9], dtick=2)
    return figure


def scores(errors: Mapping[str, float], you: str, palette: Palette) -> go.Figure:
    """Mean error of each allocation, the best on top.

    Args:
        errors: by name of the allocation.
        you: the learner's, drawn strong.
        palette: colours of the theme.
    """
    ordered = sorted(errors, key=lambda name: errors[name])
    place = ordered.index(you) + 1
    figure = go.Figure()
    figure.add_bar(
        y=ordered,
        x=[errors[name] for name in ordered],
        orientation="h",
        marker={
            "color": [palette.roles["b"] if name == you else palette.muted for name in ordered],
            "line": {"color": palette.text, "width": [2 if name == you else 0.5 for name in ordered]},
        },
        text=[f"{errors[name]:.3f}" for name in ordered],
        textposition="auto",
        hovertemplate="%{y}: mean error %{x:.4f}<extra></extra>",
    )
    title = f"{you} is number {place} of {len(ordered)} with a mean error of {errors[you]:.3f} (less is better)"
    frame(figure, palette, title, "Mean error |x_q − x| over all nodes", "", height=330, margin={"l": 130})
    figure.update_yaxes(autorange="reversed")
    return figure
