"""Step 3: the same width for all, and who pays for it."""

import streamlit as st

from a2q.units import MOST_BITS
from a2q_studio.glossary import tip
from a2q_studio.pages.learn.lesson.groups_chart import nodes_by_group
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.width.chart import bits_needed, error_by_group
from a2q_studio.pages.learn.steps.width.uniform import needed_alone, uniform_error
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.theme import current_palette


def width(teaching: Teaching, locked: bool) -> None:
    """The width for all; error by group above, bits needed below."""
    bits = st.slider(
        "Bits for every node", 1, MOST_BITS, 2, key="uniform", bind="query-params", disabled=locked, help=tip("bits")
    )
    palette, in_degree = current_palette(), teaching.main.in_degree
    if locked:
        show_figure(nodes_by_group(in_degree, palette), key="width-nodes")
        return
    with st.grid(2, min_column_width=280, gap="medium") as grid:
        with grid.cell():
            show_figure(error_by_group(in_degree, uniform_error(teaching, bits), bits, palette), key="width-error")
        with grid.cell():
            show_figure(bits_needed(in_degree, needed_alone(teaching, bits), bits, palette), key="width-needed")
