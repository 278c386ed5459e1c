import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from a2q.datasets import DatasetConfig
from a2q.experiments.logs import log_path
from a2q.experiments.presets import preset
from a2q.experiments.process import identify, this_host
from a2q.experiments.results import result
from a2q.experiments.store import DamagedRunError, Run, RunError, RunStore, State, UnknownRunError
from a2q.training import EpochMetrics

ELSEWHERE = replace(identify(), host="elsewhere")
ENDED = (State.FINISHED, State.FAILED, State.CANCELLED, State.INTERRUPTED)


def epoch(number: int) -> EpochMetrics:
    return EpochMetrics(number, 0.5, 0.1, 0.9, 0.8, 0.7, 0.6, 3.25, [[0, 1, 2, *[0] * 6], [3, *[0] * 8]], 0.004)


@pytest.fixture
def in_state(store: RunStore, small) -> Callable[[State], Run]:
    def make(state: State) -> Run:
        run = store.submit(small())
        if state != State.QUEUED:
            assert store.claim(run.id, this_host(), 0)
            assert store.assign_process(run.id, identify(), heartbeat=time.time() + 1)
        if state == State.FINISHED:
            assert store.finish(run.id, {"metric": "accuracy", "test_score": 0.8})
        elif state in ENDED:
            assert store.close_run(run.id, state, reason="Because.")
        return store.get(run.id)

    return make


def test_submitted_runs_wait(store: RunStore, small) -> None:
    before = time.time()
    run = store.submit(small("seed=3"))
    assert run.state == State.QUEUED
    assert run.is_active
    assert before <= run.created <= time.time()
    assert (run.started, run.ended, run.process, run.summary) == (None, None, None, None)
    assert run.config == small("seed=3")
    assert run.title == "generated-citations · gcn · a2q · seed 3"
    assert store.get(run.id[:8]) == run


@pytest.mark.parametrize(
    ("dataset", "fold", "title"),
    [
        (DatasetConfig(name="mutag", fold=3), 3, "mutag fold 3 · gin · uniform · seed 0"),
        (DatasetConfig(name="mutag"), 0, "mutag fold 0 · gin · uniform · seed 0"),
        (DatasetConfig(name="zinc"), None, "zinc · gcn · uniform · seed 0"),
    ],
    ids=lambda value: str(value),
)
def test_runs_on_other_folds_have_other_names(
    store: RunStore, dataset: DatasetConfig, fold: int | None, title: str
) -> None:
    run = store.submit(preset("uniform", dataset))
    assert (run.title, run.fold, result(run)["fold"]) == (title, fold, fold)


def test_one_way_through_the_states(store: RunStore, in_state) -> None:
    run = in_state(State.QUEUED)
    assert store.claim(run.id, this_host(), 0)
    assert not store.claim(run.id, this_host(), 1)
    assert store.get(run.id).started is not None
    assert store.assign_process(run.id, identify(), versions={"torch": "2"})
    assert store.get(run.id).process == identify()
    assert store.note(run.id, stage="Training", progress=0.5)
    assert store.finish(run.id, {"metric": "accuracy", "test_score": 0.8})
    run = store.get(run.id)
    assert (run.state, run.progress, run.stage) == (State.FINISHED, 1.0, "Finished")
    assert run.summary == {"metric": "accuracy", "test_score": 0.8}
    assert run.ended is not None
    assert store.taken_slots(this_host()) == set()


