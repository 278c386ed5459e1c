"""What compared runs are, in tables: results, settings that differ, and means over seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from a2q.config.settings import differing, title_of
from a2q.runs import Run
from a2q.runs.repeats import Repeats, settings_digest
from a2q.runs.scores import SCORES
from dashboard.parts.compare.compared import Compared


def differences_table(compared: Sequence[Compared]) -> pd.DataFrame:
    """One row for each setting that is not the same in all runs: its title, then its value in each run."""
    configs = [one.run.config for one in compared]
    rows = []
    for name, values in differing(configs).items():
        holder = next(
            config for config, value in zip(configs, values, strict=True) if value is not None or config is configs[-1]
        )
        row = {"setting": title_of(holder, name), "name": name}
        rows.append(row | {one.mark.letter: _text(value) for one, value in zip(compared, values, strict=True)})
    return pd.DataFrame(rows)


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


def seeds_table(compared: Sequence[Compared], repeats: Mapping[str, Repeats]) -> pd.DataFrame:
    """One row for each group of compared runs with the same settings: letters, n, seeds, and mean ± standard
    deviation over all finished seeds of these settings in the store."""
    groups: dict[str, list[str]] = {}
    for one in compared:
        groups.setdefault(settings_digest(one.run), []).append(one.mark.letter)
    rows = []
    for digest, named in groups.items():
        group = repeats.get(digest)
        if group is None:
            rows.append({"runs": ", ".join(named), "n": 0})
            continue
        rows.append(
            {
                "runs": ", ".join(named),
                "n": group.count,
                "seeds": ", ".join(str(run.config.seed) for run in group.runs),
                "test score": mean_text(group, "test_score"),
                "average bits": mean_text(group, "average_bits"),
                "full bits per value": mean_text(group, "full_bits_per_value"),
            }
        )
    return pd.DataFrame(rows)


def show_seeds(compared: Sequence[Compared], repeats: Mapping[str, Repeats]) -> None:
    """Means over seeds of every compared run's settings."""
    st.subheader("Over seeds")
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


def mean_text(group: Repeats, name: str) -> str:
    """Mean ± sample standard deviation; the mean alone for a single seed."""
    text = SCORES[group.metric].text if name == "test_score" else "{:.2f}".format
    deviation = group.deviation(name)
    return text(group.mean(name)) + ("" if deviation is None else f" ± {text(deviation)}")


def results_front(compared: Sequence[Compared]) -> dict[str, list[str]]:
    """The column of letters for the table of results."""
    return {"letter": [one.mark.letter for one in compared]}


def still_to_say(compared: Sequence[Compared]) -> list[str]:
    """A sentence for each run that has no full result, which says why."""
    said = []
    for one in compared:
        run: Run = one.run
        if run.is_active:
            said.append(f"{one.mark.letter} is {run.state}: {run.stage or 'waiting'} ({run.progress:.0%}).")
        elif run.summary is None:
            had = f"it has {len(one.history):,} epochs" if one.history else "it has no epoch"
            said.append(f"{one.mark.letter} is {run.state}, {had} and no result. {run.reason}".strip())
    return said


def _text(value: Any) -> str:
    return "–" if value is None else str(value)
