from collections.abc import Callable

import numpy as np
import pytest
import torch

from a2q import Trainer
from a2q.reports import full_precision, measure_nodes, tensors
from a2q.reports.tensors import edge_array, measure_tensors

MakeTrainer = Callable[..., Trainer]


@pytest.fixture
def trainer(train: MakeTrainer) -> Trainer:
    return train("a2q", "model.layers=3")


def test_values_and_their_quantized_form_agree_with_the_node_arrays(trainer: Trainer) -> None:
    nodes, found = measure_nodes(trainer.model, trainer.task), measure_tensors(trainer.model, trainer.task)
    whats = ("values", "quantized", "signed", "learned_bits", "sent")
    assert set(found) == {f"tensor/layer{layer}/{what}" for layer in (2, 3) for what in whats} | {"tensor/layer1/sent"}
    for layer in (2, 3):
        x, x_q = found[f"tensor/layer{layer}/values"], found[f"tensor/layer{layer}/quantized"]
        assert x.shape == x_q.shape == (300, 16)
        np.testing.assert_allclose(np.abs(x_q - x).mean(1), nodes[f"layer{layer}/error"], rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(np.abs(x).mean(1), nodes[f"layer{layer}/magnitude"], rtol=1e-5, atol=1e-7)
        codes = x_q / nodes[f"layer{layer}/step"][:, None]
        np.testing.assert_allclose(codes, codes.round(), atol=1e-3)
        assert (codes.max(1) <= 2.0 ** nodes[f"layer{layer}/bits"] - 1 + 1e-3).all()
        assert not found[f"tensor/layer{layer}/signed"].any(), "after ReLU nothing is negative"
        rounded = found[f"tensor/layer{layer}/learned_bits"].round().clip(1, 8)
        np.testing.assert_array_equal(rounded, nodes[f"layer{layer}/bits"])


def test_edges_give_the_in_degrees_of_the_node_arrays(trainer: Trainer) -> None:
    source, target = edge_array(trainer.task)
    assert (source != target).all()
    counted = np.bincount(target, minlength=300)
    np.testing.assert_array_equal(counted, measure_nodes(trainer.model, trainer.task)["in_degree"])


def test_an_fp32_network_quantizes_nothing(train: MakeTrainer) -> None:
    trainer = train("fp32")
    assert set(measure_tensors(trainer.model, trainer.task)) == {"tensor/layer1/sent", "tensor/layer2/sent"}


def test_what_is_sent_adds_up_to_the_next_input(trainer: Trainer) -> None:
    found = measure_tensors(trainer.model, trainer.task)
    edges = trainer.task.whole.edges
    for layer in (1, 2):
        summed = edges.convolution() @ torch.from_numpy(found[f"tensor/layer{layer}/sent"])
        biased = torch.relu(summed + trainer.model.convs[layer - 1].bias)
        expected = found[f"tensor/layer{layer + 1}/values"]
        np.testing.assert_allclose(biased.detach().numpy(), expected, rtol=1e-4, atol=1e-5)


def test_inputs_that_are_too_large_are_left_out(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensors, "MOST_VALUES", 300 * 16 - 1)
    assert set(measure_tensors(trainer.model, trainer.task)) == {"tensor/layer3/sent"}, "one column for each class"


def test_predictions_without_quantizers_are_those_of_the_same_weights(trainer: Trainer) -> None:
    nodes = measure_nodes(trainer.model, trainer.task)
    with full_precision(trainer.model):
        exact = trainer.task.predict(trainer.model).argmax(1)
    np.testing.assert_array_equal(nodes["prediction_fp32"], exact.numpy())
