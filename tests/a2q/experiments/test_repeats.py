import statistics
import time

import pytest

from a2q.experiments.process import identify, this_host
from a2q.experiments.results import repeats, settings_digest
from a2q.experiments.store import Run, RunStore

SUMMARY = {
    "metric": "accuracy",
    "test_score_paper_protocol": 0.9,
    "validation_score": 0.8,
    "compression": 16.0,
    "full_bits_per_value": 3.0,
    "seconds_per_epoch": 0.1,
}


@pytest.fixture
def finish(store: RunStore, small):
    """Finish a run of a seed with a score and bits."""

    def done(seed: int, score: float, bits: float, *settings: str) -> Run:
        run = store.submit(small(f"seed={seed}", *settings))
        store.claim(run.id, this_host(), None)
        store.assign_process(run.id, identify(), heartbeat=time.time())
        store.finish(run.id, SUMMARY | {"test_score": score, "average_bits": bits})
        return store.get(run.id)

    return done


def test_seeds_of_the_same_settings_are_one_group(store: RunStore, small, finish) -> None:
    finish(2, 0.80, 2.0)
    finish(0, 0.70, 1.5)
    other = finish(0, 0.60, 1.0, "training.epochs=9")
    store.submit(small("seed=3"))
    found = repeats(store.list())
    one, two = (found[digest] for digest in sorted(found, key=lambda digest: found[digest].count))
    assert (one.runs, two.count) == ((other,), 2)
    assert [run.config.seed for run in two.runs] == [0, 2]
    assert two.mean("test_score") == pytest.approx(0.75)
    assert two.deviation("test_score") == pytest.approx(statistics.stdev([0.8, 0.7]))
    assert two.mean("average_bits") == pytest.approx(1.75)
    assert one.deviation("test_score") is None
    assert found[settings_digest(other)] is one


def test_a_seed_trained_twice_counts_once_with_its_newest_run(store: RunStore, finish) -> None:
    finish(0, 0.1, 8.0)
    newest = finish(0, 0.9, 2.0)
    (group,) = repeats(store.list()).values()
    assert group.runs == (newest,)
