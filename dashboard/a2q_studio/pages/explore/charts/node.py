"""One node's values, codes and neighbours."""

import numpy as np
import plotly.graph_objects as go

from a2q.reports.inspection import Contributions, NodeCodes
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette

MOST_SENDERS = 12
_HEIGHT = 330


def code_histogram(seen: NodeCodes, node: int, palette: Palette) -> go.Figure:
    """How many of the node's values have which integer code."""
    codes, counts = np.unique(seen.codes, return_counts=True)
    figure = go.Figure()
    figure.add_bar(
        x=[str(code) for code in codes],
        y=counts,
        name="values",
        marker={"color": palette.of_bits(seen.bits), "line": {"color": palette.text, "width": 0.5}},
        text=[f"{count:,}" for count in counts],
        textposition="outside",
        cliponaxis=False,
        customdata=codes * seen.step,
        hovertemplate="code %{x} stands for %{customdata:.3g}: %{y:,} values<extra></extra>",
    )
    levels = len(codes)
    title = f"Node {node}: {len(seen.codes)} values use {levels} integer code{'' if levels == 1 else 's'}"
    figure.update_xaxes(type="category")
    return frame(figure, palette, title, "Integer code (× step size = x_q)", "Values", height=_HEIGHT)


def values_and_codes(seen: NodeCodes, node: int, palette: Palette) -> go.Figure:
    """The node's values in order of size, and what quantization makes of them; the clipping range as two lines."""
    order = np.argsort(seen.values, kind="stable")
    place = np.arange(len(order))
    figure = go.Figure()
    for name, values, colour, symbol in (
        ("x (FP32)", seen.values, SERIES[0], "circle"),
        ("x_q = code × step", seen.quantized, SERIES[1], "line-ew-open"),
    ):
        figure.add_scatter(
            x=place,
            y=values[order],
            mode="markers",
            name=name,
            customdata=np.column_stack([order, seen.codes[order]]),
            marker={"color": colour, "symbol": symbol, "size": 9, "line": {"width": 2, "color": colour}},
            hovertemplate=f"dimension %{{customdata[0]}}, code %{{customdata[1]}}: %{{y:.3g}}<extra>{name}</extra>",
        )
    for end, word in ((seen.low, "lowest"), (seen.high, "highest")):
        figure.add_hline(end, line={"color": palette.muted, "dash": "dash", "width": 1}, name=f"{word} code")
    rounding, clipping = float(seen.rounding.mean()), float(seen.clipping.mean())
    title = f"Node {node}: mean error {seen.error:.3g}, of which rounding {rounding:.3g}, clipping {clipping:.3g}"
    frame(figure, palette, title, "Features, smallest first", "Value (range dashed)", height=_HEIGHT)
    return figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": -0.35, "yanchor": "top", "x": 0},
        margin={"b": 105},
        height=_HEIGHT + 30,
    )


def neighbour_bars(found: Contributions, node: int, palette: Palette, bits: np.ndarray | None = None) -> go.Figure:
    """What the node's neighbours put into its sum, the largest message on top.

    Args:
        found: of :func:`a2q.reports.inspection.contributions`.
        node: the one that listens.
        palette: colours of the theme.
        bits: effective bits of every node, for colours; None draws all alike.

    Returns:
        Figure whose bars carry the sender as custom data.
    """
    senders, magnitudes = found.nodes[:MOST_SENDERS], found.magnitudes[:MOST_SENDERS]
    names = [f"itself ({sender})" if sender == node else str(sender) for sender in senders]
    figure = go.Figure()
    figure.add_bar(
        x=magnitudes,
        y=names,
        orientation="h",
        name="messages",
        customdata=np.column_stack([senders, found.coefficients[:MOST_SENDERS], found.shares[:MOST_SENDERS]]),
        marker={
            "color": palette.muted if bits is None else [palette.of_bits(bits[sender]) for sender in senders],
            "line": {"color": palette.text, "width": 0.5},
        },
        text=[f"{share:.0%}" for share in found.shares[:MOST_SENDERS]],
        textposition="outside",
        cliponaxis=False,
        hovertemplate=(
            "node %{customdata[0]}: mean |message| %{x:.3g}<br>coefficient %{customdata[1]:.3g}, "
            "%{customdata[2]:.1%} of all<extra></extra>"
        ),
    )
    figure.update_yaxes(type="category", autorange="reversed")
    title = _title(found, node)
    return frame(figure, palette, title, "Mean |coefficient · message|", "Sender", height=_HEIGHT, margin={"l": 95})


def _title(found: Contributions, node: int) -> str:
    count = len(found.nodes)
    if not count:
        return f"Node {node}: no message arrives"
    more = f" ({MOST_SENDERS} largest drawn)" if count > MOST_SENDERS else ""
    who = "itself" if found.nodes[0] == node else f"node {found.nodes[0]}"
    noun = "message arrives" if count == 1 else "messages arrive"
    return f"Node {node}: {count:,} {noun}; the largest, from {who}, is {found.shares[0]:.0%} of all magnitude{more}"
