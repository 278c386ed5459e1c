import os
from types import SimpleNamespace
from typing import IO

import pytest

from a2q.experiments.launch import dispatch, local
from a2q.experiments.launch.local import claim_slot, slots, start_process, start_queued
from a2q.experiments.logs import ANEW, log_path
from a2q.experiments.process import identify, this_host
from a2q.experiments.store import RunError, RunStore, State


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of runs that got a process; none is started in truth."""
    ids: list[str] = []
    monkeypatch.setattr(local, "start_process", lambda _store, run_id: ids.append(run_id))
    return ids


def test_all_cores_but_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A2Q_WORKERS", raising=False)
    for cores, expected in ((8, 7), (2, 1), (1, 1), (None, 1)):
        monkeypatch.setattr(local.os, "cpu_count", lambda cores=cores: cores)
        assert slots() == expected
    monkeypatch.setenv("A2Q_WORKERS", "5")
    assert slots() == 5


@pytest.mark.parametrize("given", ["0", "-1", "many", "1.5", "", "²"])
def test_a_malformed_number_of_workers(
    given: str, store: RunStore, small, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2Q_WORKERS", given)
    store.submit(small())
    with pytest.raises(RunError, match=f"A2Q_WORKERS is {given!r}; it must be a whole number of 1 or more"):
        dispatch(store)
    assert len(store.queue()) == 1
    assert started == []


def test_oldest_first_while_slots_are_free(
    store: RunStore, small, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2Q_WORKERS", "2")
    ids = [store.submit(small(f"seed={seed}")).id for seed in range(4)]
    start_queued(store)
    start_queued(store)
    assert started == ids[:2]
    assert store.taken_slots(this_host()) == {0, 1}
    store.close_run(ids[0], State.FAILED)
    start_queued(store)
    assert started == ids[:3]
    assert store.taken_slots(this_host()) == {0, 1}


def test_a_run_that_somebody_else_took_does_not_stop_the_queue(
    store: RunStore, small, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [store.submit(small(f"seed={seed}")).id for seed in range(2)]
    queue = store.queue()
    monkeypatch.setattr(store, "queue", lambda: queue)
    store.claim(ids[0], "elsewhere", 0)
    start_queued(store)
    assert started == ids[1:]


def test_nothing_is_read_or_claimed_where_no_slot_is_free(
    store: RunStore, small, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2Q_WORKERS", "1")
    first, second = (store.submit(small(f"seed={seed}")).id for seed in range(2))
    assert claim_slot(store, first)
    assert not claim_slot(store, second)
    monkeypatch.setattr(store, "queue", lambda: pytest.fail("read the queue"))
    start_queued(store)
    assert started == []


def test_a_process_that_cannot_be_started_does_not_leave_the_run_running(
    store: RunStore, small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(local, "subprocess", SimpleNamespace(Popen=fail, DEVNULL=-3))
    run_id = store.submit(small()).id
    with pytest.raises(RunError, match=r"could not be started .*temporarily unavailable"):
        dispatch(store)
    assert store.get(run_id).state == State.INTERRUPTED
    assert "resume the run" in store.get(run_id).reason
    assert store.taken_slots(this_host()) == set()


def test_logs_of_a_run_taken_up_again_are_told_apart(store: RunStore, small, monkeypatch: pytest.MonkeyPatch) -> None:
    def say(*_: object, stdout: IO[bytes], **__: object) -> SimpleNamespace:
        stdout.write(b"said\n")
        return SimpleNamespace(pid=os.getpid(), wait=lambda: None)

    monkeypatch.setattr(local, "subprocess", SimpleNamespace(Popen=say, DEVNULL=-3))
    run_id = store.submit(small()).id
    for _ in range(2):
        start_process(store, run_id)
    assert log_path(run_id).read_text() == f"said\n{ANEW}said\n"


def test_a_worker_finds_this_store_and_code_from_anywhere(store: RunStore) -> None:
    environment = local.worker_environment(store)
    assert environment["A2Q_DATABASE_URL"] == store.url
    assert environment["OMP_NUM_THREADS"] == "1"


def test_the_run_knows_its_process(store: RunStore, small, forks: SimpleNamespace, training) -> None:
    run_id = store.submit(small("training.epochs=10000")).id
    assert claim_slot(store, run_id)
    process = start_process(store, run_id)
    assert store.get(run_id).process == identify(process.pid)
    training(run_id)
    assert store.get(run_id).process == identify(process.pid)