@pytest.mark.parametrize("state", ENDED)
def test_an_ended_run_does_not_end_again(store: RunStore, in_state, state: State) -> None:
    run = in_state(state)
    assert not store.finish(run.id, {})
    assert not store.close_run(run.id, State.FAILED)
    assert not store.note(run.id, stage="No")
    assert not store.assign_process(run.id, identify())
    assert not store.claim(run.id, this_host(), 0)
    with pytest.raises(RunError, match=f"Run {run.id} is {state} already; only active runs can be cancelled"):
        store.cancel(run.id)
    assert store.get(run.id) == run


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.FINISHED])
def test_what_cannot_be_resumed(store: RunStore, in_state, state: State) -> None:
    run = in_state(state)
    with pytest.raises(RunError, match=f"Run {run.id} is {state}; only interrupted, cancelled or failed runs"):
        store.requeue(run.id)
    assert store.get(run.id) == run


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED, State.INTERRUPTED])
def test_what_can_be_resumed_starts_afresh(store: RunStore, in_state, state: State) -> None:
    run = store.requeue(in_state(state).id)
    assert run.state == State.QUEUED
    assert (run.reason, run.log, run.ended, run.heartbeat, run.process) == ("", "", None, None, None)
    assert not run.cancel_requested
    assert store.taken_slots(this_host()) == set()
    assert store.mark_submitted(run.id, "dask", 60)
    first = run.started
    assert store.claim(run.id, "elsewhere", 0)
    assert store.assign_process(run.id, ELSEWHERE)
    run = store.get(run.id)
    assert run.process == ELSEWHERE
    assert run.started is not None and first is not None
    assert run.started > first
    assert run.heartbeat == run.started


def test_an_end_can_only_be_told_by_the_process_that_has_the_run(store: RunStore, in_state) -> None:
    run = in_state(State.RUNNING)
    for other in (ELSEWHERE, replace(identify(), pid=1), replace(identify(), started=1.0)):
        assert not store.assign_process(run.id, other)
        assert not store.note(run.id, by=other, stage="No")
        assert not store.finish(run.id, {}, by=other)
        assert not store.close_run(run.id, State.FAILED, by=other)
    assert store.get(run.id) == run
    assert store.note(run.id, by=identify(), stage="Yes")
    assert store.finish(run.id, {}, by=identify())


def test_cancel_ends_a_queued_run_at_once(store: RunStore, in_state) -> None:
    run = store.cancel(in_state(State.QUEUED).id)
    assert (run.state, run.reason) == (State.CANCELLED, "Cancelled before it started.")
    assert run.ended is not None


def test_cancel_ends_a_run_whose_worker_is_not_up_at_once(store: RunStore, small) -> None:
    run = store.submit(small())
    store.claim(run.id, this_host(), 0)
    store.assign_process(run.id, identify())
    assert store.cancel(run.id).state == State.CANCELLED
    assert store.taken_slots(this_host()) == set()
    assert not store.assign_process(run.id, identify(), heartbeat=time.time())


@pytest.mark.parametrize(("asked", "state"), [(True, State.CANCELLED), (False, State.INTERRUPTED)])
def test_an_interruption_after_a_request_to_end_is_a_cancellation(
    store: RunStore, in_state, asked: bool, state: State
) -> None:
    run_id = in_state(State.RUNNING).id
    if asked:
        store.cancel(run_id)
    assert store.close_run(run_id, State.INTERRUPTED)
    assert store.get(run_id).state == state


