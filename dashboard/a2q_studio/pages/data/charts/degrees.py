"""How in-degrees are distributed, on logarithmic axes, with the power law behind them."""

import numpy as np
import plotly.graph_objects as go

from a2q.datasets.statistics import Statistics
from a2q_studio.charts.frame import frame
from a2q_studio.charts.palette import SERIES, Palette


def degree_distribution(statistics: Statistics, palette: Palette) -> go.Figure:
    """Share of nodes with at least so many in-neighbours, and the fitted power law as a dashed line.

    Args:
        statistics: of the dataset.
        palette: colours of the theme.

    Returns:
        Figure without nodes of in-degree 0, which a logarithmic axis cannot show; the title says how many.
    """
    degrees = statistics.degrees
    values, counts = np.array(degrees.values), np.array(degrees.counts)
    at_least = counts[::-1].cumsum()[::-1] / counts.sum()
    drawn = values > 0
    figure = go.Figure()
    figure.add_scatter(
        x=values[drawn],
        y=at_least[drawn],
        mode="markers",
        name="nodes",
        customdata=counts[drawn],
        marker={"color": SERIES[0], "size": 6},
        hovertemplate="in-degree %{x:,} or more: %{y:.3%} of nodes<br>exactly: %{customdata:,}<extra></extra>",
    )
    if degrees.fit is not None and drawn.any():
        fit = degrees.fit
        ends = np.array([fit.start, max(fit.start, int(values.max()))], dtype=float)
        from_start = at_least[np.searchsorted(values, fit.start)]
        line = np.geomspace(ends[0], ends[1], 50)
        figure.add_scatter(
            x=line,
            y=from_start * (line / fit.start) ** (1 - fit.exponent),
            mode="lines",
            name="power law",
            line={"color": SERIES[1], "width": 2, "dash": "dash"},
            hovertemplate=f"power law, exponent {fit.exponent:.2f}<extra></extra>",
        )
    figure.update_xaxes(type="log", dtick=1)
    figure.update_yaxes(type="log", dtick=1, exponentformat="power")
    return frame(figure, palette, _title(statistics), "In-degree (edges)", "Share of nodes with at least so many")


def fit_sentence(statistics: Statistics) -> str:
    """What the fit says and how far it can be trusted."""
    fit = statistics.degrees.fit
    if fit is None:
        return statistics.degrees.no_fit
    verdict = "a power law is ruled out" if fit.plausibility < 0.1 else "a power law is plausible"
    sample = f", taken at a sample of {fit.nodes:,} nodes" if fit.nodes < _with_edges(statistics) else ""
    return (
        f"Power law with exponent {fit.exponent:.2f} ± {fit.error:.2f} (standard error) from in-degree {fit.start:,} "
        f"on, where {fit.tail:,} nodes lie{sample}. With nodes drawn anew and the start fitted again, 95 % of "
        f"exponents lie between {fit.low:.2f} and {fit.high:.2f}. Of samples drawn from the fit, "
        f"{fit.plausibility:.0%} fit worse than this graph: {verdict} (Clauset et al., 2009)."
    )


def _title(statistics: Statistics) -> str:
    degrees = statistics.degrees
    without = degrees.counts[0] / sum(degrees.counts) if degrees.values[:1] == (0,) else 0
    none = f", {without:.0%} of nodes have none" if without >= 0.005 else ""
    tail = "" if degrees.fit is None else f"; tail falls with exponent {degrees.fit.exponent:.2f}"
    return (
        f"{statistics.title}: in-degree {degrees.median:,.0f} in the median, {degrees.values[-1]:,} at most{none}{tail}"
    )


def _with_edges(statistics: Statistics) -> int:
    degrees = statistics.degrees
    return sum(count for value, count in zip(degrees.values, degrees.counts, strict=True) if value > 0)
