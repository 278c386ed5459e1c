"""One press for everything about the runs on a page: a report as one HTML file, and a ZIP of data."""

from collections.abc import Sequence

import streamlit as st

from a2q.experiments.store import Run, RunStore
from a2q_studio.run_report import build_archive, build_page, read_contents


def report_buttons(store: RunStore, runs: Sequence[Run], key: str) -> None:
    """Two downloads, each built when it is pressed and not before.

    Args:
        store: where the runs are read from.
        runs: one to six; the first is A.
        key: identity on the page.
    """
    ids = [run.id for run in runs]
    name = f"a2q-report-{ids[0] if len(ids) == 1 else f'{len(ids)}-runs'}"
    with st.container(horizontal=True, width="content", key=f"report-{key}"):
        st.download_button(
            "Report (HTML)",
            lambda: build_page(read_contents(store, ids)).encode(),
            file_name=f"{name}.html",
            mime="text/html",
            icon=":material/description:",
            key=f"report-html-{key}",
            on_click="ignore",
            help="One file of about 6 MB that opens from disk without a network: figures, both accounts, settings, "
            "seeds, versions, conventions. Built when pressed, within seconds.",
        )
        st.download_button(
            "Data (ZIP)",
            lambda: build_archive(read_contents(store, ids)),
            file_name=f"{name}.zip",
            mime="application/zip",
            icon=":material/folder_zip:",
            key=f"report-zip-{key}",
            on_click="ignore",
            help="Nodes, edges, epochs and accounts as Parquet and CSV, the graph as GraphML with places and colours, "
            "settings, and a README of all columns. Built when pressed.",
        )