def test_cancel_asks_a_running_run(store: RunStore, in_state) -> None:
    run = store.cancel(in_state(State.RUNNING).id)
    assert run.state == State.RUNNING
    assert run.cancel_requested
    assert store.cancel(run.id) == run


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """Do all tasks in threads of their own, starting together."""
    gate = threading.Barrier(len(tasks))
    results: list[object] = [None] * len(tasks)

    def do(position: int) -> None:
        gate.wait()
        try:
            results[position] = tasks[position]()
        except Exception as error:
            results[position] = error

    threads = [threading.Thread(target=do, args=(position,)) for position in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_many_that_claim_a_run_one_gets_it(store: RunStore, small) -> None:
    run = store.submit(small())
    claims = at_once(*(lambda slot=slot: store.claim(run.id, this_host(), slot) for slot in range(16)))
    assert sorted(claims) == [False] * 15 + [True]


def test_of_many_runs_one_gets_a_slot(store: RunStore, small) -> None:
    runs = [store.submit(small(f"seed={seed}")) for seed in range(8)]
    claims = at_once(*(lambda run=run: store.claim(run.id, this_host(), 0) for run in runs))
    assert sorted(claims) == [False] * 7 + [True]
    assert store.taken_slots(this_host()) == {0}
    assert len(store.queue()) == 7
    waiting = store.queue()
    assert store.claim(waiting[0].id, "elsewhere", 0)
    assert store.claim(waiting[1].id, this_host(), None)
    assert store.claim(waiting[2].id, this_host(), None)


def test_many_write_at_once(store: RunStore, in_state) -> None:
    run = in_state(State.RUNNING)

    def write(number: int) -> None:
        with RunStore() as own:
            for step in range(10):
                own.put(run.id, {f"array{number}": np.full(500, step)})
                own.add_epochs(run.id, [epoch(number * 100 + step + 1)])
                own.note(run.id, progress=step / 10)

    assert at_once(*(lambda number=number: write(number) for number in range(6))) == [None] * 6
    assert len(store.epochs(run.id)) == 60
    assert all((array == 9).all() for array in store.arrays(run.id).values())


def test_the_same_settings_are_found_again(store: RunStore, small, in_state) -> None:
    assert store.find(small()) is None
    for state in (State.FAILED, State.CANCELLED, State.INTERRUPTED):
        in_state(state)
    assert store.find(small()) is None
    finished = in_state(State.FINISHED)
    assert store.find(small()) == finished
    assert store.find(small("seed=1")) is None
    assert store.find(small("training.lr=0.02")) is None
    queued = in_state(State.QUEUED)
    assert store.find(small()) == queued


def test_lists(store: RunStore, small) -> None:
    ids = [store.submit(small(f"seed={seed}")).id for seed in range(4)]
    store.cancel(ids[1])
    assert [run.id for run in store.list()] == ids[::-1]
    assert [run.id for run in store.list(limit=2)] == ids[:1:-1]
    assert [run.id for run in store.list(states=(State.CANCELLED,))] == [ids[1]]
    assert [run.id for run in store.queue()] == [ids[0], ids[2], ids[3]]


def test_ids_that_do_not_fit(store: RunStore, small) -> None:
    for start in ("", "zzz", "%", "_"):
        with pytest.raises(UnknownRunError, match="No run starts with"):
            store.get(start)
    firsts: set[str] = set()
    while (run := store.submit(small())).id[0] not in firsts:
        firsts.add(run.id[0])
    with pytest.raises(UnknownRunError, match="Several runs start with"):
        store.get(run.id[0])


def test_history(store: RunStore, in_state) -> None:
    run, other = in_state(State.QUEUED), in_state(State.QUEUED)
    store.add_epochs(run.id, [epoch(2), epoch(1)])
    store.add_epochs(run.id, [epoch(3)])
    store.add_epochs(other.id, [epoch(9)])
    assert store.epochs(run.id) == [epoch(1), epoch(2), epoch(3)]
    assert store.epochs(run.id, after=1) == [epoch(2), epoch(3)]
    assert store.epochs(run.id, after=3) == []


def test_arrays(store: RunStore, in_state) -> None:
    run = in_state(State.QUEUED)
    bits = np.arange(5, dtype=np.uint8)
    for number in (1, 8, 3):
        store.put(run.id, {"layer1/bits": bits + number}, epoch=number)
    store.put(run.id, {"layer1/bits": bits, "correct": bits > 2})
    store.put(run.id, {"correct": bits > 3})
    store.put_payloads(run.id, {"checkpoint": b"no array"})
    assert store.array(run.id, "nothing") is None
    np.testing.assert_array_equal(store.array(run.id, "layer1/bits", 8), bits + 8)
    arrays = store.arrays(run.id)
    assert sorted(arrays) == ["correct", "layer1/bits"]
    np.testing.assert_array_equal(arrays["correct"], bits > 3)
    assert list(store.snapshots(run.id, "layer1/bits")) == [1, 3, 8]
    assert store.payload(run.id, "checkpoint") == b"no array"
    with pytest.raises(DamagedRunError, match=f"^The array checkpoint of run {run.id} cannot be read: it is damaged"):
        store.array(run.id, "checkpoint")


@pytest.mark.parametrize(
    ("column", "value"), [("bit_counts", "{{{"), ("bit_counts", "[[1, 2]]"), ("bit_counts", "7"), ("loss", "much")]
)
def test_a_damaged_epoch_is_told(store: RunStore, in_state, column: str, value: str) -> None:
    good, odd = in_state(State.FINISHED), in_state(State.FINISHED)
    epochs = [EpochMetrics(epoch, 0.5, 0, 0.5, 0.5, 0.5, 0.5, 4.0, [[0] * 9], 0.1) for epoch in (1, 2)]
    for run in (good, odd):
        store.add_epochs(run.id, epochs)
    engine = create_engine(store.url)
    with engine.begin() as connection:
        change = text(f"UPDATE epochs SET {column} = :value WHERE run_id = :id AND epoch = 2")
        connection.execute(change, {"value": value, "id": odd.id})
    engine.dispose()
    with pytest.raises(DamagedRunError, match=f"^The history of run {odd.id} cannot be read: it is damaged; delete"):
        store.epochs(odd.id)
    assert store.epochs(good.id) == epochs


def test_what_lies_beyond_a_checkpoint_is_forgotten(store: RunStore, in_state) -> None:
    run, other = in_state(State.QUEUED), in_state(State.QUEUED)
    for each in (run, other):
        store.add_epochs(each.id, [epoch(number) for number in range(1, 6)])
        for number in (0, 3, 4):
            store.put(each.id, {"bits": np.zeros(2)}, epoch=number)
    store.forget_epochs(run.id, after=3)
    assert [metrics.epoch for metrics in store.epochs(run.id)] == [1, 2, 3]
    assert list(store.snapshots(run.id, "bits")) == [3]
    assert store.array(run.id, "bits") is not None
    assert len(store.epochs(other.id)) == 5


def test_delete_removes_everything(store: RunStore, in_state, cache_home: Path) -> None:
    run, other = in_state(State.FINISHED), in_state(State.CANCELLED)
    for each in (run, other):
        store.add_epochs(each.id, [epoch(1)])
        store.put(each.id, {"bits": np.zeros(2)})
        log_path(each.id).parent.mkdir(parents=True, exist_ok=True)
        log_path(each.id).write_text("said")
    store.delete(run.id)
    with pytest.raises(UnknownRunError):
        store.get(run.id)
    engine = create_engine(store.url)
    with engine.connect() as connection:
        for table in ("epochs", "arrays"):
            owners = connection.execute(text(f"SELECT DISTINCT run_id FROM {table}")).scalars().all()
            assert owners == [other.id]
    engine.dispose()
    assert not log_path(run.id).exists()
    assert log_path(other.id).exists()
    with pytest.raises(UnknownRunError, match="There is no run"):
        store.delete(run.id)


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_active_runs_are_not_deleted(store: RunStore, in_state, state: State) -> None:
    run = in_state(state)
    with pytest.raises(RunError, match="still active; cancel it before deleting"):
        store.delete(run.id)
    assert store.get(run.id) == run


def test_a_run_of_another_version_is_left_out_and_can_be_deleted(
    store: RunStore, in_state, caplog: pytest.LogCaptureFixture
) -> None:
    good, odd = in_state(State.QUEUED), in_state(State.QUEUED)
    engine = create_engine(store.url)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE runs SET config = :config WHERE id = :id"),
            {"config": '{"schema_version": 99}', "id": odd.id},
        )
    engine.dispose()
    with caplog.at_level(logging.WARNING):
        assert store.list() == [good]
    assert f"Run {odd.id} cannot be read: schema version is 99" in caplog.text
    assert store.queue() == [good]
    with pytest.raises(RunError, match="cannot be read"):
        store.get(odd.id)
    with engine.begin() as connection:
        connection.execute(text("UPDATE runs SET state = 'failed' WHERE id = :id"), {"id": odd.id})
    engine.dispose()
    store.delete(store.resolve(odd.id[:10]))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("config", "{{{"),
        ("config", "[" * 100_000),
        ("config", '{"dataset": {"name": "own-gone-0123abcd"}}'),
        ("state", "asleep"),
        ("created", 1e11),
        ("created", "yesterday"),
        ("progress", -1),
        ("versions", "{{{"),
        ("summary", "{{{"),
    ],
)
@pytest.mark.parametrize("state", [State.RUNNING, State.FINISHED])
def test_a_damaged_row_is_no_fault_of_others(
    store: RunStore, in_state, state: State, column: str, value: str | float
) -> None:
    good, odd = in_state(State.FINISHED), in_state(state)
    engine = create_engine(store.url)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE runs SET {column} = :value WHERE id = :id"), {"value": value, "id": odd.id})
    engine.dispose()
    assert store.list() == [good]
    (unreadable,) = store.newest()[1]
    assert unreadable.id == odd.id
    assert unreadable.why.startswith(f"Run {odd.id} cannot be read: ")
    assert len(unreadable.why) <= 300
    store.delete(odd.id)
    assert store.newest()[1] == []
    assert store.list() == [good]


