"""One width for all: where its error falls, and how many bits each group would need for the same."""

import numpy as np
import plotly.graph_objects as go

from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette
from a2q_studio.pages.learn.lesson.groups import group_of, groups


def error_by_group(in_degree: np.ndarray, error: np.ndarray, bits: int, palette: Palette) -> go.Figure:
    """Mean error of each group of in-degrees when everyone has the same bits and the same step size.

    Args:
        in_degree, error: of each node, [num_nodes].
        bits: what everyone has.
        palette: colours of the theme.
    """
    member, found = group_of(in_degree), groups(in_degree)
    present = [position for position, group in enumerate(found) if group.nodes]
    means = [float(error[member == position].mean()) for position in present]
    shares = [float(error[member == position].sum() / max(error.sum(), 1e-12)) for position in present]
    figure = go.Figure()
    figure.add_bar(
        x=[found[position].name for position in present],
        y=means,
        customdata=[[share, found[position].nodes] for share, position in zip(shares, present, strict=True)],
        marker={"color": palette.of_bits(bits), "line": {"color": palette.text, "width": 0.5}},
        text=[f"{mean:.2f}<br>n = {found[position].nodes:,}" for mean, position in zip(means, present, strict=True)],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="in-degree %{x}: mean error %{y:.3g}<br>%{customdata[0]:.0%} of all error"
        "<br>%{customdata[1]:,} nodes<extra></extra>",
    )
    last = present[-1]
    title = (
        f"At {bits} bit{'s' if bits > 1 else ''} for all, the {found[last].share:.0%} of nodes with in-degree "
        f"{_unbroken(found[last].name)} carry {shares[-1]:.0%} of the error"
    )
    frame(figure, palette, title, "In-degree (edges)", "Mean error |x_q − x|", height=360)
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, max(means) * 1.3 or 1])
    return figure


def bits_needed(in_degree: np.ndarray, needed: np.ndarray, bits: int, palette: Palette) -> go.Figure:
    """Mean of the fewest bits, own step size each, with which a node's error is no larger than the mean error above.

    Args:
        in_degree, needed: of each node, [num_nodes].
        bits: what everyone has, as a line.
        palette: colours of the theme.
    """
    member, found = group_of(in_degree), groups(in_degree)
    present = [position for position, group in enumerate(found) if group.nodes]
    means = [float(needed[member == position].mean()) for position in present]
    names = [found[position].name for position in present]
    figure = go.Figure()
    figure.add_bar(
        x=names,
        y=means,
        marker={
            "color": [palette.of_bits(max(1, round(mean))) for mean in means],
            "line": {"color": palette.text, "width": 0.5},
        },
        text=[f"{mean:.1f}" for mean in means],
        textposition="outside",
        cliponaxis=False,
        name="needed",
        hovertemplate="in-degree %{x}: %{y:.2f} bits on average<extra></extra>",
    )
    figure.add_scatter(
        x=names,
        y=[bits] * len(names),
        mode="lines",
        line={"color": palette.text, "dash": "dash", "width": 2},
        name="one width for all",
        hovertemplate=f"one width for all: {bits} bits<extra></extra>",
    )
    title = (
        f"For that same error a leaf ({_unbroken(names[0])}) needs {means[0]:.1f} bits of its own ruler, "
        f"a hub ({_unbroken(names[-1])}) {means[-1]:.1f}; dashed: what everyone has"
    )
    frame(figure, palette, title, "In-degree (edges)", "Bits needed (mean)", height=360)
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, max(*means, bits) * 1.2])
    return figure


def _unbroken(name: str) -> str:
    return name.replace(" ", "\u00a0")
