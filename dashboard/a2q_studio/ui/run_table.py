"""Runs as a table, one row each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from a2q.experiments.results import result
from a2q.experiments.store import Run
from a2q_studio.glossary import tip


def run_table(
    runs: Sequence[Run],
    key: str,
    front: Mapping[str, Sequence[Any]] | None = None,
    on_select: Callable[[], None] | None = None,
    ticked: Sequence[int] = (),
) -> None:
    """A sortable table of runs with results in both bit accounts.

    Args:
        runs: one row each.
        key: identity on the page; with ``on_select`` also where the ticked rows are found in session state.
        front: further columns to put first, each with a value per run.
        on_select: called when rows are ticked; without it there is nothing to tick.
        ticked: positions of the rows that are ticked at first.
    """
    rows = pd.DataFrame([result(run) for run in runs])
    table = pd.concat([pd.DataFrame(dict(front)), rows], axis=1) if front else rows
    unmoved = any(rows.get("bits_unmoved", pd.Series(dtype=object)).notna())
    columns = _columns(folds=any(run.fold is not None for run in runs), unmoved=unmoved)
    alt = f"{len(runs)} runs with their state, score and average bits"
    if on_select is None:
        st.dataframe(table, key=key, hide_index=True, alt=alt, column_config=columns)
        return
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        on_select=on_select,
        selection_mode="multi-row",
        selection_default={"selection": {"rows": list(ticked)}},
        alt=alt,
        column_config=columns,
    )


def _columns(folds: bool, unmoved: bool) -> dict[str, Any]:
    """Titles, help and format of each column; of folds, and of bits that have not moved, only where there are any."""
    return {
        "letter": st.column_config.TextColumn("", help="Its letter in the charts.", width=40),
        "star": st.column_config.TextColumn("Star", width=50),
        "tags": st.column_config.ListColumn("Tags"),
        "run": st.column_config.TextColumn("Run"),
        "dataset": "Dataset",
        "fold": st.column_config.NumberColumn("Fold", help="The part tested on.", format="%d") if folds else None,
        "model": "Model",
        "method": "Method",
        "seed": "Seed",
        "state": "State",
        "metric": None,
        "test_accuracy": st.column_config.NumberColumn("Test accuracy", help=tip("test accuracy"), format="percent"),
        "test_accuracy_paper_protocol": st.column_config.NumberColumn(
            "Paper's protocol", help=tip("paper's protocol"), format="percent"
        ),
        "validation_accuracy": st.column_config.NumberColumn("Validation accuracy", format="percent"),
        "test_mae": st.column_config.NumberColumn(
            "Test MAE", help="Mean absolute error, lower is better; read once as above.", format="%.3f"
        ),
        "test_mae_paper_protocol": st.column_config.NumberColumn("Paper's protocol (MAE)", format="%.3f"),
        "validation_mae": st.column_config.NumberColumn("Validation MAE", format="%.3f"),
        "average_bits": st.column_config.NumberColumn("Average bits", help=tip("average bits"), format="%.2f"),
        "compression": st.column_config.NumberColumn("Compression", help=tip("compression ratio"), format="%.1f×"),
        "full_bits_per_value": st.column_config.NumberColumn(
            "Full bits per value",
            help=tip("full bits per value"),
            format="%.2f",
        ),
        "bits_unmoved": st.column_config.TextColumn(
            "Bits moved?",
            help="Said of a run whose learned bits equal their start at the chosen epoch, as if quantized uniformly.",
        )
        if unmoved
        else None,
        "note": st.column_config.TextColumn("Note"),
        "seconds_per_epoch": st.column_config.NumberColumn("Seconds per epoch", format="%.3f"),
    }
