import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text

from a2q.experiments.launch import reconcile as reconciling
from a2q.experiments.launch.reconcile import KILL_SECONDS, TERMINATE_SECONDS, reconcile, settle
from a2q.experiments.logs import ANEW, log_path
from a2q.experiments.process import ProcessIdentity, identify, this_host
from a2q.experiments.store import RunStore, State, loss, watch
from a2q.experiments.store.loss import CONFIRM_SECONDS, SILENT_SECONDS, START_SECONDS

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
        (f"Traceback (most recent call last):\ndatabase is locked\n{ANEW}Killed", "ended without a word"),
    ],
    ids=["full", "locked", "locked for a while", "locked before it was taken up again"],
)
def test_the_reason_is_what_ended_the_worker(store: RunStore, working, log: str, told: str) -> None:
    run_id = working(DEAD)
    log_path(run_id).parent.mkdir(parents=True)
    log_path(run_id).write_text(log)
    (lost,) = reconcile(store)
    assert told in lost.reason
    assert "esume the run to go on" in lost.reason


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time of day and the clock that nobody sets, as this process reads them; both stand still."""
    now = SimpleNamespace(day=time.time(), steady=time.monotonic())
    for module in (loss, watch, reconciling):
        fake = SimpleNamespace(time=lambda: now.day, monotonic=lambda: now.steady, sleep=lambda _: None)
        monkeypatch.setattr(module, "time", fake)
    return now


ELSEWHERE = ProcessIdentity("elsewhere", 1, 1.0)


def test_a_worker_elsewhere_is_gone_when_its_heartbeat_stays_as_it_is(
    store: RunStore, working, clocks: SimpleNamespace
) -> None:
    run_id = working(ELSEWHERE)
    reconcile(store)
    clocks.steady += SILENT_SECONDS - 1
    assert reconcile(store) == []
    clocks.steady += 2
    (lost,) = reconcile(store)
    assert (lost.id, lost.state) == (run_id, State.INTERRUPTED)
    assert "elsewhere has been silent for 31 seconds" in lost.reason


def test_a_heartbeat_long_ago_needs_a_second_look(store: RunStore, working, clocks: SimpleNamespace) -> None:
    working(ELSEWHERE, silent=SILENT_SECONDS + 12)
    assert reconcile(store) == []
    clocks.steady += CONFIRM_SECONDS + 1
    (lost,) = reconcile(store)
    assert "silent for 42 seconds" in lost.reason


@pytest.mark.parametrize("seconds", [-3600.0, -3.0, 3.0, 3600.0])
def test_a_clock_that_is_set_loses_no_living_worker(
    store: RunStore, working, clocks: SimpleNamespace, seconds: float
) -> None:
    """Neither where the worker's clock was set, nor where the one that looks has another."""
    run_id = working(ELSEWHERE)
    reconcile(store)
    clocks.day += seconds
    for _ in range(20):
        clocks.steady += 4.0
        clocks.day += 4.0
        assert reconcile(store) == []
        store.note(run_id, heartbeat=clocks.day - seconds)
    assert store.get(run_id).state == State.RUNNING


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0])
def test_a_dead_worker_elsewhere_is_found_by_any_clock(
    store: RunStore, working, clocks: SimpleNamespace, seconds: float
) -> None:
    working(ELSEWHERE)
    clocks.day += seconds
    assert reconcile(store) == []
    clocks.steady += SILENT_SECONDS + 1
    assert [run.state for run in reconcile(store)] == [State.INTERRUPTED]


def test_a_command_that_ends_at_once_looks_until_it_knows(
    store: RunStore, working, clocks: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, living = working(ELSEWHERE, silent=100), working(replace(ELSEWHERE, host="with another time"), silent=100)

    def sleep(seconds: float) -> None:
        clocks.steady += seconds
        store.note(living, heartbeat=(store.get(living).heartbeat or 0) + seconds)

    monkeypatch.setattr(reconciling.time, "sleep", sleep)
    settle(store)
    assert store.get(gone).state == State.INTERRUPTED
    assert store.get(living).state == State.RUNNING
    clocks.steady, before = 0.0, clocks.steady
    settle(store)
    assert clocks.steady < before, "one that beats is asked once"


def test_nobody_waits_where_no_worker_is_silent(
    store: RunStore, working, clocks: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    working(identify(), silent=100)
    working(ELSEWHERE, silent=1)
    monkeypatch.setattr(reconciling.time, "sleep", lambda _: pytest.fail("waited"))
    settle(store)


def test_a_worker_that_did_not_start(store: RunStore, working, clocks: SimpleNamespace) -> None:
    run_id = working(None)
    reconcile(store)
    clocks.steady += START_SECONDS - 1
    assert reconcile(store) == []
    clocks.steady += 2
    (lost,) = reconcile(store)
    assert (lost.id, lost.state) == (run_id, State.INTERRUPTED)
    assert "did not start" in lost.reason


@pytest.fixture
def stopped() -> Iterator[ProcessIdentity]:
    """A process of this machine that was stopped."""
    with subprocess.Popen(["sleep", "600"]) as child:
        os.kill(child.pid, signal.SIGSTOP)
        yield identify(child.pid)
        child.kill()


def test_a_stopped_worker_that_was_asked_to_end_is_told_then_killed(
    store: RunStore, working, clocks: SimpleNamespace, stopped: ProcessIdentity, wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    monkeypatch.setattr(ProcessIdentity, "terminate", lambda self: told.append(self))
    run_id = working(stopped)
    reconcile(store)
    clocks.steady += 1_000
    assert reconcile(store) == []
    store.cancel(run_id)
    for seconds, expected in ((0, []), (TERMINATE_SECONDS - 1, []), (2, [stopped])):
        clocks.steady += seconds
        assert reconcile(store) == []
        assert told == expected
    assert stopped.is_alive
    clocks.steady += KILL_SECONDS
    assert reconcile(store) == []
    wait(lambda: not stopped.is_alive)
    (lost,) = reconcile(store)
    assert lost.state == State.CANCELLED
    assert lost.reason == "Cancelled; the worker had to be ended. Resume the run to go on from its last checkpoint."
    assert store.taken_slots(this_host()) == set()


def test_a_worker_that_was_asked_to_end_and_is_gone_is_cancelled(store: RunStore, working) -> None:
    run_id = working(DEAD, silent=1)
    store.cancel(run_id)
    assert [run.state for run in reconcile(store)] == [State.CANCELLED]


@pytest.mark.parametrize(("process", "freed"), [(DEAD, True), (identify(), False), (ELSEWHERE, False)])
def test_a_run_that_cannot_be_read_holds_no_slot_without_its_worker(
    store: RunStore, working, process: ProcessIdentity, freed: bool
) -> None:
    run_id = working(process)
    engine = create_engine(store.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE runs SET config = '{{{'"))
    engine.dispose()
    assert reconcile(store) == []
    assert (store.taken_slots(process.host) == set()) == freed
    assert [run.id for run in store.newest()[1]] == [run_id]
    assert store.release(run_id, "Released.") != freed
    assert store.taken_slots(process.host) == set()


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

    monkeypatch.setattr(reconciling, "log_tail", meanwhile)
    assert reconcile(store) == []
    assert store.get(run_id).state == State.RUNNING
    assert store.get(run_id).process == identify()