@pytest.fixture
def graph_is_gone(store: RunStore) -> Callable[[str], None]:
    """Let a run be on an own graph whose folder was removed."""

    def change(run_id: str) -> None:
        dataset = {"name": "own-0123456789ab", "nodes": None, "graph_seed": None, "fold": None}
        config = store.get(run_id).config.model_dump(mode="json") | {"dataset": dataset}
        engine = create_engine(store.url)
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE runs SET config = :config WHERE id = :id"), {"config": json.dumps(config), "id": run_id}
            )
        engine.dispose()

    return change


@pytest.mark.parametrize("state", list(State))
def test_a_run_whose_graph_is_gone_is_read_and_ended_as_any_other(
    store: RunStore, in_state, state: State, graph_is_gone: Callable[[str], None]
) -> None:
    run_id = in_state(state).id
    graph_is_gone(run_id)
    run = store.get(run_id)
    assert store.list() == [run]
    assert (run.state, run.config.dataset.name, run.card, run.fold, run.metric) == (
        state,
        "own-0123456789ab",
        None,
        None,
        "accuracy",
    )
    assert result(run)["dataset"] == "own-0123456789ab"
    if run.is_active:
        store.cancel(run_id)
        assert store.release(run_id, "Released.") == (state == State.RUNNING)
    assert store.taken_slots(this_host()) == set()
    store.delete(run_id)
    assert store.newest() == ([], [])


def test_a_handed_over_run_is_not_handed_over_again_soon(
    store: RunStore, in_state, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = in_state(State.QUEUED)
    assert store.mark_submitted(run.id, "dask a", again_after=60)
    assert not store.mark_submitted(run.id, "dask a", again_after=60)
    assert store.mark_submitted(run.id, "dask a", again_after=-1)
    assert store.withdraw(run.id)
    assert store.mark_submitted(run.id, "dask b", again_after=60)
    with monkeypatch.context() as patch:
        earlier = time.time() - 3_600
        patch.setattr(time, "time", lambda: earlier)
        assert store.mark_submitted(run.id, "dask b", again_after=60), "the clock was set back since"
    store.cancel(run.id)
    assert not store.mark_submitted(run.id, "dask b", again_after=-1)


def test_a_row_of_results_has_no_numbers_before_the_end(store: RunStore, in_state) -> None:
    row = result(in_state(State.QUEUED))
    assert (row["state"], row["seed"], row["test_accuracy"]) == ("queued", 0, None)
    assert result(in_state(State.FINISHED))["test_accuracy"] == 0.8
