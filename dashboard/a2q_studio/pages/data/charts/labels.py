"""Classes in each part of the split, and who is near a label."""

import plotly.graph_objects as go

from a2q.datasets.statistics import Statistics
from a2q.datasets.statistics.record import Part
from a2q_studio.charts.frame import HEIGHT, frame
from a2q_studio.charts.palette import SERIES, Palette
from a2q_studio.pages.data.charts.aggregation import LEGEND

PARTS = {"train": "training", "validation": "validation", "test": "test", "none": "in no part"}
_PATTERNS = ("", "/", "x", ".")


def class_balance(statistics: Statistics, palette: Palette) -> go.Figure:
    """Share of each class within each part of the split; of a regression, the spread of values in each part."""
    labels = statistics.labels
    figure = go.Figure()
    if not labels.class_names:
        for number, part in enumerate(_filled(statistics)):
            least, low, median, high, greatest = part.quantiles
            figure.add_box(
                x=[PARTS[part.name]],
                lowerfence=[least],
                q1=[low],
                median=[median],
                q3=[high],
                upperfence=[greatest],
                name=PARTS[part.name],
                marker={"color": SERIES[number]},
            )
        title = f"{statistics.title}: values to predict in each part of the split"
        return frame(figure, palette, title, "Part of the split", "Value (quartiles; whiskers to the ends)")
    for number, part in enumerate(_filled(statistics)):
        figure.add_bar(
            x=list(labels.class_names),
            y=[count / max(1, sum(part.counts)) for count in part.counts],
            name=f"{PARTS[part.name]} ({part.size:,})",
            customdata=part.counts,
            marker={
                "color": SERIES[number],
                "line": {"color": palette.text, "width": 0.5},
                "pattern": {"shape": _PATTERNS[number]},
            },
            hovertemplate=f"%{{x}}, {PARTS[part.name]}: %{{customdata:,}}, %{{y:.1%}}<extra></extra>",
        )
    figure.update_xaxes(type="category")
    figure.update_yaxes(tickformat=".0%")
    frame(
        figure,
        palette,
        _balance_title(statistics),
        "Class",
        "Share of the part",
        barmode="group",
        showlegend=True,
        legend=LEGEND,
        height=HEIGHT + 40,
        margin={"t": 130},
    )
    figure.update_xaxes(automargin=True)
    return figure


def label_coverage(statistics: Statistics, palette: Palette) -> go.Figure:
    """Share of nodes whose messages reach a training label within so many hops."""
    shares = statistics.labels.coverage
    figure = go.Figure()
    figure.add_scatter(
        x=list(range(len(shares))),
        y=list(shares),
        mode="lines+markers+text",
        text=[f"{share:.1%}" for share in shares],
        textposition="top center",
        cliponaxis=False,
        line={"color": SERIES[0], "width": 2},
        marker={"size": 9},
        hovertemplate="within %{x} hops of a label: %{y:.1%} of nodes<extra></extra>",
    )
    figure.update_xaxes(dtick=1, range=[-0.4, max(1, len(shares) - 1) + 0.4])
    figure.update_yaxes(tickformat=".0%", range=[0, 1.12])
    return frame(figure, palette, _coverage_title(statistics), "Hops to the nearest training label", "Share of nodes")


def _coverage_title(statistics: Statistics) -> str:
    shares = statistics.labels.coverage
    if len(shares) < 2:
        return f"{statistics.title}: {shares[0]:.1%} of nodes have a training label, no other node reaches one"
    return (
        f"{statistics.title}: the task's gradient reaches the input of a last layer at {shares[1]:.1%} of nodes, "
        "those within one hop of a training label"
    )


def _balance_title(statistics: Statistics) -> str:
    labels = statistics.labels
    totals = [sum(part.counts[number] for part in labels.parts) for number in range(len(labels.class_names))]
    largest, least = max(totals) / max(1, sum(totals)), min(totals) / max(1, sum(totals))
    what = "graphs" if statistics.graphs else "nodes"
    return (
        f"{statistics.title}: {len(totals)} classes, the largest {largest:.1%}, the smallest {least:.1%} of {what}; "
        f"{labels.rate:.1%} are trained with"
    )


def _filled(statistics: Statistics) -> list[Part]:
    return [part for part in statistics.labels.parts if part.size and (part.counts or part.quantiles)]
