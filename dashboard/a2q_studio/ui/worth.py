"""What an assignment of bits is worth, as a picture, in words and to take along."""

from collections.abc import Sequence

import streamlit as st

from a2q.experiments.controls import Worth
from a2q.reports.worth import FEWEST_PAIRS, MEASURES, told
from a2q_studio.charts.worth import WORDS, worth_chart, worth_table
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.literal import message
from a2q_studio.ui.theme import current_palette


def show_worth(worths: Sequence[Worth], key: str, run_id: str) -> None:
    """The differences with their intervals, and for each control what the first measure shows.

    Args:
        worths: one for each control, at least one.
        key: identity on the page.
        run_id: whose bits they are, for names of files.
    """
    show_figure(worth_chart(worths, current_palette()), key, file_name=f"a2q-{run_id}-worth", table=worth_table(worths))
    for one in worths:
        name, difference = next(iter(one.differences.items()))
        figure, verdict = told(MEASURES[name], difference)
        seeds = f"{difference.pairs} seed{'' if difference.pairs == 1 else 's'}"
        st.markdown(
            f"Against the same bits **{one.assignment}** ({message(WORDS[one.assignment])}), {seeds}: "
            f"{MEASURES[name].title.lower()} {figure}, {verdict}."
        )
    st.caption(
        "Paired over seeds: the run's bits minus the same bitwidths, as often each, on other nodes, trained alike. "
        f"Whiskers are the 95 % interval of the mean (paired bootstrap); of fewer than {FEWEST_PAIRS} seeds there is "
        "none, and the mark is hollow. An interval that holds 0 shows no difference."
    )
