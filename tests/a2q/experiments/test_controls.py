"""From a finished run to its controls and back to what its assignment is worth."""

import numpy as np
import pytest

from a2q.config import ConfigError
from a2q.experiments import worker
from a2q.experiments.controls import controls, worth_of
from a2q.experiments.store import Run, RunStore, State
from a2q.experiments.store.arrays import pack
from a2q.methods.fixed_bits import FixedBitsConfig

SETTINGS = ("training.epochs=2", "training.warm_start=true", "training.distillation=1")


def _done(store: RunStore, config) -> Run:
    run_id = store.submit(config).id
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FINISHED, run.reason + run.log
    return run


@pytest.fixture
def learned(store: RunStore, small) -> list[Run]:
    return [_done(store, small(*SETTINGS, f"seed={seed}")) for seed in (0, 1)]


def test_controls_train_each_seeds_own_bits_on_other_nodes(store: RunStore, learned: list[Run]) -> None:
    wanted = controls(store, learned[1])
    assert [config.seed for config in wanted] == [0, 1]
    made = [_done(store, config) for config in wanted]
    for source, control in zip(learned, made, strict=True):
        theirs, ours = (store.arrays(run.id)["layer2/bits"] for run in (source, control))
        assert np.bincount(theirs, minlength=9).tolist() == np.bincount(ours, minlength=9).tolist()
    assert controls(store, learned[0]) == []
    (found,) = worth_of(store, learned[0])
    assert (found.assignment, found.learned, found.control) == ("permuted", tuple(learned), tuple(made))
    scores = [a.summary["test_score"] - b.summary["test_score"] for a, b in zip(learned, made, strict=True)]
    assert found.differences["test_score"].mean == pytest.approx(np.mean(scores))
    assert {"validation_loss", "distillation_loss", "agreement", "relative_error"} <= set(found.differences)


def test_a_control_keeps_the_bits_it_was_given(store: RunStore, learned: list[Run]) -> None:
    config = controls(store, learned[0])[0]
    given = store.arrays(_done(store, config).id)["given/layer2"]
    assert given.tolist() == store.arrays(learned[0].id)["layer2/bits"].tolist()
    store.delete(learned[0].id)
    run = store.submit(config, {"given/layer2": pack(given)})
    assert worker.main(run.id) == 0
    assert store.get(run.id).state == State.FINISHED


@pytest.mark.parametrize(
    ("seed", "told"),
    [(0, "which is not in this store"), (7, "with seed 7, which was not trained")],
)
def test_bits_that_cannot_be_had_end_the_run_with_the_reason(store: RunStore, learned, seed: int, told: str) -> None:
    quantization = FixedBitsConfig(assignment="permuted", bits_of="nowhere" if seed == 0 else learned[0].id)
    run = store.submit(learned[0].config.model_copy(update={"quantization": quantization, "seed": seed}))
    assert worker.main(run.id) == 0
    assert store.get(run.id).state == State.FAILED
    assert told in store.get(run.id).reason


def test_a_method_without_bits_per_node_has_no_control(store: RunStore, small) -> None:
    run = store.submit(small(preset_name="uniform"))
    with pytest.raises(ConfigError, match="has no bits of its own for each node"):
        controls(store, run)
