"""Differences of test accuracy with their intervals."""

from collections.abc import Sequence

import plotly.graph_objects as go

from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette
from a2q_studio.study.measured import Measured


def worth_by_bits(rows: Sequence[Measured], palette: Palette) -> go.Figure:
    """One graph and network: learned bits minus the same bits on other nodes at each average, 95 % intervals.

    What is shown apart from 0 is strong and a diamond; a dashed line where nothing is gained.

    Args:
        rows: at least one.
        palette: colours of the theme.
    """
    names = [f"{one.average_bits:g} bits" if one.average_bits != 1 else "1 bit" for one in rows]
    points = [100 * one.difference.mean for one in rows]
    figure = go.Figure()
    figure.add_scatter(
        x=points,
        y=names,
        mode="markers+text",
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100 * ((one.difference.high or 0) - one.difference.mean) for one in rows],
            "arrayminus": [100 * (one.difference.mean - (one.difference.low or 0)) for one in rows],
            "color": palette.text,
            "thickness": 2,
            "width": 6,
        },
        marker={
            "size": 13,
            "color": [palette.roles["b"] if one.difference.sign else palette.muted for one in rows],
            "symbol": ["diamond" if one.difference.sign else "circle" for one in rows],
            "line": {"color": palette.text, "width": 1},
        },
        text=[f"{mean:+.1f}" for mean in points],
        textposition="top center",
        customdata=[[one.figure, one.difference.pairs] for one in rows],
        hovertemplate="%{y} on average: %{customdata[0]}<br>%{customdata[1]} seeds<extra></extra>",
        cliponaxis=False,
    )
    figure.add_vline(x=0, line={"color": palette.text, "width": 2, "dash": "dash"})
    frame(
        figure,
        palette,
        _title(rows),
        "Test accuracy, learned minus shuffled (points)",
        "Average bits",
        height=170 + 60 * len(rows),
        margin={"l": 90},
    )
    figure.update_yaxes(type="category", range=[-0.6, len(rows) - 0.3])
    return figure


def _title(rows: Sequence[Measured]) -> str:
    shown = [f"{100 * one.difference.mean:+.1f} points at {one.average_bits:g}" for one in rows if one.difference.sign]
    none = [f"{one.average_bits:g}" for one in rows if not one.difference.sign]
    said = [*shown, f"no difference shown at {', '.join(none)}"] if none else shown
    return f"{rows[0].name}: {'; '.join(said)} bits"
