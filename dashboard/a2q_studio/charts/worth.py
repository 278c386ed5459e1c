"""What an assignment of bits is worth: paired differences with their 95 % intervals, a row for each measure."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from a2q.experiments.controls import CONTROLS, Worth
from a2q.methods.fixed_bits import Assignment
from a2q.reports.worth import MEASURES, Difference, Measure, told
from a2q_studio.charts.frame import frame, unbroken
from a2q_studio.charts.palette import SERIES, Palette

WORDS: dict[Assignment, str] = {
    "permuted": "on other nodes at random",
    "in-degree": "most on high in-degree",
    "reversed": "fewest on high in-degree",
    "value": "most on high mean |x|",
}
"""Where the control has the same bits."""

_SYMBOLS = ("circle", "square", "diamond", "triangle-up")
# Pixels: a row, room for an axis and its title between two panels, and what is above and below all.
_ROW, _BETWEEN, _ABOVE, _BELOW = 36, 80, 85, 60
_SPREAD = 0.6


def worth_chart(worths: Sequence[Worth], palette: Palette) -> go.Figure:
    """A run's own assignment minus others of the same bits; to the right of 0 its own is better in every row.

    Shares are in points above, losses and errors below on an axis that is turned round. A hollow mark without a
    whisker is a mean of too few seeds for an interval.

    Args:
        worths: one for each control, at least one.
        palette: colours of the theme.
    """
    panels = [rows for rows in (_rows(worths, points=True), _rows(worths, points=False)) if rows]
    each = 1 + 0.35 * (len(worths) - 1)
    inside = _ROW * each * sum(map(len, panels)) + _BETWEEN * (len(panels) - 1)
    below = _BELOW + 24 * len(worths)
    figure = make_subplots(
        rows=len(panels), cols=1, row_heights=[len(rows) for rows in panels], vertical_spacing=_BETWEEN / inside
    )
    for number, rows in enumerate(panels, start=1):
        for place, one in enumerate(worths):
            _add(figure, number, rows, one, (place + 1) / (len(worths) + 1) - 0.5, palette)
        figure.add_vline(x=0, line={"color": palette.text, "width": 1, "dash": "dot"}, row=number, col=1)
    frame(
        figure,
        palette,
        _title(worths),
        "",
        "",
        height=round(_ABOVE + inside + below),
        margin={"l": 10, "r": 40, "t": _ABOVE, "b": below},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "xref": "container", "y": 0, "yref": "container", "yanchor": "bottom"},
    )
    for number, rows in enumerate(panels, start=1):
        measure = MEASURES[rows[0]]
        axis = "Difference (points; right: better)" if measure.points else "Difference in loss or error (right: better)"
        figure.update_xaxes(title=axis, row=number, col=1, automargin=True)
        if not measure.points:
            figure.update_xaxes(autorange="reversed", row=number, col=1)
        figure.update_yaxes(
            tickvals=list(range(len(rows))),
            ticktext=[_label(MEASURES[name]) for name in rows],
            range=[len(rows) - 0.5, -0.5],
            automargin=True,
            showgrid=False,
            row=number,
            col=1,
        )
    return figure


def worth_table(worths: Sequence[Worth]) -> pd.DataFrame:
    """One row for each control and measure: the difference in words and in figures, and what it shows."""
    rows = []
    for one in worths:
        for name, difference in one.differences.items():
            measure = MEASURES[name]
            figure, verdict = told(measure, difference)
            rows.append(
                {
                    "same bits": one.assignment,
                    "measure": measure.title,
                    "better": measure.better,
                    "difference": figure,
                    "what it shows": verdict,
                    "seeds": difference.pairs,
                    "mean": difference.mean,
                    "low": difference.low,
                    "high": difference.high,
                    "p": difference.p_value,
                }
            )
    return pd.DataFrame(rows)


def _rows(worths: Sequence[Worth], points: bool) -> list[str]:
    """The measures of one scale that any control has."""
    return [
        name
        for name, measure in MEASURES.items()
        if measure.points == points and any(name in one.differences for one in worths)
    ]


def _add(figure: go.Figure, number: int, rows: list[str], one: Worth, beside: float, palette: Palette) -> None:
    shown = [(place, name, one.differences[name]) for place, name in enumerate(rows) if name in one.differences]
    place = CONTROLS.index(one.assignment)
    scale = 100.0 if MEASURES[rows[0]].points else 1.0
    whole = [difference.low is not None for _, _, difference in shown]
    figure.add_scatter(
        x=[scale * difference.mean for _, _, difference in shown],
        # Beside each other, so that whiskers do not hide whiskers.
        y=[at + _SPREAD * beside for at, _, _ in shown],
        customdata=[[*_told(MEASURES[name], difference), difference.pairs] for _, name, difference in shown],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [scale * _beyond(difference.high, difference) for _, _, difference in shown],
            "arrayminus": [scale * _beyond(difference.low, difference) for _, _, difference in shown],
            "color": SERIES[place],
            "thickness": 2,
            "width": 5,
        },
        mode="markers",
        marker={
            "symbol": [_SYMBOLS[place] if known else f"{_SYMBOLS[place]}-open" for known in whole],
            "size": 11,
            "color": SERIES[place],
            "line": {"color": [palette.text if known else SERIES[place] for known in whole], "width": 1.5},
        },
        name=f"{one.assignment}: {WORDS[one.assignment]}",
        legendgroup=one.assignment,
        showlegend=number == 1,
        hovertemplate=(
            "%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}<br>%{customdata[3]} seeds"
            f"<extra>{one.assignment}</extra>"
        ),
        row=number,
        col=1,
    )


def _told(measure: Measure, difference: Difference) -> tuple[str, str, str]:
    return (measure.title, *told(measure, difference))


def _beyond(end: float | None, difference: Difference) -> float:
    """Length of a whisker."""
    return 0.0 if end is None else abs(end - difference.mean)


def _label(measure: Measure) -> str:
    # Long names on two lines: a phone is narrow.
    first, comma, rest = measure.title.partition(", ")
    return f"{first},<br>{unbroken(rest)}" if comma else first.replace(" / ", "<br>/ ").replace(" with ", "<br>with ")


def _title(worths: Sequence[Worth]) -> str:
    """What the first control shows by the first measure; the others are as easily read off."""
    first = worths[0]
    name, difference = next(iter(first.differences.items()))
    figure, verdict = told(MEASURES[name], difference)
    seeds = "" if difference.low is None else f"; {difference.pairs} seeds"
    return f"{MEASURES[name].title} against the same bits {first.assignment}: {figure}, {verdict}{seeds}"
