from collections.abc import Callable

import numpy as np
import pytest
import torch

from a2q import Trainer
from a2q.quantize import learned_features
from a2q.reports import input_samples, measure_nodes
from a2q.reports.input_samples import measure_samples, sampled_nodes, stored_sample
from a2q.reports.node_table import degree_groups
from a2q.reports.quantized_input import QuantizedInput
from a2q.reports.tensors import measure_tensors

MakeTrainer = Callable[..., Trainer]


@pytest.fixture
def trainer(train: MakeTrainer) -> Trainer:
    """A small run of A²Q whose nodes clip here and there."""
    trainer = train("a2q", "model.layers=3")
    for _, quantizer in learned_features(trainer.model).values():
        with torch.no_grad():
            quantizer.step[::2] /= 3
    return trainer


def sample(trainer: Trainer, layer: int = 2) -> QuantizedInput:
    taken = stored_sample(measure_samples(trainer.model, trainer.task).get, layer)
    assert taken is not None
    return taken


@pytest.mark.parametrize("layer", [2, 3])
def test_a_whole_sample_agrees_with_the_tensors_and_the_node_arrays(trainer: Trainer, layer: int) -> None:
    taken, tensors = sample(trainer, layer), measure_tensors(trainer.model, trainer.task)
    assert taken.nodes.tolist() == list(range(300))
    # Half precision has 11 bits.
    np.testing.assert_allclose(taken.values, tensors[f"tensor/layer{layer}/values"], rtol=2**-11, atol=1e-7)
    assert np.array_equal(taken.signed, tensors[f"tensor/layer{layer}/signed"])
    np.testing.assert_allclose(taken.learned_bits, tensors[f"tensor/layer{layer}/learned_bits"], rtol=2**-11)
    np.testing.assert_allclose(taken.quantized, tensors[f"tensor/layer{layer}/quantized"], rtol=2**-11, atol=1e-7)
    nodes = measure_nodes(trainer.model, trainer.task)
    columns = taken.node_columns()
    assert columns["clipped"].max() > 0
    np.testing.assert_allclose(columns["step"], nodes[f"layer{layer}/step"])
    np.testing.assert_allclose(columns["clipped"], nodes[f"layer{layer}/clipped"], rtol=1e-6)
    np.testing.assert_allclose(columns["magnitude"], nodes[f"layer{layer}/magnitude"], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(columns["error"], nodes[f"layer{layer}/error"], atol=2e-3)


def test_a_sample_of_some_is_those_rows_of_all(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sample(trainer)
    monkeypatch.setattr(input_samples, "MOST_SAMPLED", 100 * 16)
    some = sample(trainer)
    assert len(some.nodes) == 100
    for part in ("values", "quantized", "clipped", "step", "signed", "learned_bits"):
        assert np.array_equal(getattr(some, part), getattr(whole, part)[some.nodes]), part


def test_large_values_are_not_cut_off_at_what_half_precision_holds(trainer: Trainer) -> None:
    with torch.no_grad():
        trainer.model.convs[0].bias.fill_(1e5)
    taken, tensors = sample(trainer), measure_tensors(trainer.model, trainer.task)
    assert taken.values.max() > np.finfo(np.float16).max
    assert np.array_equal(taken.values, tensors["tensor/layer2/values"])


def test_an_fp32_network_has_no_sample(train: MakeTrainer) -> None:
    trainer = train("fp32")
    assert measure_samples(trainer.model, trainer.task) == {}
    assert stored_sample({}.get, 2) is None


def test_quantizers_that_learn_nothing_leave_out_what_is_learned(train: MakeTrainer) -> None:
    trainer = train("degree-quant")
    taken = sample(trainer)
    assert taken.signed is None and taken.learned_bits is None
    nodes = measure_nodes(trainer.model, trainer.task)
    np.testing.assert_allclose(taken.node_columns()["step"], nodes["layer2/step"])


def test_hubs_are_all_in_the_sample() -> None:
    in_degree = np.concatenate([np.full(9_000, 1), np.full(900, 4), np.full(60, 20), np.full(7, 99)])
    nodes = sampled_nodes(in_degree, 500)
    assert len(nodes) == 500
    assert (np.diff(nodes) > 0).all()
    counts = np.bincount(degree_groups(in_degree[nodes]).codes)
    assert counts[counts > 0].tolist() == [217, 216, 60, 7], "small groups whole, the rest shared out evenly"


@pytest.mark.parametrize(("nodes", "most"), [(10, 100), (10, 10), (10, 3), (10, 0), (0, 5)])
def test_never_more_than_asked_for(nodes: int, most: int) -> None:
    taken = sampled_nodes(np.arange(nodes), most)
    assert len(taken) == min(nodes, most)
    assert len(set(taken.tolist())) == len(taken)
