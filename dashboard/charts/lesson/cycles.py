"""How many times as fast, by the way of counting."""

import plotly.graph_objects as go

from dashboard.charts.frame import frame
from dashboard.charts.palette import Palette
from dashboard.lesson.cycles import AS_SET, Speedups


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
