"""Score against bits: which runs no other run beats in both."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from a2q.experiments.results import SCORES
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import Palette
from a2q_studio.comparison.charts.marks import Mark, line, marker, opacity

ACCOUNTS = {
    "average_bits": "Average bits (the paper's account)",
    "full_bits_per_value": "Bits per value (the full account)",
}
_FP32_BITS = 32.0


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of one compared run's settings over seeds.

    Attributes:
        mark: of the run.
        count: how many seeds, n.
        bits, bits_deviation: in the account that is drawn.
        score, score_deviation: of the test part.
    """

    mark: Mark
    count: int
    bits: float
    bits_deviation: float
    score: float
    score_deviation: float


def front(points: pd.DataFrame, best: str) -> pd.DataFrame:
    """The points that no other one equals or beats in both bits and score, in order of bits; of equal points one.

    Args:
        points: columns ``bits`` (fewer is better) and ``score``.
        best: "highest" or "lowest" of the scores is better.
    """
    highest = best == "highest"
    ordered = points.sort_values(["bits", "score"], ascending=[True, not highest])
    reached = ordered["score"].cummax() if highest else ordered["score"].cummin()
    before = reached.shift()
    better = ordered["score"] > before if highest else ordered["score"] < before
    return ordered[better | before.isna()]


def pareto(
    chosen: Sequence[tuple[Mark, float, float]],
    others: pd.DataFrame,
    spreads: Sequence[Spread],
    account: str,
    metric: str,
    highlight: str | None,
    palette: Palette,
) -> go.Figure:
    """One marker per run at its bits and test score, mean ± standard deviation over seeds as a cross, and the front.

    FP32 runs, at 32 bits, would press all others into a corner: they are lines across at their score.

    Args:
        chosen: mark, bits and test score of each compared run that has finished.
        others: further finished runs on the same data, in grey: columns ``bits``, ``score`` and ``name``.
        spreads: of settings with two seeds and more.
        account: "average_bits" or "full_bits_per_value", which the bits are.
        metric: as in :data:`a2q.experiments.results.SCORES`.
        highlight: letter of the run to stress; None for all alike.
        palette: colours of the theme.
    """
    score = SCORES[metric]
    figure = go.Figure()
    own = pd.DataFrame([(bits, value, mark.letter) for mark, bits, value in chosen], columns=["bits", "score", "name"])
    everyone = pd.concat([own, others[["bits", "score", "name"]]], ignore_index=True) if len(others) else own
    best = front(everyone, score.best) if len(everyone) else everyone
    quantized = best[best["bits"] < _FP32_BITS]
    if len(quantized):
        figure.add_scatter(
            x=quantized["bits"],
            y=quantized["score"],
            mode="lines",
            line={"color": palette.muted, "width": 1.5, "dash": "dot", "shape": "hv"},
            name="Pareto front",
            hoverinfo="skip",
        )
    grey = others[others["bits"] < _FP32_BITS]
    if len(grey):
        figure.add_scatter(
            x=grey["bits"],
            y=grey["score"],
            customdata=grey[["name"]],
            mode="markers",
            marker={"color": palette.muted, "size": 7, "symbol": "circle-open"},
            name="other runs",
            hovertemplate=f"%{{customdata[0]}}<br>%{{x:.2f}} bits, %{{y:{score.format}}}<extra>another run</extra>",
        )
    for spread in (spread for spread in spreads if spread.bits < _FP32_BITS):
        figure.add_scatter(
            x=[spread.bits],
            y=[spread.score],
            error_x={"array": [spread.bits_deviation], "color": spread.mark.colour, "thickness": 1.5},
            error_y={"array": [spread.score_deviation], "color": spread.mark.colour, "thickness": 1.5},
            mode="markers",
            marker={"color": spread.mark.colour, "symbol": "line-ew-open", "size": 1},
            opacity=opacity(spread.mark, highlight),
            name=f"{spread.mark.letter}'s settings, mean of {spread.count} seeds",
            hovertemplate=(
                f"mean ± standard deviation of {spread.count} seeds<br>{spread.bits:.2f} ± {spread.bits_deviation:.2f} "
                f"bits<br>{score.text(spread.score)} ± {score.text(spread.score_deviation)}"
                f"<extra>settings of {spread.mark.letter}</extra>"
            ),
        )
    for mark, bits, value in chosen:
        if bits == _FP32_BITS:
            _across(figure, mark, value, score.text(value), highlight, palette)
            continue
        figure.add_scatter(
            x=[bits],
            y=[value],
            mode="markers+text",
            text=[f"<b>{mark.letter}</b>"],
            textposition="top center",
            textfont={"color": palette.text},
            marker=marker(mark, highlight, palette, size=11),
            opacity=opacity(mark, highlight),
            name=mark.title,
            hovertemplate=f"%{{x:.2f}} bits, %{{y:{score.format}}}<extra>{mark.title}</extra>",
        )
    figure.update_xaxes(range=_room([*everyone["bits"][everyone["bits"] < _FP32_BITS]]))
    figure.update_yaxes(tickformat=score.format)
    reading = " (lower is better)" if score.best == "lowest" else ""
    title = _title(own, best, score.name) if len(own) else "No compared run has finished yet"
    return frame(figure, palette, title, ACCOUNTS[account], f"Test {score.name}{reading}")


def _across(figure: go.Figure, mark: Mark, value: float, text: str, highlight: str | None, palette: Palette) -> None:
    """An FP32 run: a line at its score through the whole width."""
    figure.add_hline(
        y=value,
        line=line(mark, highlight),
        opacity=opacity(mark, highlight),
        annotation={
            "text": f"<b>{mark.letter}</b> FP32, 32 bits: {text}",
            "font": {"color": palette.text},
            "xanchor": "right",
            "yanchor": "bottom",
        },
    )


def _room(bits: Sequence[float]) -> list[float] | None:
    """A range with some room on both sides; None where there is nothing to show."""
    if not bits:
        return None
    room = max(0.12 * (max(bits) - min(bits)), 0.02 * max(bits))
    return [min(bits) - room, max(bits) + room]


def _title(own: pd.DataFrame, best: pd.DataFrame, score: str) -> str:
    reached = set(zip(best["bits"], best["score"], strict=True))
    places = zip(own["bits"], own["score"], own["name"], strict=True)
    unbeaten = [name for bits, value, name in places if (bits, value) in reached]
    if not unbeaten:
        return f"Each compared run is beaten by another run in both bits and {score}"
    verb = "is" if len(unbeaten) == 1 else "are"
    return f"{', '.join(unbeaten)} {verb} on the Pareto front: no run has fewer bits and a better {score}"
