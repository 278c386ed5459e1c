from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from a2q.accelerator.overlap import pipeline

SEEDS = st.integers(0, 2**32 - 1)


def stepped(load: list[int], compute: list[int], store: list[int]) -> int:
    """Two buffers and one port, cycle by cycle: the port finishes loading t + 1 before it stores t − 1."""
    cycles = 0
    port = [load[0]]
    while sum(port):
        port = [port[0] - 1]
        cycles += 1
    for tile, work in enumerate(compute):
        jobs = [load[tile + 1] if tile + 1 < len(load) else 0, store[tile - 1] if tile else 0]
        left = work
        while left or any(jobs):
            left = max(0, left - 1)
            if jobs[0]:
                jobs[0] -= 1
            elif jobs[1]:
                jobs[1] -= 1
            cycles += 1
    return cycles + store[-1]


def cases(seed: int, count: int):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        tiles = int(rng.integers(1, 8))
        yield rng, *(rng.integers(0, 12, size=tiles) for _ in range(3))


@given(SEEDS)
def test_time_lies_between_the_longer_and_the_sum_and_grows_with_each(draw: SimpleNamespace, seed: int) -> None:
    for rng, load, compute, store in cases(seed, draw.batch):
        made = pipeline(load, compute, store)
        memory = load.sum() + store.sum()
        assert max(compute.sum(), memory) <= made.cycles <= compute.sum() + memory
        assert made.cycles == compute.sum() + made.stalls.sum() + made.fill + made.drain
        assert pipeline(load, compute, store, double=False).cycles == compute.sum() + memory
        for values in (load, compute, store):
            tile = rng.integers(len(values))
            values[tile] += 3
            assert pipeline(load, compute, store).cycles >= made.cycles
            values[tile] -= 3


@given(SEEDS)
def test_the_closed_form_is_what_happens_cycle_by_cycle(draw: SimpleNamespace, seed: int) -> None:
    for _, load, compute, store in cases(seed, draw.batch):
        assert pipeline(load, compute, store).cycles == stepped(load.tolist(), compute.tolist(), store.tolist())


def test_without_memory_nothing_stalls() -> None:
    nothing = np.zeros(3, dtype=int)
    made = pipeline(nothing, np.array([3, 0, 5]), nothing)
    assert (made.cycles, made.fill, made.drain, made.stalls.sum()) == (8, 0, 0, 0)
    assert made.starts.tolist() == [0, 3, 3]


def test_three_tiles_by_hand() -> None:
    """The port loads tile 2 while tile 1 is worked on, and only then stores tile 0.

    cycle    0    2              7              11   12        18
    port     l0   l1 (5)         l2 (4)         s0   s1        s2 (2)
    engine        c0 (3)         c1 (4)              c2 (6)
    """
    made = pipeline(np.array([2, 5, 4]), np.array([3, 4, 6]), np.array([1, 1, 2]))
    # max(3, 5 + 0), max(4, 4 + 1) and max(6, 0 + 1) between a load of 2 and a store of 2.
    assert made.cycles == 2 + 5 + 5 + 6 + 2
    assert made.stalls.tolist() == [2, 1, 0]
    assert made.starts.tolist() == [2, 7, 12]
    assert made.load_starts.tolist() == [0, 2, 7]
    assert made.store_starts.tolist() == [7 + 4, 12 + 0, 18]
