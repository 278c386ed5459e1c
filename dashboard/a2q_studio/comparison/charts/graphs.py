"""The same graph in several runs, coloured by bits or by what is predicted right, and by how bits differ."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from a2q.units import MOST_BITS
from a2q_studio.charts.palette import MOST_CHANGE, Palette
from a2q_studio.comparison.charts.marks import Mark
from a2q_studio.comparison.charts.panels import Ground, Panel, Scale, panels

COLOUR_BY = ("bits", "correct")
# Plotly's numbers of its symbols.
_DOT, _HOLLOW, _CROSS, _MORE, _FEWER = 0, 100, 4, 5, 6


def aligned_graphs(
    tables: Sequence[tuple[Mark, pd.DataFrame]], ground: Ground, colour_by: str, highlight: str | None, palette: Palette
) -> go.Figure:
    """One drawing per run, node by node in the same place.

    Args:
        tables: mark and node table of each run; a table without bits (FP32) is drawn muted where bits are asked for.
        ground: coordinates and sizes.
        colour_by: "bits" or "correct".
        highlight: letter of the run to stress; None for all alike.
        palette: colours of the theme.
    """
    shown = [_panel(mark, table, colour_by) for mark, table in tables]
    if colour_by == "bits":
        means = [f"{mark.letter} {table['bits'].mean():.2f}" for mark, table in tables if "bits" in table]
        title = f"{_where(tables)}; mean bits: {', '.join(means) or 'none, since all is FP32'}"
        scale = Scale(
            0,
            [palette.of_bits(bits) for bits in range(MOST_BITS + 1)],
            [str(bits) for bits in range(MOST_BITS + 1)],
            "Effective bits (size: in-degree)",
        )
    else:
        shares = [f"{mark.letter} {table['correct'].mean():.0%}" for mark, table in tables if "correct" in table]
        title = f"{_where(tables)}; predicted right, of all nodes: {', '.join(shares) or 'unknown'}"
        scale = Scale(0, [palette.of_change(2), palette.muted], ["wrong (cross)", "right"], "Prediction")
    return panels(shown, ground, scale, title, highlight, palette)


def change_maps(
    changes: Sequence[tuple[Mark, pd.DataFrame]], base: Mark, ground: Ground, highlight: str | None, palette: Palette
) -> go.Figure:
    """One drawing per run, coloured by how many bits more or fewer each node has than in the run ``base``.

    Args:
        changes: mark and table of :func:`a2q.reports.bit_changes.bit_changes` of each other run.
        base: the run that is compared with.
        ground: coordinates and sizes.
        highlight: letter of the run to stress; None for all alike.
        palette: colours of the theme.
    """
    numbers = range(-MOST_CHANGE, MOST_CHANGE + 1)
    scale = Scale(
        -MOST_CHANGE,
        [palette.of_change(number) for number in numbers],
        [_change_name(number) for number in numbers],
        f"Bits more (▲) or fewer (▼) than in {base.letter}",
    )
    shown = []
    for mark, table in changes:
        change = table["change"].to_numpy()
        symbols = np.select([change > 0, change < 0], [_MORE, _FEWER], _DOT)
        facts = table[["node", "in_degree", "other", "base"]].to_numpy()
        hover = (
            f"node %{{customdata[0]}}: %{{customdata[2]}} bits, %{{customdata[3]}} in {base.letter}"
            "<br>in-degree %{customdata[1]:,}"
        )
        shown.append(Panel(mark, change.clip(-MOST_CHANGE, MOST_CHANGE), symbols, facts, hover))
    return panels(shown, ground, scale, _change_title(changes, base), highlight, palette)


def _panel(mark: Mark, table: pd.DataFrame, colour_by: str) -> Panel:
    node = "node %{customdata[0]}, in-degree %{customdata[1]:,}<br>"
    facts = table[["node", "in_degree"]].to_numpy()
    dots = np.full(len(table), _DOT)
    if colour_by == "bits":
        if "bits" not in table:
            return Panel(mark, None, dots, facts, f"{node}FP32: 32 bits")
        bits = table["bits"].to_numpy()
        return Panel(
            mark,
            bits,
            np.where(bits > 0, _DOT, _HOLLOW),
            np.column_stack([facts, bits]),
            f"{node}%{{customdata[2]}} bits",
        )
    if "correct" not in table:
        return Panel(mark, None, dots, facts, f"{node}a value is predicted, not a class")
    correct = table["correct"].to_numpy()
    return Panel(
        mark,
        correct.astype(int),
        np.where(correct, _DOT, _CROSS),
        np.column_stack([facts, table[["label", "prediction"]]]),
        f"{node}class %{{customdata[2]}}, predicted %{{customdata[3]}}",
    )


def _where(tables: Sequence[tuple[Mark, pd.DataFrame]]) -> str:
    if len(tables) == 1:
        return f"The graph's {len(tables[0][1]):,} nodes"
    return f"The same {len(tables[0][1]):,} nodes in {len(tables)} runs"


def _change_name(number: int) -> str:
    if abs(number) == MOST_CHANGE:
        return f"≤ −{MOST_CHANGE}" if number < 0 else f"≥ +{MOST_CHANGE}"
    return "0" if number == 0 else f"{number:+d}".replace("-", "−")


def _change_title(changes: Sequence[tuple[Mark, pd.DataFrame]], base: Mark) -> str:
    if len(changes) == 1:
        mark, table = changes[0]
        more, fewer = (int((table["change"] > 0).sum()), int((table["change"] < 0).sum()))
        return (
            f"{mark.letter} against {base.letter}: {more:,} of {len(table):,} nodes have more bits, {fewer:,} fewer, "
            f"{signed(table['change'].mean())} on average"
        )
    means = ", ".join(f"{mark.letter} {signed(table['change'].mean())}" for mark, table in changes)
    return f"Bits against {base.letter}, mean over nodes: {means}"


def signed(value: float) -> str:
    """A difference with its sign, as "+0.42" or "−0.42"."""
    return f"{value:+.2f}".replace("-", "−")
