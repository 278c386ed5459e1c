import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from a2q.experiments.store import RunStore, State
from a2q.experiments.store import patience as module
from a2q.experiments.store.patience import patiently
from a2q.training import EpochMetrics


def fault(said: str) -> OperationalError:
    return OperationalError("UPDATE", {}, Exception(said))


COUNTS = [[0, 1, *[0] * 7]]


@pytest.fixture
def failing() -> Callable[..., Callable[[], str]]:
    """Something that raises these errors one after the other, then answers."""

    def make(*errors: Exception) -> Callable[[], str]:
        left = list(errors)

        def step() -> str:
            if left:
                raise left.pop(0)
            return "done"

        return step

    return make


def test_what_passes_is_waited_for(failing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.0)
    locked, away = fault("database is locked"), fault("the database system is starting up")
    assert patiently(failing(locked, away, locked), seconds=600.0) == "done"


@pytest.mark.parametrize(("said", "seconds"), [("no such table: runs", 600.0), ("database is locked", -1.0)])
def test_other_faults_and_those_that_last_are_told(failing, said: str, seconds: float) -> None:
    with pytest.raises(OperationalError, match=said):
        patiently(failing(fault(said)), seconds)


def test_a_worker_waits_for_a_locked_store_and_loses_nothing(
    small, cache_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.01)
    epochs = [EpochMetrics(number, 0.5, 0.1, 0.9, 0.8, 0.7, 0.6, 3.25, COUNTS, 0.004) for number in (1, 2)]
    with RunStore(lock_seconds=0.0, patience=600.0) as store:
        run_id = store.submit(small()).id
        other = sqlite3.connect(cache_home / "runs.sqlite", isolation_level=None, check_same_thread=False)
        waited = threading.Event()

        def unlock() -> None:
            waited.wait()
            other.execute("ROLLBACK")

        monkeypatch.setattr(module._log, "warning", lambda *_: waited.set())
        for change in (
            lambda: store.add_epochs(run_id, epochs),
            lambda: store.put_payloads(run_id, {"checkpoint": b"bytes"}),
            lambda: store.claim(run_id, "here", 0),
            lambda: store.note(run_id, stage="Training"),
            lambda: store.close_run(run_id, State.FAILED, reason="Because."),
        ):
            waited.clear()
            other.execute("BEGIN IMMEDIATE")
            thread = threading.Thread(target=unlock)
            thread.start()
            change()
            thread.join()
        other.close()
        assert store.epochs(run_id) == epochs
        assert store.payload(run_id, "checkpoint") == b"bytes"
        assert (store.get(run_id).state, store.get(run_id).stage) == (State.FAILED, "Training")


def test_epochs_that_a_server_kept_without_a_word_are_written_again(store: RunStore, small) -> None:
    run_id = store.submit(small()).id
    one, two = (EpochMetrics(number, 0.5, 0.1, 0.9, 0.8, 0.7, 0.6, 3.25, COUNTS, 0.004) for number in (1, 2))
    store.add_epochs(run_id, [one])
    store.add_epochs(run_id, [one, two])
    assert store.epochs(run_id) == [one, two]
