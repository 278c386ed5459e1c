"""What compared runs are, in tables: settings that differ, and means over seeds."""

from collections.abc import Mapping, Sequence

import streamlit as st

from a2q.experiments.results import Repeats
from a2q_studio.comparison.compared import Compared
from a2q_studio.comparison.tables import differences_table, seeds_table
from a2q_studio.glossary import tip


def show_differences(compared: Sequence[Compared]) -> None:
    """The settings that differ; those that are the same are not listed."""
    table = differences_table(compared)
    st.subheader("Settings that differ")
    if table.empty:
        st.caption("None: these runs have the same settings, seed included.")
        return
    st.dataframe(
        table,
        hide_index=True,
        key="settings-diff",
        alt=f"{len(table)} settings that are not the same in all compared runs, with each run's value",
        column_config={
            "setting": st.column_config.TextColumn("Setting", pinned=True),
            "name": st.column_config.TextColumn("Name", help="As `--set` takes it."),
        },
    )
    st.caption("Every other setting is the same. – : the run's method or model does not have the setting.")


def show_seeds(compared: Sequence[Compared], repeats: Mapping[str, Repeats]) -> None:
    """Means over seeds of every compared run's settings."""
    st.subheader("Over seeds", help=tip("spread over seeds"))
    table = seeds_table(compared, repeats)
    st.dataframe(
        table,
        hide_index=True,
        key="seeds",
        alt="Mean and standard deviation over seeds of each compared run's settings",
        column_config={
            "runs": st.column_config.TextColumn("Runs", help="Compared runs with these settings.", pinned=True),
            "n": st.column_config.NumberColumn("n", help="Finished seeds of these settings in the run store."),
            "seeds": "Seeds",
            "test score": st.column_config.TextColumn(
                "Test score", help="At the epoch chosen on validation, read once; mean ± sample standard deviation."
            ),
            "average bits": st.column_config.TextColumn("Average bits", help="The paper's account."),
            "full bits per value": st.column_config.TextColumn("Full bits per value", help="The full account."),
        },
    )
    if (table["n"] < 2).any():
        st.caption("One seed alone has no spread; train more seeds of the same settings, and they count here.")


def results_front(compared: Sequence[Compared]) -> dict[str, list[str]]:
    """The column of letters for the table of results."""
    return {"letter": [one.mark.letter for one in compared]}
