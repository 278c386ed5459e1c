"""What one aggregation makes of raw features, against in-degree: the intuition before any training."""

import plotly.graph_objects as go

from a2q.datasets.statistics import Statistics
from a2q.datasets.statistics.record import Aggregation
from a2q_studio.charts.frame import HEIGHT, frame
from a2q_studio.charts.palette import SERIES, Palette

NAMES = {
    "sum": "Sum",
    "mean": "Mean",
    "gcn": "GCN",
    "attention": "Attention-like",
}
MEANING = {
    "sum": "GIN adds up its in-neighbours.",
    "mean": "GraphSAGE averages its in-neighbours.",
    "gcn": "GCN adds up its in-neighbours and itself, each divided by the roots of both degrees.",
    "attention": "A softmax over in-neighbours and the node itself of the cosine similarity of their features: "
    "weights that add up to 1, as GAT's do, without anything learned.",
}
_MARKERS = ("circle", "square", "diamond", "x")
# Above the plot: below it, labels turn upright on a phone and need the room.
LEGEND = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
_DASHES = ("solid", "dash", "dot", "dashdot")


def aggregation_by_operator(statistics: Statistics, palette: Palette) -> go.Figure:
    """Median aggregation value per group of in-degrees over the median of the first group, one line an operator."""
    figure = go.Figure()
    names: list[str] = []
    for number, values in enumerate(statistics.aggregation):
        groups = [group for group in values.groups if group.low > 0]
        first = next((group.median for group in groups if group.median > 0), 1.0)
        names = [group.name for group in groups]
        figure.add_scatter(
            x=names,
            y=[group.median / first for group in groups],
            mode="lines+markers",
            name=NAMES[values.operator],
            line={"color": SERIES[number], "width": 2, "dash": _DASHES[number]},
            marker={"symbol": _MARKERS[number], "size": 8},
            customdata=[[group.median, group.nodes] for group in groups],
            hovertemplate=f"{NAMES[values.operator]}, in-degree %{{x}}<br>median %{{customdata[0]:.3g}}, "
            "%{y:.2f} times that of the first group<br>%{customdata[1]:,} nodes<extra></extra>",
        )
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=names)
    frame(
        figure,
        palette,
        _title(statistics),
        "In-degree (edges)",
        "Median value, first group = 1",
        showlegend=True,
        legend=LEGEND,
        height=HEIGHT + 40,
        margin={"t": 130},
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(type="log", dtick=1)
    return figure


def aggregation_of_nodes(statistics: Statistics, operator: str, palette: Palette) -> go.Figure:
    """Aggregation value of single nodes, with median and quartiles of each group of in-degrees."""
    values = next(found for found in statistics.aggregation if found.operator == operator)
    figure = go.Figure()
    figure.add_scattergl(
        x=[degree + 1 for degree, _ in values.points],
        y=[value for _, value in values.points],
        mode="markers",
        name="nodes",
        customdata=[degree for degree, _ in values.points],
        marker={"color": palette.muted, "size": 4, "opacity": 0.6},
        hovertemplate="in-degree %{customdata:,}: %{y:.3g}<extra></extra>",
    )
    figure.add_scatter(
        x=[(group.low + group.high) / 2 + 1 for group in values.groups],
        y=[group.median for group in values.groups],
        mode="lines+markers",
        name="median of the group",
        line={"color": SERIES[1], "width": 2},
        marker={"size": 8},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [group.quartile_high - group.median for group in values.groups],
            "arrayminus": [group.median - group.quartile_low for group in values.groups],
            "color": SERIES[1],
            "thickness": 1,
        },
        customdata=[[group.name, group.nodes] for group in values.groups],
        hovertemplate="in-degree %{customdata[0]}: median %{y:.3g}, %{customdata[1]:,} nodes<extra></extra>",
    )
    figure.update_xaxes(type="log", dtick=1)
    return frame(
        figure,
        palette,
        f"{statistics.title}, {_inside(operator)}: {_trend(values)}",
        "In-degree + 1 (edges)",
        "Mean |feature| after aggregation",
    )


def _title(statistics: Statistics) -> str:
    total = next(values for values in statistics.aggregation if values.operator == "sum")
    ratio = growth(total)
    if ratio is None:
        return f"{statistics.title}: one in-degree only, so that sums cannot differ by it"
    others = {_inside(values.operator): growth(values) for values in statistics.aggregation[1:]}
    told = ", ".join(f"{name} {times(grown)}" for name, grown in others.items() if grown is not None)
    return f"{statistics.title}: from the lowest to the highest in-degree, sums grow {times(ratio)} times ({told})"


def _inside(operator: str) -> str:
    """The operator's name within a sentence: "mean", but "GCN"."""
    name = NAMES[operator]
    return name if name.isupper() else name.lower()


def times(grown: float) -> str:
    """How many times as large: "41", "2.9"."""
    return f"{grown:,.0f}" if grown >= 10 else f"{grown:.1f}"


def growth(values: Aggregation) -> float | None:
    """Median of the group of highest in-degree over that of the lowest; None where there is one group."""
    groups = [group for group in values.groups if group.low > 0 and group.median > 0]
    return groups[-1].median / groups[0].median if len(groups) > 1 else None


def _trend(values: Aggregation) -> str:
    rank = values.rank_correlation
    if rank is None:
        return "all in-degrees or all values are alike"
    way = "rises with" if rank > 0.2 else "falls with" if rank < -0.2 else "hardly depends on"
    return f"the value {way} in-degree (Spearman {rank:+.2f})"
