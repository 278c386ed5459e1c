"""Runs as files on a page: take one along as a .zip, or bring one in."""

import io

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from a2q.experiments.bundle.bundle import bundle_of
from a2q.experiments.bundle.confined import take_in
from a2q.experiments.bundle.file import MOST_FILE_BYTES, write_bundle
from a2q.experiments.store import RunError, RunStore
from a2q_studio.ui.access import read_only
from a2q_studio.ui.literal import message

_TAKEN = "bundle_taken"


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
    # A page is drawn at every click; a file is taken in once.
    taken: tuple[str, str, bool] | None = st.session_state.get(_TAKEN)
    if taken is None or taken[0] != file.file_id:
        bar = st.progress(0.0, "Reading the run")
        try:
            run = take_in(store, file, file.name, lambda share, sentence: _show(bar, share, sentence))
            told, fault = f"Run {run.id} is in the list of runs: {run.title}.", False
        except RunError as error:
            told, fault = message(str(error)), True
        finally:
            bar.empty()
        taken = st.session_state[_TAKEN] = (file.file_id, told, fault)
    if taken[2]:
        st.error(taken[1], icon=":material/block:")
    else:
        st.success(taken[1], icon=":material/check_circle:")


def _show(bar: DeltaGenerator, share: float, sentence: str) -> None:
    bar.progress(share, sentence)


def _zipped(store: RunStore, run_id: str) -> bytes:
    file = io.BytesIO()
    write_bundle(bundle_of(store, store.get(run_id)), file)
    return file.getvalue()
