"""Step 4: share out a budget of bits, and hold it against A²Q's."""

import streamlit as st

from a2q_studio.pages.learn.lesson.groups import GROUPS, Group
from a2q_studio.pages.learn.lesson.groups import groups as groups_of
from a2q_studio.pages.learn.lesson.layer import LayerInput
from a2q_studio.pages.learn.lesson.teaching import MAIN, Teaching
from a2q_studio.pages.learn.steps.budget import allocations as sharing
from a2q_studio.pages.learn.steps.budget.allocations import YOU, contest, learned_means, verdict
from a2q_studio.pages.learn.steps.budget.chart import allocation, scores
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.theme import current_palette

_KEYS = tuple(f"give{position}" for position in range(len(GROUPS)))
_HALF = 0.5


def budget(teaching: Teaching, locked: bool) -> None:
    """Five sliders and what is left of the budget; the reveal and the score."""
    layer = teaching.main
    available = float(layer.bits.mean())
    groups = groups_of(layer.in_degree)
    with st.grid(3, min_column_width=190, gap="medium") as grid:
        given = []
        for group, key in zip(groups, _KEYS, strict=True):
            with grid.cell():
                given.append(_slider(group, key, float(int(available)), locked))
        used = sharing.spent(given, layer.in_degree)
        within = used <= available + 1e-9
        with grid.cell():
            st.progress(min(1.0, used / available), text=_left(used, available))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Make it fit",
            icon=":material/compress:",
            key="fit",
            disabled=locked or within,
            on_click=_fit,
            args=(layer, given, available),
            help="Takes half bits from whoever has most until the budget holds.",
        )
        revealed = st.toggle(
            "Reveal what A²Q learned", key="reveal", bind="query-params", disabled=locked or not within
        )
    palette = current_palette()
    if locked or not (revealed and within):
        show_figure(allocation(given, groups, palette), key="allocation")
        st.caption("The score comes with the reveal. The address holds your bits: *Share* challenges somebody.")
        return
    errors = contest(layer, given)
    with st.grid(2, min_column_width=280, gap="medium") as grid:
        with grid.cell():
            show_figure(allocation(given, groups, palette, learned_means(layer)), key="allocation")
        with grid.cell():
            show_figure(scores(errors, YOU, palette), key="scores")
    st.markdown(f":material/sports_score: {verdict(errors)}")
    st.caption(
        f"All four with the best step size for each node, on the values of run {teaching.bundles[MAIN].run.id}. "
        f"With the step sizes that it learned in training, A²Q's own mean error is {layer.error:.3f}."
    )


def _slider(group: Group, key: str, start: float, locked: bool) -> float:
    return st.slider(
        f"In-degree {group.name} ({group.share:.0%})",
        1.0,
        8.0,
        start,
        _HALF,
        format="%.1f",
        key=key,
        bind="query-params",
        disabled=locked,
        help=f"{group.nodes:,} nodes. Of 2.5 bits the half with the largest values gets 3, the others 2.",
    )


def _left(used: float, available: float) -> str:
    over = used - available
    words = f"{over:.2f} too many" if over > 1e-9 else f"{-over:.2f} left"
    return f"**{used:.2f} of {available:.2f} bits** on average: {words}"


def _fit(layer: LayerInput, given: list[float], available: float) -> None:
    for key, bits in zip(_KEYS, sharing.fitted(given, layer.in_degree, available), strict=True):
        st.session_state[key] = bits
