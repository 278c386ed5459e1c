import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from a2q.quantizers import BinaryQuantizer


def _values(rows: int = 9, columns: int = 5, seed: int = 0) -> Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed), dtype=torch.double)


def _leaf(values: Tensor) -> Tensor:
    return values.detach().clone().requires_grad_()


@pytest.mark.parametrize(("granularity", "dim"), [("row", 1), ("column", 0)])
def test_values_become_signs_times_the_mean_absolute_value(granularity: str, dim: int) -> None:
    x = _values()
    values = BinaryQuantizer(granularity)(x)
    assert_close(values, x.sign() * x.abs().mean(dim, keepdim=True))


def test_0_is_positive() -> None:
    assert BinaryQuantizer("row")(torch.tensor([[0.0, -0.0, -1.0, 3.0]])).tolist() == [[1, 1, -1, 1]]


def test_rows_pass_gradients_straight_through_up_to_1() -> None:
    x = _leaf(torch.tensor([[-1.5, -1.0, 0.0, 1.0, 1.01]]))
    BinaryQuantizer("row")(x).backward(torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]))
    assert x.grad.tolist() == [[0, 2, 3, 4, 0]]


def test_columns_differentiate_the_scale_as_autograd_does() -> None:
    upstream = _values(seed=1)
    ours, plain = _leaf(_values()), _leaf(_values())
    BinaryQuantizer("column")(ours).backward(upstream)
    clipped = plain.clamp(-1, 1)
    # The sign with the derivative of the value clipped to -1 … 1, times a scale that autograd sees.
    sign = clipped + (plain.sign() - clipped).detach()
    (sign * plain.abs().mean(0)).backward(upstream)
    assert_close(ours.grad, plain.grad)
    assert bool((plain.abs() > 1).any())


def test_columns_equal_the_formula_of_bi_gcn() -> None:
    x, upstream = _leaf(_values()), _values(seed=1)
    BinaryQuantizer("column")(x).backward(upstream)
    sign, scale = x.detach().sign(), x.detach().abs().mean(0)
    through = scale * (x.detach().abs() <= 1) * upstream
    assert_close(x.grad, through + sign * (sign * upstream).sum(0) / len(x))


def test_columns_are_normalised_as_batch_norm_does() -> None:
    x = 3 * _values(40) + 5
    quantizer = BinaryQuantizer("row", columns=5).double()
    norm = nn.BatchNorm1d(5, affine=False).double()
    ours, theirs = _leaf(x), _leaf(x)
    values, normal = quantizer(ours), norm(theirs)
    assert_close(values, normal.sign() * normal.abs().mean(1, keepdim=True))
    upstream = _values(40, seed=1)
    values.backward(upstream)
    normal.backward(upstream * (normal.detach().abs() <= 1))
    assert_close(ours.grad, theirs.grad)


def test_statistics_start_from_the_first_values_and_follow_training_only() -> None:
    x = 3 * _values(40) + 5
    quantizer = BinaryQuantizer("row", columns=5).double().eval()
    quantizer(x)
    assert_close(quantizer.mean, x.mean(0))
    assert_close(quantizer.variance, x.var(0))
    quantizer(x + 1)
    assert_close(quantizer.mean, x.mean(0))
    quantizer.train()(x + 1)
    assert_close(quantizer.mean, x.mean(0) + 0.1)
    quantizer.codes(x + 9)
    assert_close(quantizer.mean, x.mean(0) + 0.1)


def test_one_first_row_is_enough_in_evaluation() -> None:
    quantizer = BinaryQuantizer("row", columns=5).double().eval()
    assert bool(quantizer(_values(1)).isfinite().all())


def test_codes_are_signs_of_1_bit() -> None:
    quantizer = BinaryQuantizer("row")
    x = _values()
    quantizer(x)
    assert quantizer.codes(x)[0].unique().tolist() == [-1, 1]
    assert quantizer.row_bits(x).tolist() == [1] * 9
    assert_close(quantizer.row_steps(x), x.abs().mean(1))
    assert torch.equal(quantizer.clipped(x), x.abs() > x.abs().mean(1, keepdim=True))


@pytest.mark.parametrize(("granularity", "bits"), [("row", 32 * 9), ("column", 32 * 5)])
def test_overhead_is_a_scale_per_row_or_column(granularity: str, bits: int) -> None:
    quantizer = BinaryQuantizer(granularity)
    quantizer(_values())
    assert quantizer.overhead_bits(9) == bits


def test_columns_share_the_mean_of_their_scales_between_rows() -> None:
    quantizer = BinaryQuantizer("column")
    x = _values()
    quantizer(x)
    assert_close(quantizer.row_steps(x), x.abs().mean().expand(9))
