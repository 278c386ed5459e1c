"""Step 7: the counter-example, and what bits buy in memory."""

import streamlit as st

from a2q.accelerator import AcceleratorError
from a2q.datasets import DatasetError
from a2q.experiments.bundle.bundle import Bundle
from a2q_studio.glossary import tip
from a2q_studio.pages.learn.lesson.teaching import ATTENTION, EVEN_DEGREES, Teaching
from a2q_studio.pages.learn.steps.fails.chart import contrast, memory, speedup_by_convention
from a2q_studio.pages.learn.steps.fails.savings import Speedups, per_value, speedups
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.literal import message
from a2q_studio.ui.theme import current_palette

_MEMORY, _CYCLES = "Memory", "Cycles"
_WIDTHS = (8, 16, 32, 64, 128, 256)
_PAPER, _FULL = "Paper's account", "With all stored"


def fails(teaching: Teaching, locked: bool) -> None:
    """GIN beside GAT, then what bits buy in memory or in cycles, with the way of counting said."""
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
    chosen = st.segmented_control(
        "What it buys", [_MEMORY, _CYCLES], default=_MEMORY, required=True, key="buys", bind="query-params"
    )
    if chosen == _CYCLES:
        _cycles(teaching)
    else:
        _memory(teaching)


def _memory(teaching: Teaching) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        width = st.select_slider("Features per node d", _WIDTHS, value=16, key="features", bind="query-params")
        stored = st.segmented_control(
            "Bits of a step size",
            [32, 8],
            default=32,
            required=True,
            key="step_bits",
            bind="query-params",
            help=tip("step size"),
        )
    average = float(teaching.main.bits.mean())
    accounts = {_PAPER: per_value(average, width, overhead=False), _FULL: per_value(average, width, stored or 32)}
    show_figure(memory(accounts, current_palette()), key="memory")
    st.caption(
        f"GIN's {average:.2f} bits on average in this layer; × is 32 bits over the bits shown. The run has "
        f"{teaching.main.values.shape[1]} features per node: other widths are arithmetic, not runs."
    )


def _cycles(teaching: Teaching) -> None:
    bundle = teaching.bundles[EVEN_DEGREES]
    try:
        with st.spinner("Simulating the accelerator"):
            found = _simulated(bundle, bundle.run.id)
    except (DatasetError, AcceleratorError) as error:
        st.warning(message(str(error)), icon=":material/info:")
        return
    show_figure(speedup_by_convention(found, current_palette()), key="cycles")
    st.caption(
        f"The GCN run {bundle.run.id} against {found.baseline}, both on “{found.hardware}”: our open model, not the "
        "authors' simulator. Each bar changes one convention for both sides; one seed."
    )


@st.cache_data(max_entries=4, show_spinner=False)
def _simulated(_bundle: Bundle, run_id: str) -> Speedups:
    return speedups(_bundle)
