"""How many nodes have how many bits."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard.charts.frame import bits_name, frame
from dashboard.charts.palette import MOST_BITS, Palette


def bit_distribution(
    counts: Mapping[int, Sequence[int]], palette: Palette, focus: Mapping[int, Sequence[int]] | None = None
) -> go.Figure:
    """Bars of nodes per bitwidth, one group of bars for each quantized layer.

    Args:
        counts: for each layer (counted from 1), how many nodes have 0, 1, …, 8 bits.
        palette: colours of the theme.
        focus: the same for the selected nodes, over all nodes in grey; None for all.

    Returns:
        Figure whose bars carry layer and bits as custom data.
    """
    figure = go.Figure()
    used = [bits for bits in range(MOST_BITS + 1) if any(layer[bits] for layer in counts.values())]
    several = len(counts) > 1
    for position, (layer, layer_counts) in enumerate(counts.items()):
        shown = layer_counts if focus is None else focus[layer]
        group = {"offsetgroup": str(position), "x": [bits_name(bits) for bits in used]}
        if focus is not None:
            figure.add_bar(
                **group,
                y=[layer_counts[bits] for bits in used],
                marker={"color": palette.muted, "opacity": 0.35},
                hovertemplate=f"all nodes, layer {layer}, %{{x}} bits: %{{y:,}}<extra></extra>",
            )
        figure.add_bar(
            **group,
            y=[shown[bits] for bits in used],
            customdata=[[layer, bits] for bits in used],
            marker={
                "color": [palette.of_bits(bits) if bits else "rgba(0,0,0,0)" for bits in used],
                "line": {"color": palette.text, "width": [0.5 if bits else 1.5 for bits in used]},
                "pattern": {"shape": ["", "/", "x", "-"][position % 4]},
            },
            text=[f"{'L' + str(layer) + ' ' if several else ''}{shown[bits]:,}" for bits in used],
            textposition="outside",
            cliponaxis=False,
            hovertemplate=f"layer {layer} input<br>%{{x}} bits<br>%{{y:,}} nodes<extra></extra>",
        )
    figure.update_xaxes(type="category")
    return frame(
        figure, palette, _title(counts if focus is None else focus), "Effective bits", "Nodes", barmode="group"
    )


def _title(counts: Mapping[int, Sequence[int]]) -> str:
    parts = []
    for layer, layer_counts in counts.items():
        total = sum(layer_counts)
        few = sum(layer_counts[:3])
        share = f"{few / total:.0%}" if total else "none"
        parts.append(f"layer {layer}: {share} of {total:,} nodes need 2 bits or fewer")
    return "; ".join(parts).capitalize()
