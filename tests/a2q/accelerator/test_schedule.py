from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2q.accelerator.schedule import queued, schedule, shares

SEEDS = st.integers(0, 2**32 - 1)
MODES = ("lockstep", "queue", "ideal")


def cases(seed: int, count: int):
    """Random row times with a number of lanes: many small ones, some long rows, some of no work."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        rows = int(rng.integers(1, 30))
        times = rng.integers(0, rng.choice([3, 9, 100]), size=rows).astype(np.int64)
        yield rng, times, int(rng.integers(1, 9))


def stepped(times: np.ndarray, lanes: int, lockstep: bool) -> int:
    """The same lanes, cycle by cycle."""
    waiting = times.tolist()
    left = [0] * lanes
    cycles = 0
    while waiting or any(left):
        if not lockstep or not any(left):
            for lane in range(lanes):
                while left[lane] == 0 and waiting:
                    left[lane] = waiting.pop(0)
                    if lockstep:
                        break
        if not any(left):
            continue
        left = [max(0, time - 1) for time in left]
        cycles += 1
    return cycles


@settings(max_examples=100, deadline=None, derandomize=True)
@given(SEEDS)
def test_ideal_queue_and_lockstep_are_in_order(draw: SimpleNamespace, seed: int) -> None:
    for rng, times, lanes in cases(seed, draw.batch):
        ideal, queue, lockstep = (schedule(times, lanes, mode).cycles for mode in ("ideal", "queue", "lockstep"))
        assert ideal <= queue <= lockstep
        assert queue <= times.sum() / lanes + (1 - 1 / lanes) * times.max() + 1e-9, "Graham's bound"
        by_time = schedule(np.sort(times)[::-1], lanes, "lockstep").cycles
        assert by_time <= lockstep
        assert by_time <= schedule(rng.permutation(times), lanes, "lockstep").cycles


@settings(max_examples=100, deadline=None, derandomize=True)
@given(SEEDS)
def test_more_work_never_takes_less_time(draw: SimpleNamespace, seed: int) -> None:
    for rng, times, lanes in cases(seed, draw.batch):
        more = times.copy()
        more[rng.integers(len(times))] += rng.integers(1, 20)
        for mode in MODES:
            assert schedule(more, lanes, mode).cycles >= schedule(times, lanes, mode).cycles
        falling = [schedule(np.sort(values)[::-1], lanes, "lockstep").cycles for values in (times, more)]
        assert falling[1] >= falling[0]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(SEEDS)
def test_more_lanes_never_take_longer_where_that_is_true(draw: SimpleNamespace, seed: int) -> None:
    for _, times, lanes in cases(seed, draw.batch):
        assert schedule(times, 2 * lanes, "lockstep").cycles <= schedule(times, lanes, "lockstep").cycles
        assert schedule(times, lanes + 1, "queue").cycles <= schedule(times, lanes, "queue").cycles
        falling = np.sort(times)[::-1]
        assert schedule(falling, lanes + 1, "lockstep").cycles <= schedule(falling, lanes, "lockstep").cycles


def test_one_more_lane_can_be_slower_in_lockstep() -> None:
    """What a reader may believe and is false: groups shift, and slow nodes part from each other."""
    times = np.array([5, 5, 1, 1, 1, 5])
    assert schedule(times, 2, "lockstep").cycles == 5 + 1 + 5
    assert schedule(times, 3, "lockstep").cycles == 5 + 5
    worse = np.array([1, 1, 5, 5, 1, 1])
    assert schedule(worse, 2, "lockstep").cycles == 1 + 5 + 1
    assert schedule(worse, 3, "lockstep").cycles == 5 + 5


@pytest.mark.parametrize("seed", range(5))
def test_it_is_what_lanes_do_cycle_by_cycle(seed: int) -> None:
    for _, times, lanes in cases(seed, 60):
        assert schedule(times, lanes, "lockstep").cycles == stepped(times, lanes, lockstep=True)
        assert schedule(times, lanes, "queue").cycles == stepped(times, lanes, lockstep=False)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(SEEDS)
def test_groups_sum_to_the_whole(draw: SimpleNamespace, seed: int) -> None:
    for _, times, lanes in cases(seed, draw.batch):
        for mode in MODES:
            made = schedule(times, lanes, mode)
            assert made.group_cycles.sum() == made.cycles
            assert made.group_cycles.dtype.kind == "i"
            assert (made.group_cycles >= 0).all()
            assert len(made.group_cycles) == -(-len(times) // lanes)


def test_ideal_lanes_wait_for_the_longest_row() -> None:
    assert schedule(np.array([9, 1, 1]), 2, "ideal").cycles == 9
    assert schedule(np.array([4, 4, 3]), 2, "ideal").cycles == 6


def test_more_lanes_than_rows_take_as_long_as_the_longest() -> None:
    assert queued(np.array([3, 9, 2]), 8) == 9


def test_shares_are_whole_and_sum_to_the_total() -> None:
    assert shares(np.array([1, 1, 1]), 10).tolist() == [3, 3, 4]
    assert shares(np.array([0, 0]), 7).tolist() == [0, 7]
    assert shares(np.array([0, 5, 0]), 7).tolist() == [0, 7, 0]
