"""What every figure shares: a title that states what to see, axis titles with units, room for both."""

import math
import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from a2q_studio.charts.palette import Palette

HEIGHT = 380
# Narrow enough for a phone held upright.
TITLE_CHARACTERS = 44
TITLE_LINES = 3
TITLE_TOP = 14
# Of more decades, labels at 2 and 5 would run into each other.
MOST_DECADES = 2


def frame(figure: go.Figure, palette: Palette, title: str, x: str, y: str, **layout: Any) -> go.Figure:
    """Give a figure its title, axis titles (with units) and the app's look; returns the same figure."""
    lines = textwrap.wrap(title, TITLE_CHARACTERS, break_on_hyphens=False)
    # The same number of lines whether needed or not, so that neighbouring titles and plots line up.
    wrapped = "<br>".join([*lines, *["\u00a0"] * (TITLE_LINES - len(lines))])
    look = {
        # The same distance from the top whatever the height: a low figure would cut the first line.
        "title": {
            "text": wrapped,
            "x": 0,
            "xref": "container",
            "y": 1 - TITLE_TOP / layout.get("height", HEIGHT),
            "yanchor": "top",
            "font": {"size": 15},
        },
        "height": HEIGHT,
        "margin": {"l": 60, "r": 40, "t": 85, "b": 55},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": palette.text, "size": 14},
        "hoverlabel": {"align": "left"},
        # Upright beside the plot, where it hides neither title nor points.
        "modebar": {
            "orientation": "v",
            "bgcolor": "rgba(0,0,0,0)",
            "color": palette.muted,
            "activecolor": palette.text,
        },
        "showlegend": False,
        # A drag mode of "select" would make Streamlit ignore clicks; charts of points ask for it themselves.
        "dragmode": "pan",
    }
    for name, value in look.items():
        # Assigned, not updated: Plotly takes seven times as long to merge each into what is not there yet.
        figure.layout[name] = value
    if layout:
        figure.update_layout(**layout)
    figure.update_xaxes(title=x, zeroline=False)
    figure.update_yaxes(title=y, zeroline=False)
    return figure


def whole(count: int) -> str:
    """A count with its noun: "1 node", "2,708 nodes"."""
    return f"{count:,} node{'' if count == 1 else 's'}"


def unbroken(name: object) -> str:
    """A group's name for a title that may be wrapped: "> 30" stays on one line."""
    return str(name).replace(" ", "\u00a0")


def two_figures(number: float) -> str:
    """A number for a scale in two figures, whole ones in full: "168", "1,234", "0.033"."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.2g}"


def bits_name(bits: int) -> str:
    """A bitwidth as axes name it."""
    return "0 (pruned)" if bits == 0 else str(bits)


def log_ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Places and labels 1, 2 and 5 of every decade between two positive numbers; of many decades 1 alone."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1, 2, 5) if last - first <= MOST_DECADES else (1,)
    marks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    return marks, [f"{mark:,.6g}" for mark in marks]


def whiskers(groups: pd.DataFrame, palette: Palette) -> dict[str, Any]:
    """Quartiles about means as Plotly's error bars, of groups with ``low``, ``mean`` and ``high``."""
    return {
        "type": "data",
        "symmetric": False,
        "array": (groups["high"] - groups["mean"]).clip(lower=0),
        "arrayminus": (groups["mean"] - groups["low"]).clip(lower=0),
        "color": palette.text,
        "thickness": 1,
    }


def trend(first: float, last: float) -> str:
    """The verb for a change from the first group to the last; level within a twentieth of the larger."""
    if abs(last - first) <= 0.05 * max(abs(first), abs(last)):
        return "stays level"
    return "rises" if last > first else "falls"
