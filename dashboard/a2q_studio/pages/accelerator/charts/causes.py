"""What the cycles of several networks go to, stacked by cause."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from a2q.accelerator import CAUSES, SimulationReport
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette
from a2q_studio.pages.accelerator.charts.bars import bar_name, below, pattern

# A colour for each kind of cause and a pattern for its less welcome half, so that colour is never needed alone.
LOOKS: dict[str, tuple[str, str]] = {
    "useful": (SERIES[2], ""),
    "zeros": (SERIES[2], "/"),
    "operand_rounding": (SERIES[5], "\\"),
    "column_padding": (SERIES[5], ""),
    "bit_imbalance": (SERIES[1], ""),
    "aggregation": (SERIES[0], ""),
    "aggregation_padding": (SERIES[0], "/"),
    "hub_imbalance": (SERIES[0], "x"),
    "attention": (SERIES[3], ""),
    "fill_drain": (SERIES[4], "/"),
    "memory_stall": (SERIES[4], ""),
    "schedule": (SERIES[4], "x"),
}


def cause_table(reports: Mapping[str, SimulationReport]) -> pd.DataFrame:
    """One row per network, layer and cause: cycles and their share of the network's."""
    rows = [
        {
            "network": name,
            "layer": layer.layer.name,
            "cause": words,
            "cycles": layer.causes[cause],
            "share": layer.causes[cause] / report.cycles,
        }
        for name, report in reports.items()
        for layer in report.layers
        for cause, words in CAUSES.items()
    ]
    return pd.DataFrame(rows)


def cycle_causes(
    reports: Mapping[str, SimulationReport], own: str, palette: Palette, shares: bool = False
) -> go.Figure:
    """Stacked bars: one for each layer of each network, a piece for each cause.

    Args:
        reports: simulated on the same hardware, by the network's name.
        own: the run's own network, which the title speaks of.
        palette: colours of the theme.
        shares: draw each network's cycles as shares of its own.
    """
    figure = go.Figure()
    places = [(layer.layer.name, name) for name, report in reports.items() for layer in report.layers]
    places.sort(key=lambda place: place[0])
    for cause, words in CAUSES.items():
        held = {
            (layer.layer.name, name): layer.causes[cause] / (report.cycles if shares else 1)
            for name, report in reports.items()
            for layer in report.layers
        }
        if not any(held.values()):
            continue
        colour, shape = LOOKS[cause]
        figure.add_bar(
            x=[[layer for layer, _ in places], [bar_name(name) for _, name in places]],
            y=[held[place] for place in places],
            name=words,
            marker={
                "color": colour,
                "pattern": pattern(shape, palette.ground),
            },
            hovertemplate=f"%{{x}}<br>{words}: %{{y:{'.1%' if shares else ',.0f'}}}"
            f"{'' if shares else ' cycles'}<extra></extra>",
        )
    frame(
        figure,
        palette,
        _title(reports[own], own),
        "Layer and network",
        "Share of the network's cycles" if shares else "Clock cycles",
        **below(len(figure.data), names=105),
    )
    figure.update_yaxes(tickformat=".0%" if shares else "~s")
    # Bars are named after layers and networks; on narrow screens a title would lie on the legend.
    figure.update_xaxes(title=None)
    return figure


def _title(report: SimulationReport, own: str) -> str:
    causes = {name: cycles for name, cycles in report.causes.items() if cycles}
    first = max(causes, key=lambda name: causes[name])
    waste = report.causes["bit_imbalance"] / report.cycles if report.cycles else 0
    return (
        f"{own}: {causes[first] / report.cycles:.0%} of {report.cycles:,} cycles are {CAUSES[first]}, "
        f"{waste:.0%} waiting for wider nodes"
    )
