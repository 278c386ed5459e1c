"""Pictures as small as a word, for cards and lists."""

from collections.abc import Sequence
from html import escape

from a2q.units import MOST_BITS
from a2q_studio.charts.palette import Palette

BAR, GAP, HEIGHT, TEXT = 18, 4, 44, 18


def mini_histogram(counts: Sequence[int], palette: Palette) -> tuple[str, str]:
    """How many nodes have how many bits, as an SVG of one bar for each bitwidth in use.

    Args:
        counts: nodes with 0, 1, …, 8 bits.
        palette: colours of the theme; each bar also has its number below, and 0 bits are drawn hollow.

    Returns:
        The SVG, and what it shows in words.
    """
    total = sum(counts)
    used = [bits for bits in range(MOST_BITS + 1) if counts[bits]]
    bars = []
    for position, bits in enumerate(used):
        height = max(1.5, HEIGHT * counts[bits] / max(counts))
        left = position * (BAR + GAP) + 1
        fill = "none" if bits == 0 else palette.of_bits(bits)
        bars.append(
            f'<rect x="{left}" y="{HEIGHT - height + 1:.1f}" width="{BAR}" height="{height:.1f}" fill="{fill}" '
            f'stroke="{palette.of_bits(bits)}"/>'
            f'<text x="{left + BAR / 2}" y="{HEIGHT + TEXT - 2}" text-anchor="middle" font-size="14" '
            f'font-family="sans-serif" fill="{palette.text}">{bits}</text>'
        )
    shares = ", ".join(f"{bits} bits {counts[bits] / total:.0%}" for bits in used)
    words = f"Nodes by bitwidth: {shares}."
    width = max(1, len(used)) * (BAR + GAP) + 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT + TEXT + 2}" role="img">'
        f"<title>{escape(words)}</title>{''.join(bars)}</svg>",
        words,
    )
