from dataclasses import replace

import numpy as np

from a2q.experiments.store import RunStore
from a2q_studio.ui.run_store import run_arrays


def test_arrays_are_read_again_only_when_the_run_moved(store: RunStore, small) -> None:
    run = store.submit(small())
    store.put(run.id, {"in_degree": np.array([1])})
    assert run_arrays(store, run)["in_degree"].tolist() == [1]
    store.put(run.id, {"in_degree": np.array([2])})
    assert run_arrays(store, run)["in_degree"].tolist() == [1]
    assert run_arrays(store, replace(run, progress=0.5))["in_degree"].tolist() == [2]
    store.put(run.id, {"in_degree": np.array([3])})
    assert run_arrays(store, replace(run, progress=0.5, state="finished"))["in_degree"].tolist() == [3]


def test_runs_do_not_share_arrays(store: RunStore, small) -> None:
    one, other = store.submit(small()), store.submit(small("seed=1"))
    store.put(one.id, {"in_degree": np.array([1])})
    assert list(run_arrays(store, one)) == ["in_degree"]
    assert run_arrays(store, other) == {}
