"""Bits by in-degree: which share of each group has how many bits, and how many nodes the group has."""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from a2q_studio.charts.frame import bits_name, frame, unbroken, whole
from a2q_studio.charts.palette import Palette

FEW_BITS = 2


def bit_shares(nodes: pd.DataFrame, palette: Palette, focus: pd.DataFrame | None = None) -> go.Figure:
    """Stacked shares of bitwidths for each group of in-degrees, under a strip with the number of nodes.

    Args:
        nodes: the node table, with bits.
        palette: colours of the theme.
        focus: its selected rows, whose shares are drawn instead; the strip keeps all in grey. None for all.

    Returns:
        Figure whose bars carry the group's name and bits as custom data.
    """
    shown = nodes if focus is None else focus
    groups = [str(name) for name in nodes["degree_group"].cat.categories if (nodes["degree_group"] == name).any()]
    table = pd.crosstab(shown["degree_group"].astype(str), shown["bits"]).reindex(groups, fill_value=0)
    totals = table.sum(axis=1)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.24, 0.76], vertical_spacing=0.06)
    if focus is None:
        _strip(figure, groups, totals, palette.muted, "nodes", totals)
    else:
        others = nodes["degree_group"].astype(str).value_counts().reindex(groups) - totals
        _strip(figure, groups, totals, palette.text, "selected", None)
        _strip(figure, groups, others, palette.muted, "not selected", totals)
    for bits in sorted(table.columns):
        counts = table[bits]
        share = counts / totals.where(totals > 0, 1)
        figure.add_bar(
            x=groups,
            y=share,
            name=f"{bits_name(int(bits))} bit{'' if bits == 1 else 's'}",
            customdata=[[group, int(bits), int(count)] for group, count in zip(groups, counts, strict=True)],
            marker={
                "color": palette.of_bits(bits) if bits else "rgba(0,0,0,0)",
                "line": {"color": palette.text, "width": 0.5 if bits else 1.5},
            },
            # The bitwidth in the bar itself: no message depends on colour alone.
            text=[str(bits) if part >= 0.08 else "" for part in share],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertemplate=(
                "in-degree %{x}<br>%{customdata[1]} bits: %{y:.1%} (%{customdata[2]:,} nodes)<extra></extra>"
            ),
            row=2,
            col=1,
        )
    frame(figure, palette, _title(shown, focus), "", "", height=420, barmode="stack")
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=groups)
    figure.update_xaxes(title="In-degree (edges)", row=2, col=1)
    figure.update_yaxes(title="Nodes", nticks=3, showgrid=False, row=1, col=1)
    figure.update_yaxes(title="Share of nodes", tickformat=".0%", range=[0, 1], row=2, col=1)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": -0.2, "yanchor": "top", "x": 0, "traceorder": "normal"},
        margin={"b": 90},
    )
    return figure


def _strip(
    figure: go.Figure, groups: list[str], counts: pd.Series, colour: str, name: str, labels: pd.Series | None
) -> None:
    figure.add_bar(
        x=groups,
        y=counts,
        name=name,
        marker={"color": colour},
        text=None if labels is None else [f"{count:,}" for count in labels],
        textposition="outside",
        cliponaxis=False,
        showlegend=False,
        hovertemplate=f"in-degree %{{x}}: %{{y:,}} {name}<extra></extra>",
        row=1,
        col=1,
    )


def _title(shown: pd.DataFrame, focus: pd.DataFrame | None) -> str:
    of_whom = "" if focus is None else f" of {whole(len(focus))} selected"
    if shown.empty:
        return "Bits by in-degree: no node to show"
    few = shown.assign(few=shown["bits"] <= FEW_BITS).groupby("degree_group", observed=True)["few"].mean()
    first, last = few.index[0], few.index[-1]
    if len(few) == 1:
        return f"Bits by in-degree{of_whom}: {few.iloc[0]:.0%} have {FEW_BITS} bits or fewer"
    return (
        f"Bits by in-degree{of_whom}: {few.iloc[0]:.0%} have {FEW_BITS} bits or fewer at in-degree {unbroken(first)}, "
        f"{few.iloc[-1]:.0%} at {unbroken(last)}"
    )
