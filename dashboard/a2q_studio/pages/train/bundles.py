"""Runs as files on a page: take one along as a .zip, or bring one in."""

import io

import streamlit as st

from a2q.experiments.bundle.bundle import bundle_of, import_bundle
from a2q.experiments.bundle.file import MOST_FILE_BYTES, read_bundle, write_bundle
from a2q.experiments.store import RunError, RunStore
from a2q_studio.ui.access import read_only
from a2q_studio.ui.literal import message


def runs_as_files(store: RunStore) -> None:
    """A download of any ended run and, where this server may be changed, an upload; made when it is opened."""
    folded = st.expander("Runs as files", icon=":material/folder_zip:", key="bundles", on_change="rerun")
    if not folded.open:
        return
    with folded:
        _download(store)
        if not read_only():
            _upload(store)


def _download(store: RunStore) -> None:
    ended = {run.id: run for run in store.list(limit=200) if not run.is_active}
    if not ended:
        st.caption("There is no ended run to take along yet.")
        return
    chosen = st.selectbox(
        "Run to take along",
        list(ended),
        format_func=lambda run_id: f"{ended[run_id].title} · {run_id}",
        key="bundle-run",
        help="Settings, history, report, node arrays, snapshots and tensors; no checkpoint.",
    )
    st.download_button(
        "Download as .zip",
        lambda: _zipped(store, chosen),
        file_name=f"a2q-{chosen}.zip",
        mime="application/zip",
        icon=":material/download:",
        key="bundle-download",
    )


def _upload(store: RunStore) -> None:
    file = st.file_uploader(
        "Run to bring in (.zip)",
        type="zip",
        key="bundle-upload",
        max_upload_size=MOST_FILE_BYTES >> 20,
        help="A file that this page or `python -m a2q export` wrote. Nothing in it is executed.",
    )
    if file is None:
        return
    try:
        run = import_bundle(store, read_bundle(file))
    except RunError as error:
        st.error(message(str(error)), icon=":material/block:")
        return
    st.success(f"Run {run.id} is in the list of runs: {run.title}.", icon=":material/check_circle:")


def _zipped(store: RunStore, run_id: str) -> bytes:
    file = io.BytesIO()
    write_bundle(bundle_of(store, store.get(run_id)), file)
    return file.getvalue()
