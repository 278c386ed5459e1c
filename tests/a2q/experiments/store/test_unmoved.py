"""Whether bits moved is told of runs whose summary does not say it, from the history of their best epoch."""

import json
import time
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from a2q.experiments.process import identify, this_host
from a2q.experiments.results import result
from a2q.experiments.store import Run, RunStore
from a2q.experiments.store.schema import EpochRow
from a2q.training import EpochMetrics

START = 2
UNMOVED, MOVED = [0, 0, 60, 0, 0, 0, 0, 0, 0], [0, 5, 50, 5, 0, 0, 0, 0, 0]


@pytest.fixture
def finish(store: RunStore, small):
    """Finish a run whose nodes have these bits at its epochs 1, 2, ….; the best is the second."""

    def done(*counts: list[int], average: float = START, **summary: Any) -> Run:
        run = store.submit(small(f"quantization.initial_bits={START}", f"seed={len(store.list())}"))
        store.claim(run.id, this_host(), None)
        store.assign_process(run.id, identify(), heartbeat=time.time())
        store.add_epochs(
            run.id,
            [
                EpochMetrics(epoch, 0.5, 0.0, 0.8, 0.8, 0.8, 0.5, average, [layer], 0.1)
                for epoch, layer in enumerate(counts, start=1)
            ],
        )
        store.finish(run.id, {"metric": "accuracy", "best_epoch": 2, "average_bits": average, **summary})
        return run

    return done


def _told(store: RunStore, run: Run) -> set[str | None]:
    """What all ways to look at a run say; they must agree."""
    listed = next(one for one in store.list() if one.id == run.id)
    newest = next(one for one in store.newest()[0] if one.id == run.id)
    return {result(one)["bits_unmoved"] for one in (store.get(run.id), listed, newest)}


def test_an_earlier_run_is_told_by_its_history(store: RunStore, finish) -> None:
    unmoved, moved, back = finish(MOVED, UNMOVED, MOVED), finish(UNMOVED, MOVED), finish(UNMOVED, UNMOVED, average=2.1)
    assert _told(store, unmoved) == {"bits equal their start: uniform INT2"}
    # As many nodes up as down, and an average that is another.
    assert _told(store, moved) == _told(store, back) == {None}


def test_a_summary_that_says_it_is_taken_at_its_word(store: RunStore, finish) -> None:
    assert _told(store, finish(MOVED, MOVED, unmoved_bits=2)) == {"bits equal their start: uniform INT2"}


@pytest.mark.parametrize("damage", [None, 7, "seven", [7], [["seven"]]])
def test_a_run_without_a_sound_history_is_listed(store: RunStore, finish, damage: Any) -> None:
    run = finish(UNMOVED, UNMOVED)
    with Session(store._engine) as session, session.begin():
        session.execute(update(EpochRow).values(bit_counts=damage if damage is not None else json.loads("[]")))
    assert _told(store, run) == {None}


def test_runs_without_learned_bits_or_a_result_are_told_nothing(store: RunStore, small) -> None:
    for settings in (["seed=7"], ["quantization.learn=steps", "quantization.target_average_bits="]):
        assert _told(store, store.submit(small(*settings))) == {None}
