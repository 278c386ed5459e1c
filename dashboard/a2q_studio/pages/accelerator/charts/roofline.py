"""The roofline with every network and layer under it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from a2q.accelerator import SimulationReport
from a2q.accelerator.roofline import Point
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette

_SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "star")
CLASSIC_BITS = (1, 2, 4, 8)


def roofline_table(reports: Mapping[str, SimulationReport]) -> pd.DataFrame:
    """One row per network and for each of its layers: operational intensity, rate, which roof is the lower one."""
    rows = []
    for name, report in reports.items():
        for what, point, bits in [
            ("all layers", report.point, np.mean([layer.layer.mean_bits for layer in report.layers])),
            *((layer.layer.name, layer.point, layer.layer.mean_bits) for layer in report.layers),
        ]:
            rows.append(
                {
                    "network": name,
                    "layer": what,
                    "steps_per_byte": point.intensity,
                    "steps_per_ns": point.rate,
                    "bound": point.bound,
                    "mean_bits": bits,
                }
            )
    return pd.DataFrame(rows)


def roofline(reports: Mapping[str, SimulationReport], own: str, palette: Palette, classic: bool = False) -> go.Figure:
    """Rate against intensity on logarithmic axes, with memory's slope and the engine's roof.

    Args:
        reports: on the same hardware, by name.
        own: what the title speaks of.
        palette: colours of the theme.
        classic: count multiplications instead of single-bit steps, with one roof for each bitwidth.
    """
    point = reports[own].point
    figure = go.Figure()
    table = roofline_table(reports)
    if classic:
        # A multiplication by b bits takes b steps.
        table["steps_per_byte"] /= table["mean_bits"].clip(lower=1)
        table["steps_per_ns"] /= table["mean_bits"].clip(lower=1)
    drawn = table[table["steps_per_byte"] > 0]
    low, high = (point.ridge / 30, point.ridge * 100)
    if len(drawn):
        low, high = min(low, drawn["steps_per_byte"].min() / 2), max(high, drawn["steps_per_byte"].max() * 2)
    for bits in CLASSIC_BITS if classic else (1,):
        _roof(figure, point, low, high, bits, classic, palette)
    for number, name in enumerate(reports):
        own_rows = drawn[drawn["network"] == name]
        figure.add_scatter(
            x=own_rows["steps_per_byte"],
            y=own_rows["steps_per_ns"],
            mode="markers",
            name=name,
            customdata=own_rows[["layer", "bound"]],
            marker={
                "symbol": _SYMBOLS[number % len(_SYMBOLS)],
                "size": [14 if layer == "all layers" else 9 for layer in own_rows["layer"]],
                "color": SERIES[number % len(SERIES)],
                "line": {"color": palette.text, "width": 1},
            },
            hovertemplate=f"{name}, %{{customdata[0]}}<br>%{{x:.3g}} {_work(classic)} per byte<br>%{{y:.3g}} per ns"
            "<br>below the %{customdata[1]} roof<extra></extra>",
        )
    share = point.rate / min(point.peak, point.intensity * point.bandwidth) if point.intensity else 0
    title = (
        f"{own} is {point.bound}-bound ({point.intensity:.3g} steps per byte, ridge {point.ridge:.2g}) and reaches "
        f"{share:.0%} of its roof"
    )
    frame(
        figure,
        palette,
        title,
        f"{_work(classic).capitalize()} per transferred byte",
        f"{_work(classic).capitalize()} per nanosecond",
        showlegend=True,
        legend={"orientation": "h", "y": -0.25, "yanchor": "top", "x": 0},
        height=460,
        margin={"b": 130},
    )
    figure.update_xaxes(type="log", dtick=1)
    figure.update_yaxes(type="log", dtick=1)
    return figure


def _roof(figure: go.Figure, point: Point, low: float, high: float, bits: int, classic: bool, palette: Palette) -> None:
    peak = point.peak / bits
    ridge = peak / point.bandwidth
    named = f"roof at {bits} bit{'s' if bits > 1 else ''}" if classic else "roof"
    figure.add_scatter(
        x=[low, ridge, max(high, 2 * ridge)],
        y=[low * point.bandwidth, peak, peak],
        mode="lines",
        name=named,
        line={"color": palette.of_bits(bits) if classic else palette.text, "width": 2},
        hovertemplate=f"{named}: %{{y:.3g}} {_work(classic)} per ns at %{{x:.3g}} per byte<extra></extra>",
    )


def _work(classic: bool) -> str:
    return "multiplications" if classic else "steps"
