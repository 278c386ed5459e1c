"""The quantizer as a ruler: a leaf's and a hub's values on the same marks, and the error's two parts."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette
from a2q_studio.pages.learn.lesson.quantizer import Errors, errors, levels, quantized

_ROWS = {"leaf": 1.0, "hub": 0.0}
# More marks than the eye can part are drawn as a band.
_MOST_MARKS = 63


def ruler(nodes: Mapping[str, np.ndarray], step: float, bits: int, palette: Palette) -> go.Figure:
    """Each value as a dot, tied to the mark it is moved to; crosses where it lies beyond the last mark.

    Args:
        nodes: non-negative values of the "leaf" and of the "hub", [dim] each.
        step, bits: of the one ruler for both.
        palette: colours of the theme.
    """
    figure = go.Figure()
    last = step * levels(bits)
    top = max(float(values.max()) for values in nodes.values())
    marks = step * np.arange(levels(bits) + 1)
    if len(marks) <= _MOST_MARKS + 1:
        lines = np.array([[mark, mark, np.nan] for mark in marks]).reshape(-1)
        figure.add_scatter(
            x=lines,
            y=np.tile([-0.45, 1.45, np.nan], len(marks)),
            mode="lines",
            line={"color": palette.roles["s"], "width": 1.5},
            name="marks",
            hovertemplate="mark at %{x:.2f}<extra></extra>",
        )
    figure.add_vrect(x0=0, x1=last, fillcolor=palette.roles["s"], opacity=0.12, line_width=0, layer="below")
    clipped = {}
    for name, values in nodes.items():
        beyond = values > last
        clipped[name] = int(beyond.sum())
        moved = quantized(values, step, bits)
        # Spread evenly, so that equal values do not hide each other.
        row = _ROWS[name] + np.linspace(-0.26, 0.26, len(values))
        ties = np.stack([values, moved, np.full(len(values), np.nan)], 1).reshape(-1)
        figure.add_scatter(
            x=ties,
            y=np.repeat(row, 3),
            mode="lines",
            line={"color": palette.muted, "width": 1},
            hoverinfo="skip",
            name=f"{name}: error",
        )
        figure.add_scatter(
            x=values,
            y=row,
            mode="markers",
            marker={
                "size": 10,
                "symbol": np.where(beyond, "x", "circle").tolist(),
                "color": np.where(beyond, palette.roles["clipping"], palette.roles["x"]).tolist(),
                "line": {"color": palette.ground, "width": 1},
            },
            customdata=np.stack([moved, np.abs(moved - values)], 1),
            name=name,
            hovertemplate=f"{name}: x = %{{x:.2f}}, x_q = %{{customdata[0]:.2f}}"
            "<br>error %{customdata[1]:.2f}<extra></extra>",
        )
    title = (
        f"{bits} bit{'s' if bits > 1 else ''}: {levels(bits)} mark{'s' if levels(bits) > 1 else ''} above zero reach "
        f"to {last:.3g}; of {len(nodes['hub'])} values {clipped['leaf']} of the leaf and {clipped['hub']} of the hub "
        "lie beyond"
    )
    frame(figure, palette, title, "Value x (marks are one step size s apart)", "", height=330, margin={"l": 56})
    figure.update_xaxes(range=[-0.02 * top, 1.04 * top])
    figure.update_yaxes(tickvals=list(_ROWS.values()), ticktext=list(_ROWS), range=[-0.5, 1.5], showgrid=False)
    return figure


def on_a_line(nodes: Mapping[str, np.ndarray], palette: Palette) -> go.Figure:
    """The values of leaf and hub on one axis, no ruler yet.

    Args:
        nodes: values of the "leaf" and of the "hub", [dim] each.
        palette: colours of the theme.
    """
    figure = go.Figure()
    for name, values in nodes.items():
        figure.add_scatter(
            x=values,
            y=_ROWS[name] + np.linspace(-0.26, 0.26, len(values)),
            mode="markers",
            marker={"size": 10, "color": palette.roles["x"], "line": {"color": palette.ground, "width": 1}},
            name=name,
            hovertemplate=f"{name}: x = %{{x:.2f}}<extra></extra>",
        )
    top = {name: float(values.max()) for name, values in nodes.items()}
    title = f"{len(nodes['leaf'])} features of a leaf reach up to {top['leaf']:.3g}, those of a hub to {top['hub']:.3g}"
    frame(figure, palette, title, "Value x", "", height=330, margin={"l": 56})
    figure.update_yaxes(tickvals=list(_ROWS.values()), ticktext=list(_ROWS), range=[-0.5, 1.5], showgrid=False)
    return figure


def error_split(nodes: Mapping[str, np.ndarray], step: float, bits: int, palette: Palette) -> go.Figure:
    """Mean |x_q - x| of leaf and hub, rounding and clipping stacked."""
    found: dict[str, Errors] = {name: errors(values, step, bits) for name, values in nodes.items()}
    figure = go.Figure()
    for part, pattern in (("rounding", ""), ("clipping", "/")):
        figure.add_bar(
            y=list(found),
            x=[getattr(split, part) for split in found.values()],
            orientation="h",
            name=part,
            marker={
                "color": palette.roles[part],
                "pattern": {"shape": pattern, "fgcolor": palette.ground, "fillmode": "overlay"},
                "line": {"color": palette.text, "width": 0.5},
            },
            hovertemplate=f"{part} error of the %{{y}}: %{{x:.3f}}<extra></extra>",
        )
    worse = max(found, key=lambda name: found[name].total)
    split = found[worse]
    share = split.clipping / split.total if split.total else 0.0
    title = f"The {worse} has the larger error: {split.total:.2f} on average, {share:.0%} of it from clipping (hatched)"
    frame(
        figure,
        palette,
        title,
        "Mean error |x_q − x|",
        "",
        barmode="stack",
        height=270,
        margin={"l": 56},
    )
    figure.update_yaxes(categoryorder="array", categoryarray=["hub", "leaf"])
    return figure
