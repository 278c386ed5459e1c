"""Bits for one feature value, as the paper counts and with all that a node stores."""

from collections.abc import Mapping

import plotly.graph_objects as go

from dashboard.charts.frame import frame
from dashboard.charts.palette import Palette
from dashboard.lesson.memory import PerValue

_PARTS = (("codes", "", "b"), ("step", "/", "s"), ("tag", "x", "x"))
_NAMES = {"codes": "codes", "step": "step sizes", "tag": "bitwidth tags"}


def memory(accounts: Mapping[str, PerValue], palette: Palette) -> go.Figure:
    """One bar for each account: codes, step sizes and tags stacked.

    Args:
        accounts: by name, at least one; the last is the one the title speaks of.
        palette: colours of the theme.
    """
    figure = go.Figure()
    for part, pattern, role in _PARTS:
        figure.add_bar(
            y=list(accounts),
            x=[getattr(account, part) for account in accounts.values()],
            orientation="h",
            name=_NAMES[part],
            marker={
                "color": palette.roles[role],
                "pattern": {"shape": pattern, "fgcolor": palette.ground, "fillmode": "overlay"},
                "line": {"color": palette.text, "width": 0.5},
            },
            hovertemplate=f"%{{y}}: {_NAMES[part]} %{{x:.2f}} bits per value<extra></extra>",
        )
    for name, account in accounts.items():
        figure.add_annotation(
            y=name,
            x=account.total,
            text=f" {account.total:.2f} bits, {account.compression:.1f}×",
            showarrow=False,
            xanchor="left",
        )
    last = list(accounts.values())[-1]
    title = (
        f"A value takes {last.total:.2f} bits: {last.codes:.2f} of code, {last.step:.2f} of its node's step size "
        f"(hatched), {last.tag:.2f} of its tag"
    )
    frame(figure, palette, title, "Bits per feature value", "", barmode="stack", height=290, margin={"l": 125})
    figure.update_xaxes(range=[0, 1.6 * max(account.total for account in accounts.values())])
    figure.update_yaxes(autorange="reversed")
    return figure
