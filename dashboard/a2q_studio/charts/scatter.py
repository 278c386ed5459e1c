"""Every node's bits against its in-degree."""

import pandas as pd
import plotly.graph_objects as go

from a2q_studio.charts.frame import bits_name, frame, whole
from a2q_studio.charts.palette import Palette

LARGEST_BUBBLE = 42
# Where in-degrees stand on a logarithmic axis, which has no place for 0.
LOG_TICKS = {0.5: 0} | {degree: degree for power in range(6) for degree in (10**power, 2 * 10**power, 5 * 10**power)}


def bits_against_degree(nodes: pd.DataFrame, palette: Palette, scale: str, focus: pd.DataFrame | None) -> go.Figure:
    """One bubble for each pair of in-degree and bits that occurs; its area is the number of nodes.

    In-degree and bits are whole numbers, so bubbles show every node exactly, however many there are.

    Args:
        nodes: the node table.
        palette: colours of the theme.
        scale: "log" or "linear" for the in-degree axis; log draws in-degree 0 at one half.
        focus: the selected rows, over all nodes in grey; None for all.

    Returns:
        Figure whose bubbles carry in-degree and bits as custom data.
    """
    figure = go.Figure()
    everyone = _pairs(nodes)
    largest = everyone["nodes"].max() if len(everyone) else 1
    if focus is not None:
        _bubbles(figure, everyone, scale, largest, palette, muted=True)
    _bubbles(figure, everyone if focus is None else _pairs(focus), scale, largest, palette, muted=False)
    figure.update_xaxes(type=scale)
    if scale == "log":
        figure.update_xaxes(tickvals=list(LOG_TICKS), ticktext=[f"{degree:,}" for degree in LOG_TICKS.values()])
    _bit_axis(figure, nodes)
    shown = nodes if focus is None else focus
    common = int(shown["bits"].mode().iloc[0]) if len(shown) else 0
    title = (
        f"{whole(len(shown))}{'' if focus is None else ' selected'}: most have {common} bits; "
        f"the largest in-degree is {shown['in_degree'].max() if len(shown) else 0:,}"
    )
    return frame(figure, palette, title, "In-degree (edges)", "Effective bits (area = nodes)", dragmode="select")


def _pairs(nodes: pd.DataFrame) -> pd.DataFrame:
    return nodes.groupby(["in_degree", "bits"]).size().rename("nodes").reset_index()


def _bubbles(figure: go.Figure, pairs: pd.DataFrame, scale: str, largest: int, palette: Palette, muted: bool) -> None:
    degree = pairs["in_degree"]
    figure.add_scattergl(
        x=degree.where(degree > 0, 0.5) if scale == "log" else degree,
        y=pairs["bits"],
        mode="markers",
        customdata=pairs[["in_degree", "bits", "nodes"]],
        marker={
            "size": pairs["nodes"],
            "sizemode": "area",
            "sizeref": 2 * largest / LARGEST_BUBBLE**2,
            "sizemin": 3,
            "color": palette.muted if muted else [palette.of_bits(bits) for bits in pairs["bits"]],
            "symbol": _symbols(pairs),
            "opacity": 0.3 if muted else 0.85,
            "line": {"color": palette.text, "width": 0.5},
        },
        hovertemplate=(
            "in-degree %{customdata[0]:,}<br>%{customdata[1]} bits<br>%{customdata[2]:,} nodes<extra></extra>"
        ),
    )


def _symbols(nodes: pd.DataFrame) -> str | list[str]:
    """Hollow where pruned; one word where nobody is, which spares the browser a list."""
    return ["circle" if bits else "circle-open" for bits in nodes["bits"]] if (nodes["bits"] == 0).any() else "circle"


def _bit_axis(figure: go.Figure, nodes: pd.DataFrame) -> None:
    low, high = (nodes["bits"].min(), nodes["bits"].max()) if len(nodes) else (1, 8)
    ticks = list(range(low, high + 1))
    figure.update_yaxes(tickvals=ticks, ticktext=[bits_name(bits) for bits in ticks], range=[low - 0.6, high + 0.6])
