from dataclasses import replace

import pytest

from a2q.datasets import DatasetConfig
from a2q.experiments.estimate import Timing, estimate, timed_here, work_of
from a2q.experiments.process import identify
from a2q.experiments.store import RunStore, State


@pytest.fixture
def done(store: RunStore, small):
    """A finished run of this machine that took 10 s: 6 epochs of 1 s each and a start of 4 s."""

    def make(*settings: str, **more: object):
        run = store.submit(small(*settings))
        summary = {"metric": "accuracy", "seconds_per_epoch": 1.0, "peak_memory_mib": 300.0}
        known = {"state": State.FINISHED, "process": identify(), "started": 100.0, "ended": 110.0, "summary": summary}
        return replace(run, **known | more)

    return make


def test_a_run_of_the_same_kind_predicts_itself(small, done) -> None:
    found = estimate(small("seed=5"), [done()])
    assert found is not None
    assert (found.seconds, found.mib) == (10.0, 300.0)
    assert found.basis == "measured on this machine: 1 earlier run of this kind"


def test_more_epochs_take_longer_and_the_start_does_not(small, done) -> None:
    found = estimate(small("training.epochs=12"), [done()])
    assert found is not None
    assert found.seconds == 12 + 4


def test_a_warm_start_grows_with_the_epochs(small, done) -> None:
    """6 epochs of 1 s, and 10 s of FP32 training before them; of twice the epochs both take twice as long."""
    run = done("training.warm_start=true", ended=116.0)
    found = estimate(small("training.warm_start=true", "training.epochs=12"), [run])
    assert found is not None
    assert found.seconds == 12 * 1 + 10 * 2


def test_the_median_of_the_latest_runs_counts(small, done) -> None:
    slow = done(ended=170.0)
    found = estimate(small(), [done(), slow, done()])
    assert found is not None
    assert found.seconds == 10.0


def test_runs_elsewhere_and_unfinished_ones_tell_nothing(small, done) -> None:
    elsewhere = done(process=replace(identify(), host="elsewhere"))
    assert estimate(small(), [elsewhere, done(state=State.FAILED), done(process=None)]) is None


def test_another_graph_is_scaled_by_the_size_of_an_epoch(small, done) -> None:
    run = done()
    larger = small().model_copy(update={"dataset": DatasetConfig(name="generated-citations", nodes=800)})
    found = estimate(larger, [run])
    assert found is not None
    assert found.seconds == pytest.approx(10 * 6 + 4)
    assert found.mib > 300
    assert run.id in found.basis


def test_a_teacher_is_another_training(small, done) -> None:
    taught = small("training.warm_start=true")
    found = estimate(taught, [done()])
    assert found is not None
    assert found.seconds == 10 + 6
    back = estimate(small(), [done("training.warm_start=true", ended=114.0)])
    assert back is not None
    assert back.seconds == 6 + 2


def test_before_any_run_a_line_is_drawn_through_what_is_timed(small) -> None:
    work = work_of(small())
    assert work is not None
    timings = [Timing(work.moved / 2, 0.5), Timing(work.moved, 1.0)]
    found = estimate(small(), [], timings)
    assert found is not None
    assert found.seconds == pytest.approx(6)
    assert "rough" in found.basis
    # A warm start trains a network in FP32 first, for as many epochs.
    warm = estimate(small("training.warm_start=true"), [], timings)
    assert warm is not None
    assert warm.seconds == pytest.approx(2 * 6)
    assert estimate(small(), []) is None


def test_timing_here_takes_two_sizes() -> None:
    small_one, large_one = timed_here()
    assert 0 < small_one.moved < large_one.moved
    assert small_one.seconds > 0


def test_work_follows_nodes_edges_and_widths(small) -> None:
    work = work_of(small("model.layers=3", "model.hidden=10"))
    assert work is not None
    assert work.widths == (1433, 10, 10, 7)
    assert work.values == 80 * 1460
    assert work.moved == pytest.approx(80 * (1443 + 20 + 17) + 4.4 * 80 * 27)


def test_attention_heads_widen_and_sets_of_graphs_are_counted_together(small) -> None:
    gat = work_of(small("model.name=gat", "model.heads=4", "model.hidden=8"))
    assert gat is not None
    assert gat.widths == (1433, 32, 7)
    mutag = work_of(small().model_copy(update={"dataset": DatasetConfig(name="mutag")}))
    assert mutag is not None
    assert mutag.nodes > 3_000
