"""Curves, score against bits, and distributions of compared runs, each where it can be drawn."""

from collections.abc import Mapping, Sequence

import streamlit as st

from a2q.experiments.results import Repeats
from a2q.experiments.store import Run
from a2q_studio.charts.palette import Palette
from a2q_studio.comparison.charts.curves import AVERAGE_BITS, curves
from a2q_studio.comparison.charts.distributions import overlaid_distributions
from a2q_studio.comparison.charts.pareto import ACCOUNTS
from a2q_studio.comparison.compared import Compared, letters
from a2q_studio.comparison.scores import by_data, finished, has_quantity, pareto_of, quantities_of, why_no_bits
from a2q_studio.glossary import tip
from a2q_studio.ui.figure import show_figure

NARROWEST = 420


def show_curves(compared: Sequence[Compared], smoothing: float, highlight: str | None, palette: Palette) -> None:
    """Validation score, average bits and training loss over epochs."""
    st.subheader("Epoch by epoch", help=tip("epoch"))
    with st.grid(3, min_column_width=NARROWEST, gap="medium") as grid:
        for quantity in quantities_of(compared):
            shown = [(one.mark, one.history) for one in compared if has_quantity(one, quantity)]
            with grid.cell():
                figure = curves(shown, quantity, smoothing, highlight, palette)
                show_figure(figure, f"compare-{quantity.field}-{quantity.format}", file_name=f"a2q-{quantity.field}")
    fp32 = [one for one in compared if not has_quantity(one, AVERAGE_BITS)]
    if fp32:
        st.caption(f"{letters(fp32)}: FP32, 32 bits at every epoch; not drawn among the average bits.")


def show_pareto(
    compared: Sequence[Compared],
    all_finished: Sequence[Run],
    repeats: Mapping[str, Repeats],
    highlight: str | None,
    palette: Palette,
) -> None:
    """Test score against bits in both accounts; runs on other data get charts of their own.

    Args:
        compared: the runs.
        all_finished: all finished runs of the store; those on the same data are drawn in grey.
        repeats: finished runs by the settings they share.
        highlight: letter of the run to stress.
        palette: colours of the theme.
    """
    st.subheader("Score against bits", help=tip("Pareto front"))
    groups = by_data(compared)
    if len(groups) > 1:
        said = "; ".join(f"{letters(some)} on {some[0].run.config.dataset.name}" for some in groups.values())
        st.caption(f"Scores on different data do not compare, so each has its own charts: {said}.")
    for key, some in groups.items():
        done = finished(some)
        if not done:
            st.info(f"{letters(some)}: no result to draw before a run has finished.", icon=":material/hourglass_empty:")
            continue
        with st.grid(2, min_column_width=NARROWEST, gap="medium") as grid:
            for account in ACCOUNTS:
                with grid.cell():
                    figure = pareto_of(done, all_finished, repeats, account, highlight, palette)
                    show_figure(figure, f"pareto-{account}-{key}", file_name=f"a2q-{account}")


def show_distributions(compared: Sequence[Compared], layer: int, highlight: str | None, palette: Palette) -> None:
    """How many nodes have how many bits, one line per run."""
    st.subheader("Bitwidths", help=tip("effective bits"))
    held = [(one.mark, one.arrays[f"layer{layer}/bits"]) for one in compared if layer in one.layers]
    without = [one for one in compared if layer not in one.layers]
    if without:
        st.caption(f"{letters(without)}: {why_no_bits(without, layer)}")
    if held:
        figure = overlaid_distributions(held, layer, highlight, palette)
        show_figure(figure, "compare-distributions", file_name="a2q-bit-distributions")
