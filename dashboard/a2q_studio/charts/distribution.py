"""How many nodes have how many bits."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from a2q.units import MOST_BITS
from a2q_studio.charts.frame import bits_name, frame
from a2q_studio.charts.palette import Palette

ALL_INPUTS = 0
# As many as a network may have layers; neighbours look most unlike.
PATTERNS = ("", "/", "x", "-", "\\", "+", "|", ".")


def bit_distribution(
    counts: Mapping[int, Sequence[int]], palette: Palette, focus: Mapping[int, Sequence[int]] | None = None
) -> go.Figure:
    """Bars of nodes per bitwidth, one group of bars for each quantized layer.

    Args:
        counts: for each layer (counted from 1), how many nodes have 0, 1, …, 8 bits; under :data:`ALL_INPUTS`
            the sum over everything with bits per row, where each node counts once for each of its inputs.
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
                hovertemplate=f"all nodes, {_inputs(layer)}, %{{x}} bits: %{{y:,}}<extra></extra>",
            )
        figure.add_bar(
            **group,
            y=[shown[bits] for bits in used],
            customdata=[[layer, bits] for bits in used],
            marker={
                "color": [palette.of_bits(bits) if bits else "rgba(0,0,0,0)" for bits in used],
                "line": {"color": palette.text, "width": [0.5 if bits else 1.5 for bits in used]},
                "pattern": {"shape": PATTERNS[position % len(PATTERNS)]},
            },
            text=[f"{'L' + str(layer) + ' ' if several else ''}{shown[bits]:,}" for bits in used],
            textposition="outside",
            cliponaxis=False,
            hovertemplate=f"{_inputs(layer)}<br>%{{x}} bits<br>%{{y:,}} {_rows(counts)}<extra></extra>",
        )
    figure.update_xaxes(type="category")
    return frame(
        figure,
        palette,
        _title(counts if focus is None else focus),
        "Effective bits",
        _rows(counts).capitalize(),
        barmode="group",
    )


def _title(counts: Mapping[int, Sequence[int]]) -> str:
    totals = {layer: sum(layer_counts) for layer, layer_counts in counts.items()}
    shares = {
        layer: f"{sum(layer_counts[:3]) / totals[layer]:.0%}" if totals[layer] else "none"
        for layer, layer_counts in counts.items()
    }
    if len(counts) > 2:
        # A sentence for each would cover the bars.
        each = ", ".join(f"L{layer} {share}" for layer, share in shares.items())
        return f"Share of {max(totals.values()):,} nodes that have 2 bits or fewer, by layer: {each}"
    sentences = (
        f"{'all inputs' if layer == ALL_INPUTS else f'layer {layer}'}: {share} of {totals[layer]:,} {_rows(counts)} "
        "have 2 bits or fewer"
        for layer, share in shares.items()
    )
    return "; ".join(sentences).capitalize()


def _inputs(layer: int) -> str:
    return "all inputs" if layer == ALL_INPUTS else f"layer {layer} input"


def _rows(counts: Mapping[int, Sequence[int]]) -> str:
    return "feature rows" if ALL_INPUTS in counts else "nodes"
