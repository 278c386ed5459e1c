"""Every node as a row; a click on one puts it under the glass."""

import pandas as pd
import streamlit as st

from a2q.reports.node_table import COLUMNS
from a2q_studio.pages.explore.scene import Scene
from a2q_studio.ui.selection import INSPECTED

_HEIGHT = 360
MOST_ROWS = 20_000
"""Rows that go to the browser: of 170,000 nodes all would be 20 MB at every selection."""


def node_list(scene: Scene) -> None:
    """The table of the selected nodes, or of all; sortable, searchable, and to take along."""
    focus = scene.focus
    nodes = scene.nodes if focus is None else focus
    st.subheader(f"Nodes ({len(nodes):,})", anchor=False)
    key = f"nodes-table-{scene.layer}"
    shown = nodes if len(nodes) <= MOST_ROWS else nodes.nlargest(MOST_ROWS, "in_degree")
    if len(shown) < len(nodes):
        st.caption(
            f"The {len(shown):,} nodes with the largest in-degrees; select some to list others. Downloads have all."
        )

    def inspect() -> None:
        rows = st.session_state[key].selection.rows
        if rows and rows[0] < len(shown):
            st.session_state[INSPECTED] = str(shown["node"].iloc[rows[0]])

    st.dataframe(
        shown,
        hide_index=True,
        height=_HEIGHT,
        key=key,
        on_select=inspect,
        selection_mode="single-row",
        alt=f"One row for each of {len(shown):,} nodes with in-degree, bits, step size and quantization error",
        column_config={
            name: st.column_config.Column(name.replace("_", " "), help=meaning) for name, meaning in COLUMNS.items()
        },
    )
    with st.container(horizontal=True):
        _download(scene, "Download as CSV", nodes, "csv", "text/csv")
        _download(scene, "Download as Parquet", nodes, "parquet", "application/vnd.apache.parquet")


def _download(scene: Scene, label: str, nodes: pd.DataFrame, kind: str, mime: str) -> None:
    layer = "fp32" if scene.layer is None else f"layer{scene.layer}"
    st.download_button(
        label,
        lambda: nodes.to_csv(index=False).encode() if kind == "csv" else nodes.to_parquet(index=False),
        file_name=f"{scene.file_name(layer)}-nodes.{kind}",
        mime=mime,
        icon=":material/download:",
        key=f"download-nodes-{kind}",
        help="The rows above: the selected nodes, or all.",
    )
