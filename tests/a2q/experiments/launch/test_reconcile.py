import time
from dataclasses import replace

import pytest

from a2q.experiments.launch import reconcile as module
from a2q.experiments.launch.reconcile import SILENT_SECONDS, START_SECONDS, reconcile
from a2q.experiments.logs import log_path
from a2q.experiments.process import ProcessIdentity, identify, this_host
from a2q.experiments.store import RunStore, State

DEAD = replace(identify(), started=1.0)


@pytest.fixture
def working(store: RunStore, small):
    """A running run of the given process, last heard of some seconds ago."""

    def make(process: ProcessIdentity | None, silent: float = 0.0) -> str:
        run = store.submit(small())
        assert store.claim(run.id, process.host if process else this_host(), 0)
        if process:
            assert store.assign_process(run.id, process)
        assert store.note(run.id, heartbeat=time.time() - silent)
        return run.id

    return make


def test_a_living_worker_here_is_left_alone_however_silent(store: RunStore, working) -> None:
    run_id = working(identify(), silent=10 * SILENT_SECONDS)
    assert reconcile(store) == []
    assert store.get(run_id).state == State.RUNNING


def test_a_dead_worker_here_is_lost_with_the_reason_and_its_last_words(store: RunStore, working) -> None:
    run_id = working(DEAD)
    log_path(run_id).parent.mkdir(parents=True)
    log_path(run_id).write_text("x" * 9_000 + "Killed")
    (lost,) = reconcile(store)
    assert lost == store.get(run_id)
    assert lost.state == State.INTERRUPTED
    assert lost.is_resumable
    assert f"process {DEAD.pid} ended without a word" in lost.reason
    assert "resume the run" in lost.reason
    assert lost.log.endswith("Killed")
    assert len(lost.log) == 4_000
    assert store.taken_slots(this_host()) == set()
    assert reconcile(store) == []


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (
            "Traceback (most recent call last):\n(sqlite3.OperationalError) database or disk is full\n[SQL: …]",
            "is full",
        ),
        ("Traceback (most recent call last):\n(sqlite3.OperationalError) database is locked\n[SQL: …]", "was locked"),
        ("The run store did not answer: database is locked\nKilled", "ended without a word"),
    ],
    ids=["full", "locked", "locked for a while"],
)
def test_the_reason_is_what_ended_the_worker(store: RunStore, working, log: str, told: str) -> None:
    run_id = working(DEAD)
    log_path(run_id).parent.mkdir(parents=True)
    log_path(run_id).write_text(log)
    (lost,) = reconcile(store)
    assert told in lost.reason
    assert "esume the run to go on" in lost.reason


def test_a_worker_elsewhere_is_judged_by_its_heartbeat(store: RunStore, working) -> None:
    elsewhere = ProcessIdentity("elsewhere", 1, 1.0)
    run_id = working(elsewhere, silent=SILENT_SECONDS / 2)
    assert reconcile(store) == []
    store.note(run_id, heartbeat=time.time() - SILENT_SECONDS - 1)
    (lost,) = reconcile(store)
    assert lost.state == State.INTERRUPTED
    assert "elsewhere has been silent for 31 seconds" in lost.reason


def test_a_worker_that_did_not_start(store: RunStore, working) -> None:
    run_id = working(None, silent=START_SECONDS / 2)
    assert reconcile(store) == []
    store.note(run_id, heartbeat=time.time() - START_SECONDS - 1)
    (lost,) = reconcile(store)
    assert (lost.id, lost.state) == (run_id, State.INTERRUPTED)
    assert "did not start" in lost.reason


def test_a_worker_that_was_asked_to_end_and_is_gone_is_cancelled(store: RunStore, working) -> None:
    run_id = working(DEAD, silent=1)
    store.cancel(run_id)
    assert [run.state for run in reconcile(store)] == [State.CANCELLED]


def test_queued_and_ended_runs_are_left_alone(store: RunStore, small) -> None:
    queued, cancelled = store.submit(small()), store.submit(small())
    store.cancel(cancelled.id)
    assert reconcile(store) == []
    assert store.get(queued.id).state == State.QUEUED


def test_a_run_taken_up_again_between_look_and_mark_is_not_touched(
    store: RunStore, working, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = working(DEAD, silent=1)

    def meanwhile(_: str) -> str:
        if store.close_run(run_id, State.INTERRUPTED):
            store.requeue(run_id)
            store.claim(run_id, this_host(), 0)
            store.assign_process(run_id, identify())
        return ""

    monkeypatch.setattr(module, "log_tail", meanwhile)
    assert reconcile(store) == []
    assert store.get(run_id).state == State.RUNNING
    assert store.get(run_id).process == identify()
