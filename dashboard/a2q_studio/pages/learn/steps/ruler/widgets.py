"""Step 2: a leaf's and a hub's real values on one ruler."""

import streamlit as st

from a2q.units import MOST_BITS
from a2q_studio.glossary import tip
from a2q_studio.pages.learn.lesson.quantizer import best_step
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.ruler.chart import error_split, on_a_line
from a2q_studio.pages.learn.steps.ruler.chart import ruler as ruler_figure
from a2q_studio.pages.learn.steps.ruler.leaf_and_hub import leaf_and_hub, nearest_step, step_scale
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.theme import current_palette


def ruler(teaching: Teaching, locked: bool) -> None:
    """Bits and step size; the ruler, and both parts of the error."""
    nodes = leaf_and_hub(teaching)
    scale = step_scale(nodes)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bits = st.slider("Bits b", 1, MOST_BITS, 2, key="width", bind="query-params", disabled=locked, help=tip("bits"))
        step = st.select_slider(
            "Step size s",
            scale,
            value=nearest_step(scale, best_step(nodes["leaf"], 2)),
            format_func=lambda value: f"{value:.3g}",
            key="step_size",
            help=tip("step size"),
            bind="query-params",
            disabled=locked,
        )
    palette = current_palette()
    if locked:
        show_figure(on_a_line(nodes, palette), key="ruler")
        return
    with st.container(horizontal=True):
        for name in nodes:
            st.button(
                f"Best for the {name}",
                key=f"best-{name}",
                on_click=_set_step,
                args=(nearest_step(scale, best_step(nodes[name], bits)),),
                help=f"The step size with the least error of the {name} at {bits} bits, found by search.",
            )
    show_figure(ruler_figure(nodes, step, bits, palette), key="ruler")
    show_figure(error_split(nodes, step, bits, palette), key="ruler-error")


def _set_step(step: float) -> None:
    st.session_state["step_size"] = step
