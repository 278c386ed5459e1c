"""Lanes in lockstep: what each holds, and how long it waits."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from a2q.accelerator import LayerReport, SimulationReport
from a2q.accelerator.nodes import lane_grid
from a2q.units import MOST_BITS
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette

MOST_GROUPS = 400


def lane_heatmap(layer: LayerReport, palette: Palette) -> go.Figure:
    """Two maps of groups by lanes: bits of the node that a lane holds, and the share of the group's time it waits.

    Beyond 400 groups every k-th one is drawn, and the title says so.

    Args:
        layer: simulated.
        palette: colours of the theme.
    """
    busy = layer.lanes
    bits = lane_grid(layer.layer.bits.astype(np.int64), layer.partition.order, layer.hardware.lanes)
    longest = np.maximum(busy.max(1, keepdims=True), 1)
    waiting = 1 - np.maximum(busy, 0) / longest
    every = -(-len(busy) // MOST_GROUPS)
    groups = np.arange(0, len(busy), every)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    figure.add_heatmap(
        x=groups,
        z=np.where(bits[groups] >= 0, bits[groups], np.nan).T,
        zmin=-0.5,
        zmax=MOST_BITS + 0.5,
        colorscale=_steps(palette),
        colorbar={"title": "Bits", "tickvals": list(range(MOST_BITS + 1)), "len": 0.48, "y": 0.77, "thickness": 12},
        hovertemplate="group %{x}, lane %{y}: %{z} bits<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_heatmap(
        x=groups,
        z=waiting[groups].T,
        zmin=0,
        zmax=1,
        colorscale=[[0, palette.ground], [1, SERIES[1]]],
        colorbar={"title": "Waits", "tickformat": ".0%", "len": 0.48, "y": 0.23, "thickness": 12},
        hovertemplate="group %{x}, lane %{y} waits %{z:.0%} of the group's time<extra></extra>",
        row=2,
        col=1,
    )
    idle = 1 - np.maximum(busy, 0).sum() / (longest.sum() * busy.shape[1])
    cut = f" (every {every}th group drawn)" if every > 1 else ""
    title = (
        f"{layer.layer.name}: in lockstep {idle:.0%} of lane time would be waiting, over {len(busy):,} groups of "
        f"{busy.shape[1]}{cut}"
    )
    frame(figure, palette, title, "", "Lane", height=520)
    figure.update_xaxes(title="Group of nodes, in working order", row=2, col=1)
    figure.update_xaxes(title=None, row=1, col=1)
    return figure


def lane_table(layer: LayerReport) -> pd.DataFrame:
    """One row per lane and group: node's bits and lane-cycles; lanes without a node left out."""
    busy = layer.lanes
    bits = lane_grid(layer.layer.bits.astype(np.int64), layer.partition.order, layer.hardware.lanes)
    group, lane = np.nonzero(busy >= 0)
    return pd.DataFrame(
        {
            "group": group,
            "lane": lane,
            "bits": bits[group, lane],
            "lane_cycles": busy[group, lane],
            "waits": busy.max(1)[group] - busy[group, lane],
        }
    )


def lane_sweep(
    lines: dict[str, dict[int, SimulationReport]], references: dict[int, SimulationReport], palette: Palette
) -> go.Figure:
    """Speedup over a reference against the number of lanes, one line for each way to feed them.

    Args:
        lines: reports by number of lanes, by the way's name.
        references: of the reference network by number of lanes, in lockstep.
        palette: colours of the theme.
    """
    figure = go.Figure()
    for number, (name, reports) in enumerate(lines.items()):
        times = [references[lanes].seconds / report.seconds for lanes, report in reports.items()]
        figure.add_scatter(
            x=list(reports),
            y=times,
            mode="lines+markers",
            name=name,
            line={"color": SERIES[number], "width": 2, "dash": ("solid", "dash", "dot")[number % 3]},
            marker={"size": 8, "symbol": ("circle", "square", "diamond")[number % 3]},
            hovertemplate=f"{name}, %{{x}} lanes: %{{y:.2f}}×<extra></extra>",
        )
    first = next(iter(lines))
    held = lines[first]
    few, many = min(held), max(held)
    at = {lanes: references[lanes].seconds / held[lanes].seconds for lanes in (few, many)}
    title = (
        f"In the dataset's order {few} lane{'s' if few > 1 else ''} gain {at[few]:.2f}× and {many} gain {at[many]:.2f}×"
    )
    frame(
        figure,
        palette,
        title,
        "Lanes",
        "Times as fast as 4 bits everywhere",
        showlegend=True,
        legend={"orientation": "h", "y": -0.25, "yanchor": "top", "x": 0},
        height=440,
        margin={"b": 110},
    )
    ticks = sorted({lanes for reports in lines.values() for lanes in reports})
    figure.update_xaxes(type="log", tickvals=ticks, ticktext=[str(lanes) for lanes in ticks])
    return figure


def _steps(palette: Palette) -> list[tuple[float, str]]:
    """One flat colour for every bitwidth from 0 to 8."""
    colours = [palette.of_bits(bits) for bits in range(MOST_BITS + 1)]
    count = len(colours)
    return [(edge / count, colour) for step, colour in enumerate(colours) for edge in (step, step + 1)]
