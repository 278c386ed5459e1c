import torch
from torch.testing import assert_close

from a2q.quantizers import code_step

_LARGEST_ERROR = 2 ** (1 / 16) - 1


def test_the_relative_error_is_at_most_half_a_sixteenth_of_a_doubling() -> None:
    step = torch.logspace(-23.9, 7.8, 20_001, base=2, dtype=torch.double)
    error = (code_step(step) / step - 1).abs()
    assert float(error.max()) <= _LARGEST_ERROR + 1e-9
    assert float(error.max()) > 0.99 * _LARGEST_ERROR


def test_there_are_256_codes_from_2_to_the_minus_24_to_2_to_the_7_875() -> None:
    codes = code_step(torch.logspace(-30, 12, 20_001, base=2, dtype=torch.double)).unique()
    assert_close(codes.log2(), torch.arange(-192, 64, dtype=torch.double) / 8)


def test_coding_twice_changes_nothing() -> None:
    step = code_step(torch.logspace(-20, 7, 1_000, base=2))
    assert torch.equal(code_step(step), step)


def test_the_gradient_passes_straight_through() -> None:
    step = torch.tensor([1e-9, 0.013, 1.0, 1e6], requires_grad=True)
    upstream = torch.tensor([1.0, -2.0, 3.0, 4.0])
    code_step(step).backward(upstream)
    assert torch.equal(step.grad, upstream)
