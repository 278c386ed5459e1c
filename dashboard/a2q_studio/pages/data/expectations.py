"""What learned bits will do on a graph, and what that was measured to be worth."""

import streamlit as st

from a2q.datasets import card
from a2q.datasets.statistics import Statistics
from a2q_studio.charts import Palette
from a2q_studio.pages.data.charts.aggregation import growth, times
from a2q_studio.study.chart import worth_by_bits
from a2q_studio.study.measured import SOURCE, Measured, measured, of_name, shown_in
from a2q_studio.ui.figure import show_figure

_GROWS = 1.5
"""Values that grow less than this from the lowest to the highest in-degree part bits little."""


def expect(statistics: Statistics, palette: Palette) -> None:
    """Whether hubs will learn more bits; and of a graph of the study what it was worth, with the picture."""
    rows = measured_on(statistics.title)
    st.markdown(f"{who_learns_more(statistics)} {what_it_is_worth(rows)}")
    for name in dict.fromkeys(one.name for one in rows):
        show_figure(worth_by_bits(of_name(name), palette), key=f"worth-{name}")
    st.caption(f"Learned bits minus the same bits on random other nodes, in pairs over seeds. Source: {SOURCE}.")


def measured_on(title: str) -> list[Measured]:
    """What the study has of the graph of this title, as the preset of our A²Q trains it."""
    return [one for one in _of_presets() if one.same_graph and card(one.dataset).title == title]


def who_learns_more(statistics: Statistics) -> str:
    """Whether values, and so bits, will follow in-degree, by the operator."""
    grown = {one.operator: growth(one) for one in statistics.aggregation}
    total, scaled = grown.get("sum"), grown.get("gcn")
    if total is None or scaled is None:
        return "**One in-degree only**: bits cannot follow it."
    if total < _GROWS:
        return f"**Bits will hardly follow in-degree**: sums grow {times(total)} times."
    much = "and" if scaled >= _GROWS else "hardly"
    return (
        f"**Hubs will learn more bits** with GIN, whose sums grow {times(total)} times, {much} with GCN "
        f"({times(scaled)} times); not where a network averages."
    )


def what_it_is_worth(rows: list[Measured]) -> str:
    """Whether accuracy asks for it: on this graph where it was measured, else on those where it was."""
    if rows:
        return f"**Is it worth accuracy?** Measured here, {shown_in(rows)}."
    others = _of_presets()
    names = ", ".join(dict.fromkeys(one.name for one in others))
    return f"**Is it worth accuracy?** Not measured on this graph. On others ({names}), {shown_in(others)}."


def _of_presets() -> list[Measured]:
    return [one for one in measured() if not one.same_graph or not one.settings]
