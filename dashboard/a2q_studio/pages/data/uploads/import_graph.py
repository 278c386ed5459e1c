"""Importing your own graph: files, preview, meaning of columns, import, and what was done with it."""

from typing import Any, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from a2q.datasets import DatasetConfig, DatasetError
from a2q.datasets.importers import confined
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.endings import ENDINGS, MATRICES, NETWORKS, TABLES, TORCH
from a2q.datasets.importers.import_store import Imported, is_kept
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload
from a2q.experiments.store import RunStore
from a2q_studio.pages.data.uploads.mapping import Form, choose_columns
from a2q_studio.pages.data.uploads.preview import preview
from a2q_studio.pages.data.uploads.shelf import shelf
from a2q_studio.ui.access import read_only
from a2q_studio.ui.dataset_card import sizes
from a2q_studio.ui.dataset_link import train_on
from a2q_studio.ui.literal import literal

_DONE = "own_imported"
_CANCELLED = "own_cancelled"


def import_graph(store: RunStore) -> None:
    """The whole of it, with the graphs imported before.

    Args:
        store: tells which runs use a graph that is to be deleted.
    """
    if read_only():
        st.info("Nothing can be imported here: this server is read-only.", icon=":material/lock:")
    else:
        st.caption(
            "Files stay on this server; nothing in them is run. Nothing is kept of a graph that cannot be read whole."
        )
        _upload()
    shelf(store)


def _upload() -> None:
    chosen = choose_files()
    if chosen is not None:
        files, form = chosen
        try:
            parts = read_once(files, form)
            config = choose_columns(parts, form)
            preview(parts, config)
            if st.button("Import", type="primary", icon=":material/download_done:", key="own-import"):
                _import(files, config)
        except DatasetError as error:
            st.session_state.pop(_DONE, None)
            st.error(literal(str(error)), icon=":material/block:")
    done: Imported | None = st.session_state.get(_DONE)
    # A press that came too late cancelled nothing.
    if st.session_state.pop(_CANCELLED, False) and done is None:
        st.info("Import cancelled; nothing was kept of it.", icon=":material/cancel:")
    if done is not None and is_kept(done.card.name):
        _tell(done)


def _import(files: Files, config: ImportConfig) -> None:
    st.session_state.pop(_DONE, None)
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center", key="own-importing"):
        bar = st.progress(0.0, "Reading")
        # A press is heard at the next report of progress: the script is ended there, and the process with its draft.
        st.button("Cancel import", icon=":material/stop_circle:", key="own-cancel", on_click=_cancel)
    try:
        # Here, since drawing anything more may end the script.
        st.session_state[_DONE] = confined.import_graph(
            files, config, lambda fraction, sentence: _show(bar, fraction, sentence)
        )
    finally:
        place.empty()


def _cancel() -> None:
    st.session_state[_CANCELLED] = True


def _show(bar: DeltaGenerator, fraction: float, sentence: str) -> None:
    bar.progress(fraction, literal(sentence))


def _tell(done: Imported) -> None:
    """What came of it, and all that was made up, mended or left out."""
    card = done.card
    st.success(f"Imported **{card.title}** as `{card.name}`: {card.task}, {sizes(card)}.", icon=":material/check:")
    if done.warnings:
        with st.container(key="own-said"):
            st.info("\n".join(f"- {literal(sentence)}" for sentence in done.warnings), icon=":material/fact_check:")
    train_on(DatasetConfig(name=card.name))


_PARTS = "own_parts"
_HEADERS: dict[str, bool | None] = {"As it seems": None, "Names of columns": True, "Data": False}
_DECIMALS: dict[str, str | None] = {
    "As the first rows look": None,
    "A point, as 0.5": "point",
    "A comma, as 0,5": "comma",
}


def choose_files() -> tuple[Files, Form] | None:
    """Uploaders for edges, nodes, graphs and features, and how a CSV is written; None while there are no edges."""
    main, table = st.columns(2)
    with main:
        edges = _uploader(
            "Edges, or a whole graph",
            ENDINGS,
            "edges",
            f"An edge list (.{', .'.join(TABLES)}), a whole graph (.{', .'.join(NETWORKS)}), arrays and an "
            f"adjacency (.{', .'.join(MATRICES)}), or what torch.save wrote of a PyG Data (.{', .'.join(TORCH)}).",
        )
    with table:
        nodes = _uploader(
            "Node table, if there is one", TABLES, "nodes", "A row for each node: its name, features, label and split."
        )
    with st.expander("A set of graphs, features as a matrix, header, decimals", icon=":material/upload_file:"):
        graphs = _uploader(
            "Graph table", TABLES, "graphs", "A row for each graph: its name, label and split; nodes say their graph."
        )
        features = _uploader("Features", MATRICES, "features", "A matrix with a row for each node.")
        header = st.selectbox(
            "First line of a CSV or TSV holds", list(_HEADERS), key="own-header", help="Whether it names the columns."
        )
        decimal = st.selectbox(
            "Before fractions stands", list(_DECIMALS), key="own-decimal", help="Whether 1,234 is 1234 or 1.234."
        )
    form: Form = {"header": _HEADERS[header], "decimal": _DECIMALS[decimal]}
    return None if edges is None else (Files(edges, nodes, graphs, features), form)


def read_once(files: Files, form: Form) -> Parts:
    """What the files hold; a page is drawn at every click, they are read once.

    Raises:
        DatasetError: a file cannot be read.
    """
    # The files themselves are kept by identity: another upload is another object in the session.
    key = (*(cast(Any, file.place).file_id for file in files.all), *form.values())
    kept = st.session_state.get(_PARTS)
    if kept is None or kept[0] != key:
        place = st.empty()
        with st.spinner("Reading"):
            # A word on the page is also how a script hears that its session has gone on, which ends the process.
            parts = confined.look(files, **form, progress=lambda _, sentence: _say(place, sentence))
        place.empty()
        kept = st.session_state[_PARTS] = (key, parts)
    found: Parts = kept[1]
    return found


def _say(place: DeltaGenerator, sentence: str) -> None:
    place.caption(literal(sentence))


def _uploader(label: str, endings: tuple[str, ...], key: str, about: str) -> Upload | None:
    file = st.file_uploader(label, list(endings), key=f"own-{key}", help=about)
    return None if file is None else Upload.of(file, file.name)
