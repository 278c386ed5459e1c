from dataclasses import replace

import numpy as np
import pytest
import torch

from a2q.quantize import learned_features
from a2q.quantizers import Quantizer
from a2q.reports import measure_nodes
from a2q.reports.error_decomposition import (
    beyond,
    clipping_range,
    degree_rows,
    error_matrix,
    rounding_and_clipping,
    worst_rows,
)
from a2q.reports.quantized_input import QuantizedInput
from a2q.reports.tensors import measure_tensors


@pytest.fixture
def tensors(train) -> tuple[dict, dict]:
    """Node arrays and tensors of a small run in which half of the nodes clip."""
    trainer = train("a2q")
    ((_, quantizer),) = learned_features(trainer.model).values()
    with torch.no_grad():
        quantizer.step[::2] /= 3
    return measure_nodes(trainer.model, trainer.task), measure_tensors(trainer.model, trainer.task)


def taken(tensors: tuple[dict, dict]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    nodes, found = tensors
    values, quantized = found["tensor/layer2/values"], found["tensor/layer2/quantized"]
    signed = found["tensor/layer2/signed"]
    return values, quantized, *clipping_range(values, quantized, nodes["layer2/step"], nodes["layer2/bits"], signed)


def test_rounding_and_clipping_add_up_to_the_error(tensors) -> None:
    values, quantized, low, high = taken(tensors)
    rounding, clipping = rounding_and_clipping(values, quantized, low, high)
    np.testing.assert_allclose(rounding + clipping, np.abs(quantized - values), rtol=1e-4, atol=1e-6)
    step = tensors[0]["layer2/step"][:, None]
    assert (rounding <= step / 2 + 1e-5).all()
    assert clipping.max() > 0


def test_what_is_clipped_agrees_with_the_quantizer(tensors) -> None:
    values, _, low, high = taken(tensors)
    np.testing.assert_allclose(beyond(values, low, high).mean(1), tensors[0]["layer2/clipped"], atol=0.07)
    agree = np.isclose(beyond(values, low, high).mean(1), tensors[0]["layer2/clipped"]).mean()
    assert agree > 0.99


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("bits", [2, 3, 8])
def test_the_range_is_what_a_huge_value_becomes(signed: bool, bits: int) -> None:
    quantizer = Quantizer(4, "row", signed=signed, bits=bits)
    x = torch.tensor([[-1e6, 0.3, 1e6]]).repeat(4, 1) * torch.arange(1, 5)[:, None]
    quantizer.start(x)
    quantizer.started.fill_(True)
    low, high = clipping_range(
        x.numpy(), np.zeros((4, 3)), quantizer.row_steps(x).numpy(), np.full(4, bits), np.full(4, signed)
    )
    ends = quantizer(x * 1e6).detach().numpy()
    np.testing.assert_allclose(low[:, 0], ends[:, 0], rtol=1e-5)
    np.testing.assert_allclose(high[:, 0], ends[:, 2], rtol=1e-5)


def test_without_a_formula_the_range_is_read_off_the_values() -> None:
    quantized = np.array([[0.5, -0.25], [0.0, 0.75]])
    low, high = clipping_range(quantized, quantized, np.ones(2), np.ones(2), None)
    assert low.tolist() == [[-0.25], [-0.25]]
    assert high.tolist() == [[0.75], [0.75]]


class TestMatrix:
    VALUES = np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 0.0], [5.0, 6.0, 0.0]])
    QUANTIZED = np.array([[1.0, 1.0, 0.0], [3.0, 1.0, 0.0], [4.0, 6.0, 0.0]])
    ROWS = (("a", np.array([0, 1])), ("b", np.array([2])))
    TAKEN = QuantizedInput(np.arange(3), VALUES, QUANTIZED, QUANTIZED < VALUES, np.ones(3))

    def test_cells_by_hand(self) -> None:
        cells = {metric: error_matrix(self.TAKEN, self.ROWS, metric) for metric in ("absolute", "relative", "clipped")}
        assert cells["absolute"].dims.tolist() == [1, 0], "the largest error first; the last dimension has none"
        assert cells["absolute"].values.tolist() == [[2, 0], [0, 1]]
        np.testing.assert_allclose(cells["relative"].values, [[4 / 6, 0], [0, 1 / 5]])
        assert cells["clipped"].dims.tolist() == [0, 1]
        assert cells["clipped"].values.tolist() == [[0, 1], [1, 0]]
        assert cells["absolute"].rows == ("a", "b")
        assert [nodes.tolist() for nodes in cells["absolute"].members] == [[0, 1], [2]]

    def test_only_the_worst_dimensions_are_kept(self) -> None:
        cells = error_matrix(self.TAKEN, self.ROWS, "absolute", most_dims=2)
        assert cells.dims.tolist() == [1, 0]
        assert cells.values.shape == (2, 2)
        exact = error_matrix(replace(self.TAKEN, quantized=self.VALUES), self.ROWS, "absolute")
        assert exact.values.tolist() == [[0, 0, 0], [0, 0, 0]], "where there is no error at all, all are kept"

    def test_a_row_of_nobody_is_not_a_number(self) -> None:
        cells = error_matrix(self.TAKEN, [("none", np.array([], int))], "absolute")
        assert np.isnan(cells.values).all()
        assert cells.counted == (0,)

    def test_nodes_without_values_count_in_no_cell(self) -> None:
        some = QuantizedInput(
            np.array([2, 5, 9]), self.VALUES, self.QUANTIZED, self.QUANTIZED < self.VALUES, np.ones(3)
        )
        rows = [("a", np.array([1, 2, 5, 7])), ("b", np.array([9, 11])), ("c", np.array([0, 40]))]
        cells = error_matrix(some, rows, "absolute")
        assert cells.values[:2].tolist() == error_matrix(self.TAKEN, self.ROWS, "absolute").values.tolist()
        assert np.isnan(cells.values[2]).all()
        assert cells.counted == (2, 1, 0)
        assert [nodes.tolist() for nodes in cells.members] == [[1, 2, 5, 7], [9, 11], [0, 40]], "selected as a whole"

    def test_groups_weighted_by_their_nodes_give_the_mean_of_all(self, tensors) -> None:
        values, quantized, low, high = taken(tensors)
        groups = tensors[0]["in_degree"] % 3
        rows = degree_rows(groups, ("x", "y", "z"), np.arange(300))
        clipped = beyond(values, low, high)
        everybody = QuantizedInput(np.arange(300), values, quantized, clipped, tensors[0]["layer2/step"])
        cells = error_matrix(everybody, rows, "absolute")
        for name, column in everybody.node_columns().items():
            if name != "clipped":
                np.testing.assert_allclose(column, tensors[0][f"layer2/{name}"], rtol=1e-4, atol=1e-7)
        weights = [len(nodes) for nodes in cells.members]
        by_dim = np.average(cells.values, axis=0, weights=weights)
        np.testing.assert_allclose(by_dim, np.abs(quantized - values).mean(0)[cells.dims], rtol=1e-4)
        assert by_dim.sum() / 16 == pytest.approx(tensors[0]["layer2/error"].mean(), rel=1e-4)


def test_rows() -> None:
    groups = np.array([2, 0, 0, 2])
    assert [(name, nodes.tolist()) for name, nodes in degree_rows(groups, "abc", np.array([0, 1, 3]))] == [
        ("a", [1]),
        ("c", [0, 3]),
    ]
    worst = worst_rows(np.array([0.1, 0.9, 0.5, 0.9]), np.array([0, 1, 2, 3]), most=3)
    assert [(name, nodes.tolist()) for name, nodes in worst] == [("1", [1]), ("3", [3]), ("2", [2])]
