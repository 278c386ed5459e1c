"""One drawing of a graph for each of several runs, at the same coordinates and with one zoom for all."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette
from a2q_studio.comparison.charts.marks import Mark

COLUMNS = 2
ROW_HEIGHT = 300
_TITLE_CHARACTERS = 26
_HEADING = 40
"""Pixels above each drawing for its heading."""
_SMALLEST, _LARGEST = 3.0, 13.0


@dataclass(frozen=True)
class Panel:
    """What one drawing shows.

    Attributes:
        mark: of the run.
        values: a whole number per node that decides its colour, [num_nodes]; None draws all nodes muted.
        symbols: number of Plotly's symbol for each node, [num_nodes].
        facts: whole numbers that the hover text names, [num_nodes, facts]; the node's own number first.
        hover: Plotly's hover template over these facts.
    """

    mark: Mark
    values: np.ndarray | None
    symbols: np.ndarray
    facts: np.ndarray
    hover: str


@dataclass(frozen=True)
class Ground:
    """What all drawings share.

    Attributes:
        coordinates: of every node, [num_nodes, 2].
        in_degree: of every node, [num_nodes]; decides its size.
        drawn: numbers of the nodes to draw, in the order in which they cover each other.
        images: pictures of the edges below the nodes, as Plotly's layout images without axes.
        ring: a node to mark in every drawing; None for none.
    """

    coordinates: np.ndarray
    in_degree: np.ndarray
    drawn: np.ndarray
    images: Sequence[dict[str, Any]] = ()
    ring: int | None = None


@dataclass(frozen=True)
class Scale:
    """A colour for each whole number from the least to the most.

    Attributes:
        least: the number that the first colour belongs to.
        colours: one for each number.
        names: what the legend calls each number.
        title: of the legend.
    """

    least: int
    colours: Sequence[str]
    names: Sequence[str]
    title: str


def panels(
    shown: Sequence[Panel], ground: Ground, scale: Scale, title: str, highlight: str | None, palette: Palette
) -> go.Figure:
    """The drawings in two columns; whoever zooms or pans in one does so in all.

    Returns:
        Figure with a scattergl trace for each symbol of each panel, whose points carry the node's number first in their
        custom data.
    """
    rows = -(-len(shown) // COLUMNS)
    figure = make_subplots(
        rows,
        min(COLUMNS, len(shown)),
        subplot_titles=[_heading(panel.mark, highlight) for panel in shown],
        horizontal_spacing=0.02,
        vertical_spacing=_HEADING / (rows * ROW_HEIGHT),
    )
    size = _sizes(ground.in_degree)
    for position, panel in enumerate(shown):
        cell = {"row": position // COLUMNS + 1, "col": position % COLUMNS + 1}
        symbols = panel.symbols[ground.drawn]
        for symbol in np.unique(symbols):
            figure.add_trace(_dots(panel, ground, ground.drawn[symbols == symbol], int(symbol), size, palette), **cell)
        for image in ground.images:
            figure.add_layout_image(image, **cell)
        if ground.ring is not None:
            _ring(figure, ground.ring, ground.coordinates, panel, palette, cell)
    figure.update_annotations(font={"size": 13, "color": palette.text}, yshift=6)
    _axes(figure, ground, palette, [panel.mark.letter for panel in shown], highlight)
    frame(figure, palette, title, "", "", height=130 + rows * ROW_HEIGHT, margin={"l": 10, "r": 40, "t": 110, "b": 75})
    figure.update_layout(coloraxis=_colour_axis(scale), dragmode="zoom")
    return figure


def _dots(
    panel: Panel, ground: Ground, nodes: np.ndarray, symbol: int, size: np.ndarray, palette: Palette
) -> go.Scattergl:
    """The nodes of one symbol: a symbol for each point would be a list that takes Plotly long to check."""
    coloured = {"color": palette.muted, "opacity": 0.5}
    if panel.values is not None:
        coloured = {"color": panel.values[nodes].astype(np.int8), "coloraxis": "coloraxis"}
    return go.Scattergl(
        x=ground.coordinates[nodes, 0],
        y=ground.coordinates[nodes, 1],
        mode="markers",
        customdata=panel.facts[nodes].astype(np.int32),
        marker={"size": size[nodes], "symbol": symbol, "line": {"width": 0}, **coloured},
        name=panel.mark.title,
        hovertemplate=f"{panel.hover}<extra>{panel.mark.title}</extra>",
    )


def _heading(mark: Mark, highlight: str | None) -> str:
    # Half of a phone's width; hover text and the list of runs have the whole name.
    words = textwrap.shorten(mark.title, _TITLE_CHARACTERS, placeholder=" …")
    return f"<b>{words}</b>" if mark.letter == highlight else words


def _sizes(in_degree: np.ndarray) -> np.ndarray:
    """Diameters in pixels that grow with the root of the in-degree, so that areas compare."""
    largest = max(1, int(in_degree.max()) if len(in_degree) else 1)
    return _SMALLEST + (_LARGEST - _SMALLEST) * np.sqrt(in_degree / largest)


def _ring(
    figure: go.Figure, node: int, coordinates: np.ndarray, panel: Panel, palette: Palette, cell: dict[str, int]
) -> None:
    x, y = coordinates[node]
    figure.add_trace(
        go.Scattergl(
            x=[x],
            y=[y],
            mode="markers",
            marker={"size": 24, "symbol": "circle-open", "color": palette.text, "line": {"width": 2}},
            name=f"node {node}",
            customdata=panel.facts[[node]],
            hovertemplate=f"{panel.hover}<extra>{panel.mark.title}</extra>",
        ),
        **cell,
    )


def _axes(figure: go.Figure, ground: Ground, palette: Palette, letters: Sequence[str], highlight: str | None) -> None:
    low, high = np.nanmin(ground.coordinates, axis=0), np.nanmax(ground.coordinates, axis=0)
    room = 0.03 * (high - low) + 1e-6
    hidden = {"showticklabels": False, "showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(matches="x", range=[low[0] - room[0], high[0] + room[0]], **hidden)
    figure.update_yaxes(matches="y", range=[low[1] - room[1], high[1] + room[1]], **hidden)
    for position, letter in enumerate(letters, start=1):
        stressed = letter == highlight
        border = {
            "showline": True,
            "mirror": True,
            "linecolor": palette.text if stressed else palette.muted,
            "linewidth": 3 if stressed else 1,
        }
        number = "" if position == 1 else str(position)
        figure.layout[f"xaxis{number}"].update(border)
        figure.layout[f"yaxis{number}"].update(border)


def _colour_axis(scale: Scale) -> dict[str, Any]:
    """Steps of colour with one label each: the legend of all drawings."""
    count = len(scale.colours)
    steps = [[edge / count, colour] for at, colour in enumerate(scale.colours) for edge in (at, at + 1)]
    return {
        "cmin": scale.least - 0.5,
        "cmax": scale.least + count - 0.5,
        "colorscale": steps,
        "colorbar": {
            "orientation": "h",
            "title": {"text": scale.title, "side": "top", "font": {"size": 14}},
            "tickvals": list(range(scale.least, scale.least + count)),
            "ticktext": list(scale.names),
            "thickness": 14,
            "len": 1.0,
            "y": 0,
            "yanchor": "top",
            "ypad": 8,
            "outlinewidth": 0,
            "borderwidth": 0,
        },
    }
