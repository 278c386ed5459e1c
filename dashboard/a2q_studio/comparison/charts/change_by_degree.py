"""How a difference in bits depends on in-degree."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from a2q.reports import by_degree_group
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette
from a2q_studio.comparison.charts.graphs import signed
from a2q_studio.comparison.charts.marks import Mark, line, marker, opacity


def change_by_degree(
    changes: Sequence[tuple[Mark, pd.DataFrame]], base: Mark, highlight: str | None, palette: Palette
) -> go.Figure:
    """Mean difference in bits per group of in-degrees, one line per run; whiskers are quartiles of its nodes.

    Args:
        changes: mark and table of :func:`a2q.reports.bit_changes.bit_changes` of each run.
        base: the run that is compared with.
        highlight: letter of the run to stress; None for all alike.
        palette: colours of the theme.
    """
    figure = go.Figure()
    ends: list[str] = []
    names: list[str] = []
    for position, (mark, table) in enumerate(changes):
        groups = by_degree_group(table, "change")
        counted = zip(groups["degree_group"], groups["nodes"], strict=True)
        names = [f"{group}<br>n = {count:,}" for group, count in counted]
        figure.add_scatter(
            # Beside each other, so that whiskers do not hide whiskers.
            x=[at + 0.1 * (position - (len(changes) - 1) / 2) for at in range(len(groups))],
            y=groups["mean"],
            customdata=groups[["degree_group", "nodes", "low", "high"]],
            error_y={
                "symmetric": False,
                "array": (groups["high"] - groups["mean"]).clip(lower=0),
                "arrayminus": (groups["mean"] - groups["low"]).clip(lower=0),
                "thickness": 1,
            },
            mode="lines+markers",
            line=line(mark, highlight),
            marker=marker(mark, highlight, palette),
            opacity=opacity(mark, highlight),
            name=mark.title,
            hovertemplate=(
                "in-degree %{customdata[0]}<br>mean %{y:+.2f} bits<br>quartiles %{customdata[2]:+.3g} to "
                f"%{{customdata[3]:+.3g}}<br>%{{customdata[1]:,}} nodes<extra>{mark.title}</extra>"
            ),
        )
        first, last = groups.iloc[0], groups.iloc[-1]
        ends.append(f"{mark.letter} {signed(first['mean'])} to {signed(last['mean'])}")
    figure.add_hline(y=0, line={"color": palette.muted, "width": 1})
    figure.update_xaxes(tickvals=list(range(len(names))), ticktext=names)
    figure.update_yaxes(tickformat="+.1f")
    title = f"Bits against {base.letter}, from the lowest to the highest in-degree: {', '.join(ends)}"
    change = f"Mean change in effective bits (run − {base.letter})"
    return frame(figure, palette, title, "In-degree (edges)", change, margin={"l": 60, "r": 40, "t": 85, "b": 75})
