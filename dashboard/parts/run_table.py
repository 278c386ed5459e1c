"""Runs as a table, one row each."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from a2q.runs import Run
from a2q.runs.results import result
from dashboard.glossary import tip

_SHARE = {"format": "percent"}


def run_table(runs: Sequence[Run], key: str) -> None:
    """A sortable table of runs with results in both bit accounts."""
    folds = any(run.fold is not None for run in runs)
    st.dataframe(
        pd.DataFrame([result(run) for run in runs]),
        key=key,
        hide_index=True,
        alt=f"{len(runs)} runs, newest first, with their state, score and average bits",
        column_config={
            "run": st.column_config.TextColumn("Run"),
            "dataset": "Dataset",
            "fold": st.column_config.NumberColumn("Fold", help="The part tested on.", format="%d") if folds else None,
            "model": "Model",
            "method": "Method",
            "seed": "Seed",
            "state": "State",
            "metric": None,
            "test_accuracy": st.column_config.NumberColumn("Test accuracy", help=tip("test accuracy"), **_SHARE),
            "test_accuracy_paper_protocol": st.column_config.NumberColumn(
                "Paper's protocol", help=tip("paper's protocol"), **_SHARE
            ),
            "validation_accuracy": st.column_config.NumberColumn("Validation accuracy", **_SHARE),
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
            "seconds_per_epoch": st.column_config.NumberColumn("Seconds per epoch", format="%.3f"),
        },
    )
