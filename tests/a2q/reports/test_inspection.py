import numpy as np
import pytest
import torch

from a2q.reports import measure_nodes
from a2q.reports.inspection import contributions, node_codes
from a2q.reports.tensors import edge_array, measure_tensors


@pytest.fixture
def trainer(train):
    """A small run of A²Q."""
    return train("a2q")


@pytest.mark.parametrize("node", [0, 7, 299])
def test_codes_give_back_the_quantized_values_and_the_stored_error(trainer, node: int) -> None:
    nodes, tensors = measure_nodes(trainer.model, trainer.task), measure_tensors(trainer.model, trainer.task)
    seen = node_codes(
        tensors["tensor/layer2/values"],
        tensors["tensor/layer2/quantized"],
        nodes["layer2/step"],
        nodes["layer2/bits"],
        node,
        tensors["tensor/layer2/signed"],
        tensors["tensor/layer2/learned_bits"],
    )
    np.testing.assert_allclose(seen.codes * seen.step, seen.quantized, rtol=1e-5, atol=1e-7)
    assert seen.bits == nodes["layer2/bits"][node]
    assert min(8, max(1, round(seen.learned_bits))) == seen.bits
    assert seen.codes.min() >= 0 and seen.codes.max() <= 2**seen.bits - 1
    assert seen.error == pytest.approx(nodes["layer2/error"][node], rel=1e-5)
    assert (seen.rounding + seen.clipping).mean() == pytest.approx(seen.error, rel=1e-4, abs=1e-7)
    assert seen.high == pytest.approx(seen.step * (2**seen.bits - 1), rel=1e-5)


def test_a_pruned_node_has_no_step() -> None:
    values = np.array([[1.0, 2.0]])
    seen = node_codes(values, np.zeros((1, 2)), np.zeros(1), np.zeros(1, int), 0)
    assert seen.codes.tolist() == [0, 0]
    assert seen.learned_bits is None
    assert (seen.rounding + seen.clipping).tolist() == [1, 2]


@pytest.mark.parametrize(("model", "operator"), [("gcn", "convolution"), ("gin", "sum"), ("sage", "mean")])
def test_contributions_add_up_to_the_layers_own_sum(trainer, model: str, operator: str) -> None:
    edges = trainer.task.whole.edges
    sent = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
    matrix = edges.convolution() if operator == "convolution" else getattr(edges, operator)
    summed = (matrix @ torch.from_numpy(sent)).numpy()
    if model == "gin":
        summed = summed + sent
    for node in range(0, 300, 7):
        found = contributions(edge_array(trainer.task), sent, node, model)
        np.testing.assert_allclose(found.summed, summed[node], rtol=1e-4, atol=1e-5)
        assert (np.diff(found.magnitudes) <= 0).all()
        assert not len(found.nodes) or found.shares.sum() == pytest.approx(1)


def test_attention_counts_all_alike_and_other_models_are_refused() -> None:
    edges = np.array([[1, 2], [0, 0]])
    found = contributions(edges, np.eye(3), 0, "gat")
    assert sorted(found.nodes.tolist()) == [0, 1, 2]
    assert found.coefficients.tolist() == pytest.approx([1 / 3] * 3)
    with pytest.raises(ValueError, match="known for gcn, gin, gat, sage"):
        contributions(edges, np.eye(3), 0, "mlp")


def test_nobody_sends_anything() -> None:
    found = contributions(np.zeros((2, 0), int), np.zeros((3, 2)), 1, "sage")
    assert len(found.nodes) == 0
    assert found.summed.tolist() == [0, 0]
    assert len(found.shares) == 0
