"""Bytes and energy of several networks, stacked."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from a2q.accelerator import SimulationReport
from a2q.accelerator.energy import UNCERTAINTY
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette
from a2q_studio.pages.accelerator.charts.bars import bar_name, below, pattern

STREAMS = ("features", "step sizes and tags", "weights", "edges", "XW", "rows of other parts", "output")
_PATTERNS = ("", "/", "x", "\\", ".", "-")


def byte_table(reports: Mapping[str, SimulationReport]) -> pd.DataFrame:
    """One row per network, layer and stream: logical and transferred bytes."""
    rows = [
        {
            "network": name,
            "layer": layer.layer.name,
            "stream": stream.name,
            "direction": stream.direction,
            "access": "sequential" if stream.chunk is None else f"random, {stream.chunk} bytes each",
            "logical_bytes": stream.logical,
            "transferred_bytes": stream.transferred,
        }
        for name, report in reports.items()
        for layer in report.layers
        for stream in layer.streams
    ]
    return pd.DataFrame(rows)


def moved_bytes(reports: Mapping[str, SimulationReport], own: str, logical: bool, palette: Palette) -> go.Figure:
    """Stacked bars of bytes by stream; ``logical`` draws the values' own bytes instead of those on the bus."""
    table = byte_table(reports)
    column = "logical_bytes" if logical else "transferred_bytes"
    summed = table.pivot_table(index="network", columns="stream", values=column, aggfunc="sum", fill_value=0)
    total = summed.loc[own].sum()
    first = summed.loc[own].idxmax()
    title = f"{own} moves {total / 1024:,.0f} KiB, {summed.loc[own, first] / total:.0%} of it {first}"
    figure = _stacked(summed / 1024, [name for name in STREAMS if name in summed], list(reports), "KiB", palette.ground)
    return _framed(figure, palette, title, "KiB " + ("of values" if logical else "transferred"))


def energy_table(reports: Mapping[str, SimulationReport]) -> pd.DataFrame:
    """One row per network and component: energy in nJ."""
    rows = [
        {"network": name, "component": component, "nanojoules": picojoules / 1000}
        for name, report in reports.items()
        for component, picojoules in report.energy.items()
    ]
    return pd.DataFrame(rows)


def spent_energy(reports: Mapping[str, SimulationReport], own: str, palette: Palette) -> go.Figure:
    """Stacked bars of energy by component; the title carries the uncertainty."""
    table = energy_table(reports)
    summed = table.pivot_table(index="network", columns="component", values="nanojoules", aggfunc="sum") / 1000
    total = summed.loc[own].sum()
    order = list(next(iter(reports.values())).energy)
    title = (
        f"{own} takes {total:,.{0 if total >= 100 else 2}f} µJ (within a factor of {UNCERTAINTY:g}), "
        f"{summed.loc[own].max() / total:.0%} of it {summed.loc[own].idxmax()}"
    )
    return _framed(_stacked(summed, order, list(reports), "µJ", palette.ground), palette, title, "Energy (µJ, ±2×)")


def _stacked(summed: pd.DataFrame, pieces: list[str], networks: list[str], unit: str, ground: str) -> go.Figure:
    figure = go.Figure()
    for number, piece in enumerate(pieces):
        figure.add_bar(
            x=[bar_name(network) for network in networks],
            y=summed.loc[networks, piece],
            name=piece,
            marker={
                "color": SERIES[number % len(SERIES)],
                "pattern": pattern(_PATTERNS[number // len(SERIES)], ground),
            },
            hovertemplate=f"%{{x}}, {piece}: %{{y:,.3~s}} {unit}<extra></extra>",
        )
    return figure


def _framed(figure: go.Figure, palette: Palette, title: str, axis: str) -> go.Figure:
    frame(
        figure,
        palette,
        title,
        "Network",
        axis,
        **below(len(figure.data), names=40),
    )
    # Bars are named after their networks; on narrow screens a title would lie on the legend.
    figure.update_xaxes(title=None)
    return figure
