import time
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from a2q.experiments.launch import dispatch
from a2q.experiments.lifeline import Lifeline, Stop
from a2q.experiments.process import identify, this_host
from a2q.experiments.store import RunStore, State


@pytest.fixture
def run_id(store: RunStore, small) -> str:
    run = store.submit(small())
    store.claim(run.id, this_host(), 0)
    store.assign_process(run.id, identify(), heartbeat=time.time() - 100)
    return run.id


def test_beats_and_tells_the_progress(store: RunStore, run_id: str, wait) -> None:
    with Lifeline(store, run_id, identify()) as lifeline:
        lifeline.check()
        lifeline.progress = (0.5, "Half way")
        wait(lambda: store.get(run_id).stage == "Half way")
        first = store.get(run_id)
        assert first.progress == 0.5
        assert time.time() - (first.heartbeat or 0) < 60
        wait(lambda: (store.get(run_id).heartbeat or 0) > (first.heartbeat or 0))
    assert not lifeline._thread.is_alive()


def test_a_cancel_request_reaches_the_work(store: RunStore, run_id: str, wait) -> None:
    def work(lifeline: Lifeline) -> None:
        while True:
            lifeline.check()
            time.sleep(0.01)

    with pytest.raises(Stop) as caught, Lifeline(store, run_id, identify()) as lifeline:
        store.cancel(run_id)
        work(lifeline)
    assert caught.value.state == State.CANCELLED
    assert "resume the run" in caught.value.reason


def test_the_first_wish_counts(store: RunStore, run_id: str) -> None:
    lifeline = Lifeline(store, run_id, identify())
    lifeline.stop(State.INTERRUPTED)
    lifeline.stop(State.CANCELLED)
    with pytest.raises(Stop) as caught:
        lifeline.check()
    assert caught.value.state == State.INTERRUPTED


def test_a_worker_that_lost_its_run_ends(store: RunStore, run_id: str, wait) -> None:
    store.close_run(run_id, State.INTERRUPTED)
    lifeline = Lifeline(store, run_id, identify())
    with pytest.raises(Stop), lifeline:
        wait(lambda: lifeline.check())


def test_a_store_that_does_not_answer_for_a_while(
    store: RunStore, run_id: str, wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, faults = store.note, [1, 2]

    def sometimes(*given: object, **details: object) -> bool:
        if faults:
            faults.pop()
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return note(*given, **details)

    monkeypatch.setattr(store, "note", sometimes)
    with Lifeline(store, run_id, identify()) as lifeline:
        lifeline.progress = (0.7, "Going on")
        wait(lambda: store.get(run_id).stage == "Going on")


def test_stuck_work_is_ended_and_the_next_run_started(
    store: RunStore, small, forks: SimpleNamespace, wait, ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2Q_WORKERS", "1")
    forks.stuck = True
    stuck, following = (store.submit(small(f"seed={seed}")).id for seed in range(2))
    dispatch(store)
    # The source is noted right before training.
    wait(lambda: store.get(stuck).source)
    process = store.get(stuck).process
    store.cancel(stuck)
    run = ended(stuck)
    assert run.state == State.CANCELLED
    assert "resume" in run.reason
    assert process is not None
    wait(lambda: not process.is_alive)
    # Nobody but the stuck worker has dispatched.
    assert store.get(following).state == State.RUNNING
    assert store.get(following).process is not None
    store.cancel(following)
