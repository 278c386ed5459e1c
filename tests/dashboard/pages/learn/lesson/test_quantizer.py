import numpy as np
import pytest
import torch

from a2q.quantizers.fake_quantize import fake_quantize
from a2q.units import MOST_BITS
from a2q_studio.pages.learn.lesson.layer import LayerInput
from a2q_studio.pages.learn.lesson.quantizer import best_step, error_table, errors, levels, quantized


@pytest.fixture
def rows() -> np.ndarray:
    """Forty rows of non-negative values of very different sizes, zeros among them."""
    rng = np.random.default_rng(0)
    return np.maximum(rng.normal(size=(40, 9)), 0) * rng.lognormal(sigma=1.5, size=(40, 1))


@pytest.mark.parametrize("bits", range(1, MOST_BITS + 1))
def test_it_is_the_quantizer_of_the_library(rows: np.ndarray, bits: int) -> None:
    steps = np.linspace(0.05, 2, len(rows))
    # Effective bits: the library's code bits count a sign too.
    code_bits = torch.full((len(rows), 1), bits + 1.0, dtype=torch.float64)
    theirs = fake_quantize(torch.from_numpy(rows), torch.from_numpy(steps)[:, None], code_bits, signed=False)
    assert quantized(rows, steps, bits) == pytest.approx(theirs.numpy())
    one_by_one = [quantized(row, step, bits) for row, step in zip(rows, steps, strict=True)]
    assert np.array_equal(np.stack(one_by_one), quantized(rows, steps, np.full(len(rows), bits)))


def test_the_marks() -> None:
    assert [levels(bits) for bits in (1, 2, 8)] == [1, 3, 255]
    assert quantized(np.array([0.0, 0.49, 0.5, 2.9, 99.0]), 1.0, 2).tolist() == [0, 0, 1, 3, 3]


def test_both_errors_by_hand() -> None:
    found = errors(np.array([0.2, 1.0, 5.0]), step=1.0, bits=1)
    assert found.rounding == pytest.approx(0.2 / 3)
    assert found.clipping == pytest.approx(4 / 3)
    assert found.total == pytest.approx(np.abs(quantized(np.array([0.2, 1.0, 5.0]), 1.0, 1) - [0.2, 1, 5]).mean())


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_no_other_step_is_much_better(rows: np.ndarray, bits: int) -> None:
    def error(step: float) -> float:
        return float(np.abs(quantized(rows, step, bits) - rows).mean())

    everywhere = min(error(step) for step in np.linspace(1e-3, rows.max(), 4_000))
    assert error(best_step(rows, bits)) <= 1.03 * everywhere


def test_the_table_is_what_searching_each_row_finds(rows: np.ndarray) -> None:
    table = error_table(rows)
    assert table.shape == (40, MOST_BITS)
    for row, found in zip(rows, table, strict=True):
        for bits in (1, 3, 5):
            step = best_step(row, bits)
            # A ruler of fewer bits may by chance have been the better one.
            assert found[bits - 1] <= np.abs(quantized(row, step, bits) - row).mean() + 1e-6
    assert (np.diff(table, axis=1) <= 0).all()
    assert (table <= rows.mean(1, keepdims=True) + 1e-6).all()


def test_a_row_of_zeros_has_no_error() -> None:
    assert error_table(np.zeros((1, 5))).max() == 0
    assert best_step(np.zeros(5), 3) > 0


def test_more_bits_help_the_runs_values(layer: LayerInput) -> None:
    means = layer.table.mean(0)
    assert (means[:-1] / means[1:] > 1.5).all(), "each further bit nearly halves the error"
    own = np.abs(layer.quantized - layer.values).mean(1)
    best = layer.table[np.arange(len(own)), layer.bits - 1]
    # A grid of eighty steps may miss the very best one by a little.
    assert np.mean(best <= 1.05 * own + 1e-3) > 0.98
