"""Step 7: the counter-example, and what bits buy in memory."""

import streamlit as st

from dashboard.charts.lesson.contrast import contrast
from dashboard.charts.lesson.memory import memory
from dashboard.lesson.memory import per_value
from dashboard.lesson.teaching import ATTENTION, MAIN, Teaching
from dashboard.parts.figure import show_figure
from dashboard.parts.theme import current_palette

_WIDTHS = (8, 16, 32, 64, 128, 256)
_PAPER, _FULL = "Paper's account", "With all stored"


def fails(teaching: Teaching, locked: bool) -> None:
    """GIN beside GAT, then the memory of a value under two conventions."""
    palette = current_palette()
    networks = {"GIN": teaching.main.nodes}
    if not locked:
        networks["GAT"] = teaching.layer(teaching.bundles[ATTENTION]).nodes
    with st.grid(2, min_column_width=280, gap="medium") as grid:
        for column in ("magnitude", "bits"):
            with grid.cell():
                show_figure(contrast(networks, column, palette), key=f"contrast-{column}")
    if locked:
        return
    st.markdown("**What it buys in memory.** The same bits, two accounts:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        width = st.select_slider("Features per node d", _WIDTHS, value=16, key="features", bind="query-params")
        stored = st.segmented_control(
            "Bits of a step size", [32, 8], default=32, required=True, key="step_bits", bind="query-params"
        )
    average = float(teaching.layer(teaching.bundles[MAIN]).bits.mean())
    accounts = {_PAPER: per_value(average, width, overhead=False), _FULL: per_value(average, width, stored or 32)}
    show_figure(memory(accounts, palette), key="memory")
    st.caption(
        f"GIN's {average:.2f} bits on average in this layer; × is 32 bits over the bits shown. The run has "
        f"{teaching.main.values.shape[1]} features per node: other widths are arithmetic, not runs."
    )
