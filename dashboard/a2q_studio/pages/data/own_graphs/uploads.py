"""Choosing files: what is uploaded, read once."""

from typing import Any, cast

import streamlit as st

from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.reading import ENDINGS, MATRICES, NETWORKS, TABLES, Files, read
from a2q.datasets.importers.uploads import Upload

_PARTS = "own_parts"
_HEADERS: dict[str, bool | None] = {"As it seems": None, "Names of columns": True, "Data": False}


def choose_files() -> tuple[Files, bool | None] | None:
    """Uploaders for edges, nodes, graphs and features; None while there are no edges."""
    main, table = st.columns(2)
    with main:
        edges = _uploader(
            "Edges, or a whole graph",
            ENDINGS,
            "edges",
            f"An edge list (.{', .'.join(TABLES)}), a whole graph (.{', .'.join(NETWORKS)}), or arrays and an "
            f"adjacency (.{', .'.join(MATRICES)}).",
        )
    with table:
        nodes = _uploader(
            "Node table, if there is one", TABLES, "nodes", "A row for each node: its name, features, label and split."
        )
    with st.expander("A set of graphs, features as a matrix, header", icon=":material/upload_file:"):
        graphs = _uploader(
            "Graph table", TABLES, "graphs", "A row for each graph: its name, label and split; nodes say their graph."
        )
        features = _uploader("Features", MATRICES, "features", "A matrix with a row for each node.")
        header = st.selectbox(
            "First line of a CSV or TSV holds", list(_HEADERS), key="own-header", help="Whether it names the columns."
        )
    return None if edges is None else (Files(edges, nodes, graphs, features), _HEADERS[header])


def read_once(files: Files, header: bool | None) -> Parts:
    """What the files hold; a page is drawn at every click, they are read once.

    Raises:
        DatasetError: a file cannot be read.
    """
    # The files themselves are kept by identity: another upload is another object in the session.
    key = (*(cast(Any, file.place).file_id for file in files.all), header)
    kept = st.session_state.get(_PARTS)
    if kept is None or kept[0] != key:
        with st.spinner("Reading"):
            kept = st.session_state[_PARTS] = (key, read(files, header))
    parts: Parts = kept[1]
    return parts


def _uploader(label: str, endings: tuple[str, ...], key: str, about: str) -> Upload | None:
    file = st.file_uploader(label, list(endings), key=f"own-{key}", help=about)
    return None if file is None else Upload.of(file, file.name)
