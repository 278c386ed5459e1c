"""How many bits nodes have in several runs, overlaid."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from a2q.units import MOST_BITS
from a2q_studio.charts.frame import bits_name, frame
from a2q_studio.charts.palette import Palette
from a2q_studio.comparison.charts.marks import Mark, line, marker, opacity


def overlaid_distributions(
    bits: Sequence[tuple[Mark, np.ndarray]], layer: int, highlight: str | None, palette: Palette
) -> go.Figure:
    """Share of each run's nodes that has 0, 1, …, 8 bits, one line with markers per run.

    Args:
        bits: mark and effective bits, [num_nodes], of each run.
        layer: whose input the bits are of, counted from 1.
        highlight: letter of the run to stress; None for all alike.
        palette: colours of the theme.
    """
    figure = go.Figure()
    counts = [(mark, np.bincount(held, minlength=MOST_BITS + 1)) for mark, held in bits]
    used = [width for width in range(MOST_BITS + 1) if any(count[width] for _, count in counts)]
    few = []
    for mark, count in counts:
        share = count / max(1, count.sum())
        figure.add_scatter(
            x=[bits_name(width) for width in used],
            y=share[used],
            customdata=[[int(count[width]), int(count.sum())] for width in used],
            mode="lines+markers",
            line=line(mark, highlight),
            marker=marker(mark, highlight, palette),
            opacity=opacity(mark, highlight),
            name=mark.title,
            hovertemplate="%{x} bits: %{y:.1%}, %{customdata[0]:,} of %{customdata[1]:,} nodes"
            f"<extra>{mark.title}</extra>",
        )
        few.append(f"{mark.letter} {share[:3].sum():.0%}")
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=[bits_name(width) for width in used])
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    title = f"Layer {layer}: nodes that have 2 bits or fewer: {', '.join(few)}" if few else "No run with bits to show"
    return frame(figure, palette, title, "Effective bits", "Share of nodes")
