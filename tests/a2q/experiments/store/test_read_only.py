import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from a2q.experiments.backup import back_up
from a2q.experiments.launch import dispatch
from a2q.experiments.launch.reconcile import reconcile
from a2q.experiments.process import identify, this_host
from a2q.experiments.store import RunStore, State
from a2q.experiments.store.read_only import ReadOnlyError
from a2q.training import EpochMetrics


def test_a_read_only_store_reads_and_refuses_every_change(store, small) -> None:
    run_id = store.submit(small()).id
    with RunStore(store.url, read_only=True) as shown:
        assert shown.get(run_id) == store.get(run_id)
        assert [run.id for run in shown.list()] == [run_id]
        for change in (
            lambda: shown.submit(small()),
            lambda: shown.cancel(run_id),
            lambda: shown.delete(run_id),
            lambda: shown.claim(run_id, "here", 0),
            lambda: shown.put(run_id, {"in_degree": np.zeros(3)}),
            lambda: shown.forget_epochs(run_id, after=0),
            lambda: shown.annotations.change(run_id, note="seen"),
            lambda: shown.selections.save(run_id, "hubs", [1, 2]),
            lambda: shown.selections.delete(run_id, "0" * 12),
        ):
            with pytest.raises(ReadOnlyError, match="A2Q_READONLY"):
                change()
    assert [run.id for run in store.list()] == [run_id]
    store.cancel(run_id)
    assert not store.get(run_id).is_active, "another store on the same database still writes"


@pytest.fixture
def not_writable(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the store's file and folder be as on a read-only file system: for root, nothing else is."""
    access = os.access

    def asked(path: Path, mode: int) -> bool:
        return access(path, mode) and not (mode == os.W_OK and Path(path) in (cache_home, cache_home / "runs.sqlite"))

    monkeypatch.setattr(os, "access", asked)


@pytest.mark.parametrize("with_log", [True, False])
def test_a_file_that_cannot_be_written_is_read_whole_and_not_touched(
    store: RunStore, small, cache_home: Path, tmp_path: Path, not_writable: None, with_log: bool
) -> None:
    run_id = store.submit(small()).id
    store.add_epochs(run_id, [EpochMetrics(1, 0.5, 0.1, 0.9, 0.8, 0.7, 0.6, 3.25, [[1] * 9], 0.004)])
    if not with_log:
        # The last connection to close takes the log into the file.
        store.close()
    assert (cache_home / "runs.sqlite-wal").exists() == with_log
    before = {file.name: file.stat().st_mtime_ns for file in cache_home.iterdir() if not file.name.endswith("-shm")}
    with RunStore() as shown:
        assert shown.read_only
        assert [run.id for run in shown.list()] == [run_id]
        assert len(shown.epochs(run_id)) == 1
        dispatch(shown)
        assert shown.get(run_id).state == State.QUEUED
        with pytest.raises(ReadOnlyError, match=r"The run store at sqlite:.*runs.sqlite cannot be written here"):
            shown.cancel(run_id)
    assert back_up(tmp_path / "copy").runs == 1
    after = {file.name: file.stat().st_mtime_ns for file in cache_home.iterdir() if not file.name.endswith("-shm")}
    assert after == before


def test_a_file_that_gets_a_log_is_read_with_it_from_then_on(
    store: RunStore, small, cache_home: Path, not_writable: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store.submit(small()).id
    store.close()
    with RunStore() as shown:
        assert [run.id for run in shown.list()] == [first]
        second = store.submit(small()).id
        assert [run.id for run in shown.list()] == [second, first]


@pytest.mark.parametrize(("cancelled", "state"), [(False, State.INTERRUPTED), (True, State.CANCELLED)])
def test_a_run_whose_worker_is_gone_is_shown_as_ended_and_stays_as_it_is(
    store: RunStore, small, cancelled: bool, state: State
) -> None:
    run_id = store.submit(small()).id
    store.claim(run_id, this_host(), 0)
    store.assign_process(run_id, replace(identify(), started=1.0), heartbeat=1.0)
    if cancelled:
        store.cancel(run_id)
    alive = store.submit(small()).id
    store.claim(alive, this_host(), 1)
    store.assign_process(alive, identify(), heartbeat=1.0)
    with RunStore(read_only=True) as shown:
        assert reconcile(shown) == []
        assert (shown.get(run_id).state, shown.newest()[0][-1].state) == (state, state)
        assert "esume the run" in shown.get(run_id).reason
        assert [run.id for run in shown.list(states=(State.RUNNING,))] == [alive]
        assert len(shown.list()) == 2
    assert store.get(run_id).state == State.RUNNING
