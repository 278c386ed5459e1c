import io

import pytest
from streamlit.testing.v1 import AppTest

from a2q.experiments.bundle.file import read_bundle
from a2q.experiments.store import RunStore
from a2q_studio.pages.train.bundles import _zipped
from a2q_studio.samples import SAMPLES

pytestmark = pytest.mark.usefixtures("confined_here")


def page() -> None:
    import streamlit as st

    from a2q_studio.pages.train import bundles
    from a2q_studio.ui.run_store import open_store

    st.session_state.setdefault("bundles", True)
    bundles.runs_as_files(open_store())


def said(app: AppTest) -> list[str]:
    return [element.value for kind in (app.success, app.error, app.caption) for element in kind]


def test_a_run_is_brought_in_and_taken_along_unchanged(store: RunStore) -> None:
    sample = SAMPLES["gin-fp32"]
    app = AppTest.from_function(page).run()
    assert said(app) == ["There is no ended run to take along yet."]
    app.file_uploader(key="bundle-upload").upload("run.zip", sample.file.read_bytes(), "application/zip").run()
    assert not app.exception
    assert said(app)[0].startswith(f"Run {sample.run_id} is in the list of runs:")
    assert [run.id for run in store.list()] == [sample.run_id]
    assert read_bundle(io.BytesIO(_zipped(store, sample.run_id))).run == store.get(sample.run_id)


def test_a_file_that_is_no_run_is_one_sentence(store: RunStore) -> None:
    app = AppTest.from_function(page).run()
    app.file_uploader(key="bundle-upload").upload("run.zip", b"no archive", "application/zip").run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        "This file is damaged or no .zip that A²Q Studio exported; export the run again."
    ]
    assert not store.list()


def test_a_read_only_server_takes_nothing_in(runs_here, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_READONLY", "1")
    app = AppTest.from_function(page).run()
    assert not app.file_uploader
    assert app.selectbox(key="bundle-run").options
