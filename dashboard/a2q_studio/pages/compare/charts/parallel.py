"""Finished runs as lines over one axis per figure, so that a brush finds runs by what they reached."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from a2q.experiments.results import SCORES
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette
from a2q_studio.comparison.charts.marks import Mark, line, marker

MOST_LINES = 200
"""Runs that are drawn; more lines hide one another."""
_ROW = 66
_ROOM = 125
# Letters closer than this, in shares of an axis, would overlap on a phone.
_APART = 0.06
_LOG = " (log)"


@dataclass(frozen=True)
class Axis:
    """One figure of runs.

    Attributes:
        field: column of the results.
        name: with its unit, as people read it.
        text: prints a value.
        low, high: smallest and largest value of the runs.
        log: whether distances are of logarithms: of bits and seconds a half is a half wherever it is, and one FP32 run
            at 32 bits does not press all others together.
    """

    field: str
    name: str
    text: Callable[[float], str]
    low: float
    high: float
    log: bool

    @property
    def label(self) -> str:
        """The name, and that it is logarithmic where it is."""
        return f"{self.name}{_LOG if self.log else ''}"

    def places(self, values: pd.Series) -> pd.Series:
        """Values to places: 0 for the smallest, 1 for the largest, NaN where there is none."""
        if self.log:
            return np.log(values / self.low) / math.log(self.high / self.low)
        return (values - self.low) / (self.high - self.low)


def axes(rows: pd.DataFrame) -> list[Axis]:
    """The figures of which some runs have numbers that differ as printed.

    Scores in different metrics have axes of their own.

    Args:
        rows: one row of :func:`a2q.experiments.results.result` per run.
    """
    candidates: list[tuple[str, str, Callable[[float], str], bool]] = [
        ("average_bits", "Average bits", "{:.2f}".format, True),
        ("full_bits_per_value", "Full bits per value", "{:.2f}".format, True),
        ("compression", "Compression ratio", "{:.1f}×".format, True),
        ("seconds_per_epoch", "Seconds per epoch", "{:.2g}".format, True),
    ]
    for metric, score in SCORES.items():
        for part in ("test", "validation"):
            candidates.append((f"{part}_{metric}", f"{part.capitalize()} {score.name}", score.text, False))
    found = []
    for field, name, text, ratio in candidates:
        values = _numbers(rows, field).dropna()
        if len(values) and text(values.min()) != text(values.max()):
            low, high = float(values.min()), float(values.max())
            found.append(Axis(field, name, text, low, high, log=ratio and low > 0))
    return found


def parallel(rows: pd.DataFrame, over: Sequence[Axis], marks: Mapping[str, Mark], palette: Palette) -> go.Figure:
    """One line per run over all axes, which lie below each other so that a phone shows their names too.

    Lines and markers are ordinary ones: of Plotly's own parallel coordinates no selection comes back.

    Args:
        rows: results, one row per run, and the column ``title``; at least one.
        over: their :func:`axes`, at least one.
        marks: looks of the compared runs, by id; all other runs are grey.
        palette: colours of the theme.

    Returns:
        Figure whose points carry the run's id and the axis' field as custom data.
    """
    figure = go.Figure()
    places = pd.DataFrame({axis.field: axis.places(_numbers(rows, axis.field)) for axis in over})
    told = [_told(row, over) for _, row in rows.iterrows()]
    for position in range(len(over)):
        figure.add_shape(
            type="line",
            x0=0,
            x1=1,
            y0=position,
            y1=position,
            line={"color": palette.muted, "width": 1},
            layer="below",
        )
    grey = [position for position, run in enumerate(rows["run"]) if run not in marks]
    if grey:
        _lines(figure, rows, places, told, grey, name="other runs", opacity=0.6, marker=_grey(palette))
        figure.data[-1].line = {"color": palette.muted, "width": 1}
    letters = _letters(rows, places, marks)
    for position, run in enumerate(rows["run"]):
        if run in marks:
            mark = marks[run]
            _lines(figure, rows, places, told, [position], name=mark.title, marker=marker(mark, None, palette))
            figure.data[-1].update(
                mode="lines+markers+text",
                line=line(mark, None),
                text=[letters.get((run, field), "") for field in [*places, ""]],
                textposition="bottom center",
                textfont={"color": palette.text},
            )
    frame(
        figure,
        palette,
        _title(rows, over),
        "each axis from its smallest to its largest value",
        "",
        height=_ROOM + _ROW * len(over),
        dragmode="select",
    )
    for position, axis in enumerate(over):
        _name(figure, axis, position, palette)
    figure.update_xaxes(range=[-0.04, 1.04], showgrid=False, showticklabels=False, fixedrange=True)
    figure.update_yaxes(range=[len(over) - 0.5, -0.5], visible=False, fixedrange=True)
    figure.update_layout(margin={"l": 10, "r": 40, "t": 85, "b": 40})
    return figure


def parallel_table(rows: pd.DataFrame, over: Sequence[Axis], marks: Mapping[str, Mark]) -> pd.DataFrame:
    """The numbers behind the lines, in real units: one row per run, one column per axis."""
    letters = [marks[run].letter if run in marks else "" for run in rows["run"]]
    figures = {axis.name: _numbers(rows, axis.field).to_numpy() for axis in over}
    return pd.DataFrame({"letter": letters, "run": list(rows["run"]), "title": list(rows["title"]), **figures})


def _numbers(rows: pd.DataFrame, field: str) -> pd.Series:
    """A column as finite numbers; NaN where a run has none."""
    if field not in rows:
        return pd.Series(np.nan, index=rows.index)
    return pd.to_numeric(rows[field]).astype(float).replace([math.inf, -math.inf], math.nan)


def _lines(
    figure: go.Figure,
    rows: pd.DataFrame,
    places: pd.DataFrame,
    told: Sequence[str],
    members: Sequence[int],
    **looks: object,
) -> None:
    """Lines of some runs in one trace, which ends each with a gap; a run without a number has a gap there too."""
    x, y, custom, texts = [], [], [], []
    for member in members:
        x += [*places.iloc[member], None]
        y += [*range(places.shape[1]), None]
        custom += [[rows["run"].iloc[member], field] for field in [*places, ""]]
        texts += [told[member]] * (places.shape[1] + 1)
    figure.add_scatter(
        x=x,
        y=y,
        customdata=custom,
        hovertext=texts,
        hovertemplate="%{hovertext}<extra></extra>",
        mode="lines+markers",
        connectgaps=False,
        cliponaxis=False,
        **looks,
    )


def _letters(rows: pd.DataFrame, places: pd.DataFrame, marks: Mapping[str, Mark]) -> dict[tuple[str, str], str]:
    """Under which point, by run and field, which letters stand: at the last number of each run; close ones in one."""
    ends = []
    for position, run in enumerate(rows["run"]):
        last = places.iloc[position].last_valid_index()
        if run in marks and last is not None:
            ends.append((str(last), float(places[last].iloc[position]), str(run)))
    found: dict[tuple[str, str], list[str]] = {}
    held, reached = ("", ""), -math.inf
    for field, place, run in sorted(ends):
        if field != held[1] or place - reached >= _APART:
            held = (run, field)
        reached = place
        found.setdefault(held, []).append(marks[run].letter)
    return {point: f"<b>{' '.join(sorted(some))}</b>" for point, some in found.items()}


def _grey(palette: Palette) -> dict[str, object]:
    return {"color": palette.muted, "size": 7, "symbol": "circle-open", "line": {"width": 1.5}}


def _told(row: pd.Series, over: Sequence[Axis]) -> str:
    """The run and its true values, for the hover text."""
    lines = [escape(f"{row['title']} · {row['run']}")]
    for axis in over:
        value = row[axis.field]
        if value is not None and math.isfinite(value):
            lines.append(f"{axis.name}: {axis.text(value)}")
    return "<br>".join(lines)


def _name(figure: go.Figure, axis: Axis, position: int, palette: Palette) -> None:
    """Above the axis: its smallest value, its name, its largest value."""
    texts = ((0.0, "left", axis.text(axis.low)), (0.5, "center", axis.label), (1.0, "right", axis.text(axis.high)))
    for x, anchor, text in texts:
        figure.add_annotation(
            x=x,
            y=position,
            text=f"<b>{text}</b>" if anchor == "center" else text,
            showarrow=False,
            xanchor=anchor,
            yanchor="bottom",
            yshift=7,
            borderpad=1,
            # Lines pass behind the words.
            bgcolor=palette.ground,
            opacity=0.85,
            font={"color": palette.text, "size": 14},
        )


def _title(rows: pd.DataFrame, over: Sequence[Axis]) -> str:
    """The best score and the fewest bits where all scores compare; else how far the runs lie apart."""
    by_field = {axis.field: axis for axis in over}
    bits = by_field.get("average_bits")
    tests = [axis for axis in over if axis.field.startswith("test_")]
    if bits and len(tests) == 1 and rows["dataset"].nunique() == 1 and rows["metric"].nunique() == 1:
        score, metric = tests[0], SCORES[rows["metric"].iloc[0]]
        scored = rows[_numbers(rows, score.field).notna() & _numbers(rows, bits.field).notna()]
        scores, counts = _numbers(scored, score.field), _numbers(scored, bits.field)
        best = scores.idxmax() if metric.best == "highest" else scores.idxmin()
        fewest = counts.idxmin()
        reached = f"{len(rows)} runs: the best test {metric.name}, {score.text(scores[best])},"
        if best == fewest:
            return f"{reached} has the fewest average bits too, {bits.text(counts[best])}"
        return (
            f"{reached} needs {bits.text(counts[best])} average bits; the fewest, {bits.text(counts[fewest])}, "
            f"reach {score.text(scores[fewest])}"
        )
    first = bits or over[0]
    name = first.name[0].lower() + first.name[1:]
    return (
        f"{len(rows)} run{'' if len(rows) == 1 else 's'} over {len(over)} ax{'i' if len(over) == 1 else 'e'}s: "
        f"{name} from {first.text(first.low)} to {first.text(first.high)}"
    )
