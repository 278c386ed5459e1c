"""A figure on a page: accessible name, picture and table to take along, and optional selection."""

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from a2q.reports.csv_table import csv_bytes
from a2q_studio.charts.twin import table_of

MOST_ROWS = 100_000
"""Rows of a table twin that the page shows; the download has them all."""


def show_figure(
    figure: go.Figure,
    key: str,
    on_select: Callable[[], None] | None = None,
    file_name: str | None = None,
    table: pd.DataFrame | Callable[[], pd.DataFrame] | None = None,
) -> None:
    """Draw a figure; its title, which says what to see, is also its name for screen readers.

    Below it stands the same as a table, with a download as CSV.

    Args:
        figure: the figure.
        key: identity on the page; with ``on_select`` also where the selection is found in session state.
        on_select: called when points are selected.
        file_name: name of the PNG that the camera button saves, and of the CSV.
        table: the numbers behind the figure, or what makes them, where they say more than what it draws; by default
            what it draws.
    """
    title = str(figure.layout.title.text).replace("<br>", " ").replace("\u00a0", " ").strip()
    st.plotly_chart(
        figure,
        key=key,
        on_select=on_select or "ignore",
        selection_mode=("points", "box", "lasso"),
        config={
            "displaylogo": False,
            "scrollZoom": False,
            "toImageButtonOptions": {"format": "png", "filename": file_name or key, "scale": 2},
        },
        alt=title,
    )
    _twin(figure, key, file_name or key, table, title)


def _twin(
    figure: go.Figure,
    key: str,
    file_name: str,
    table: pd.DataFrame | Callable[[], pd.DataFrame] | None,
    title: str,
) -> None:
    """The table behind a figure; it is made only where somebody opens it."""
    popover = st.popover(
        "Show as table", icon=":material/table:", type="tertiary", key=f"table-{key}", on_change="rerun"
    )
    if not popover.open:
        return
    with popover:
        made = table_of(figure) if table is None else table
        rows = made() if callable(made) else made
        if len(rows) > MOST_ROWS:
            st.caption(f"The first {MOST_ROWS:,} of {len(rows):,} rows; the download has all.")
        st.dataframe(rows.head(MOST_ROWS), hide_index=True, key=f"rows-{key}", alt=f"The numbers behind: {title}")
        st.download_button(
            "Download as CSV",
            lambda: csv_bytes(rows),
            file_name=f"{file_name}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"csv-{key}",
        )
