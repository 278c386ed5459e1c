"""Tiles in time, coloured by the bits they hold."""

import pandas as pd
import plotly.graph_objects as go

from a2q.units import MOST_BITS
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette

MOST_TILES = 300
TRACKS = ("load", "work", "store")


def timeline(tiles: pd.DataFrame, total: int, palette: Palette) -> go.Figure:
    """One bar for each tile's load, work and store; the wait for memory after its work in grey.

    Args:
        tiles: of :meth:`a2q.accelerator.SimulationReport.tiles`, in order; beyond 300 the first 300 are drawn.
        total: cycles of the whole network.
        palette: colours of the theme.
    """
    shown = tiles.head(MOST_TILES)
    figure = go.Figure()
    for track, start, length in (
        ("load", shown["load_start"], shown["load"]),
        ("work", shown["start"], shown["compute"]),
        ("store", shown["store_start"], shown["store"]),
    ):
        figure.add_bar(
            y=[track] * len(shown),
            x=length,
            base=start,
            orientation="h",
            name=track,
            customdata=shown[["layer", "phase", "tile", "rows", "mean_bits"]],
            marker={
                "color": [palette.of_bits(max(1, min(MOST_BITS, round(bits)))) for bits in shown["mean_bits"]],
                "line": {"color": palette.ground, "width": 0.5},
            },
            hovertemplate="%{customdata[0]}, %{customdata[1]}, tile %{customdata[2]}<br>"
            f"{track}: %{{x:,}} cycles from %{{base:,}} on<br>"
            "%{customdata[3]:,} rows of %{customdata[4]:.2f} bits<extra></extra>",
        )
    figure.add_bar(
        y=["work"] * len(shown),
        x=shown["stall"],
        base=shown["start"] + shown["compute"],
        orientation="h",
        name="stall",
        marker={"color": palette.muted, "opacity": 0.5},
        hovertemplate="waiting for memory: %{x:,} cycles<extra></extra>",
    )
    cut = f" (the first {MOST_TILES:,} of {len(tiles):,} tiles)" if len(tiles) > MOST_TILES else ""
    stalled = int(tiles["stall"].sum())
    slowest = tiles.loc[tiles["compute"].idxmax()]
    title = (
        f"{len(tiles):,} tiles in {total:,} cycles, {stalled:,} of them stalled; the longest is tile "
        f"{slowest['tile']} of {slowest['layer']}, {slowest['mean_bits']:.2f} bits on average{cut}"
    )
    frame(figure, palette, title, "Clock cycles (colour: mean bits of the tile's rows)", "Track", barmode="overlay")
    figure.update_yaxes(categoryorder="array", categoryarray=list(reversed(TRACKS)), title=None)
    figure.update_xaxes(tickformat="~s")
    return figure
