import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q.quantizers import Quantizer, integer_codes
from a2q.quantizers.quantizer import SMALLEST_STEP


def _values(rows: int = 6, columns: int = 10, seed: int = 0) -> Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


def _train(quantizer: Quantizer, x: Tensor, steps: int, pull: float, lr: float = 0.3) -> None:
    """Adam on the Local Gradient while ``pull`` draws bits down (above 0) or up (below 0)."""
    optimizer = torch.optim.Adam(quantizer.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        (quantizer(x).sum() + pull * quantizer.bounded_bits.sum()).backward()
        optimizer.step()


@pytest.mark.parametrize("pull", [50.0, -50.0])
@pytest.mark.parametrize("scale", [0.0, 1e-9, 1.0, 1e4])
def test_bits_and_steps_stay_in_range_whatever_the_optimizer_does(pull: float, scale: float) -> None:
    x = _values().abs() * scale
    quantizer = Quantizer(6, "row", signed=False, bits=3, learn_bits=True, min_bits=1, max_bits=5)
    optimizer = torch.optim.Adam(quantizer.parameters(), lr=2.0)
    for _ in range(60):
        optimizer.zero_grad()
        (quantizer(x).sum() + pull * quantizer.bounded_bits.sum() + quantizer.step.sum()).backward()
        optimizer.step()
        assert bool(((quantizer.effective_bits >= 1) & (quantizer.effective_bits <= 5)).all())
        assert bool((quantizer.positive_step >= SMALLEST_STEP).all())
        assert bool(quantizer(x).isfinite().all())
    assert set(quantizer.effective_bits.tolist()) == {1 if pull > 0 else 5}


def test_steps_pushed_below_zero_keep_their_gradient_and_return() -> None:
    x = _values().abs()
    quantizer = Quantizer(6, "row", signed=False, bits=4)
    with torch.no_grad():
        quantizer.step.fill_(-3.0)
    _train(quantizer, x, steps=1, pull=0.0)
    assert bool((quantizer.step > SMALLEST_STEP).all())


@pytest.mark.parametrize("min_bits", [0, 1, 2])
def test_a_bit_at_its_lower_bound_comes_back_when_values_are_clipped(min_bits: int) -> None:
    x = _values().abs() + 5
    quantizer = Quantizer(6, "row", signed=False, bits=3, learn_bits=True, min_bits=min_bits)
    _train(quantizer, x, steps=30, pull=100.0)
    assert set(quantizer.effective_bits.tolist()) == {min_bits}
    with torch.no_grad():
        quantizer.step.fill_(0.1)
    _train(quantizer, x, steps=8, pull=0.0)
    assert int(quantizer.effective_bits.min()) > min_bits


def test_a_bit_at_its_upper_bound_comes_back_when_it_costs() -> None:
    quantizer = Quantizer(6, "row", signed=False, bits=3, learn_bits=True)
    _train(quantizer, _values().abs(), steps=40, pull=-100.0)
    assert set(quantizer.effective_bits.tolist()) == {8}
    _train(quantizer, _values().abs(), steps=10, pull=1.0)
    assert int(quantizer.effective_bits.max()) < 8


def test_0_bits_prune_a_row() -> None:
    x = _values().abs()
    quantizer = Quantizer(6, "row", signed=False, bits=0, min_bits=0)
    quantizer.calibrate(x)
    assert not torch.count_nonzero(quantizer(x))
    assert not torch.count_nonzero(integer_codes(x, quantizer.positive_step, quantizer.code_bits, signed=False))
    assert quantizer.effective_bits.tolist() == [0] * 6


@pytest.mark.parametrize(("signed", "bits"), [(False, 1), (False, 2), (False, 8), (True, 2), (True, 4), (True, 8)])
def test_effective_bits_are_the_number_of_codes(signed: bool, bits: int) -> None:
    quantizer = Quantizer(1, "row", signed=signed, bits=bits, min_bits=2 if signed else 1)
    x = torch.linspace(-300, 300, 6001)[None] * quantizer.step.detach()
    codes = integer_codes(x, quantizer.positive_step, quantizer.code_bits, signed).unique()
    lowest, highest = (1 - 2 ** (bits - 1), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    assert codes.tolist() == list(range(lowest, highest + 1))


@pytest.mark.parametrize("granularity", ["row", "column"])
def test_16_bits_are_as_good_as_none(granularity: str) -> None:
    x = _values()
    quantizer = Quantizer(6 if granularity == "row" else 10, granularity, signed=True, bits=16, min_bits=2, max_bits=16)
    quantizer.calibrate(x)
    error = (quantizer(x) - x).abs()
    assert bool((error <= quantizer.step / 2 + 1e-6).all())
    assert float(error.detach().max()) < 0.01


@pytest.mark.parametrize("granularity", ["row", "column"])
def test_32_bits_equal_float(granularity: str) -> None:
    x = 1_000 * _values()
    quantizer = Quantizer(6 if granularity == "row" else 10, granularity, signed=True, bits=32, min_bits=2, max_bits=32)
    # The finest steps that still reach every value: only float32's own rounding is left.
    reach = x.abs().amax(1 if granularity == "row" else 0, keepdim=True).clamp_min(2**31 * SMALLEST_STEP)
    with torch.no_grad():
        quantizer.step.copy_(reach / 2**31)
    assert_close(quantizer(x), x, rtol=1e-6, atol=SMALLEST_STEP)


def test_a_quantizer_not_enabled_returns_its_input() -> None:
    x = _values()
    quantizer = Quantizer(6, "row", signed=True, bits=2, min_bits=2)
    quantizer.enabled = False
    assert quantizer(x) is x


@pytest.mark.parametrize(("granularity", "dim"), [("row", 1), ("column", 0)])
@pytest.mark.parametrize(("signed", "bits", "limit"), [(False, 4, 15), (True, 4, 7), (False, 1, 1)])
def test_calibration_is_twice_the_mean_over_the_root_of_the_largest_code(
    granularity: str, dim: int, signed: bool, bits: int, limit: int
) -> None:
    x = _values().abs()
    size = x.shape[1 - dim]
    quantizer = Quantizer(size, granularity, signed=signed, bits=bits, min_bits=2 if signed else 1)
    quantizer.calibrate(x)
    assert_close(quantizer.step.flatten(), 2 * x.abs().mean(dim) / limit**0.5)


def test_rows_without_values_take_the_median_step() -> None:
    x = torch.tensor([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0], [3.0, 3.0], [8.0, 8.0]])
    quantizer = Quantizer(5, "row", signed=False, bits=1)
    quantizer.calibrate(x)
    assert quantizer.step.flatten().tolist() == [6, 2, 6, 6, 16]


def test_calibration_on_nothing_but_zeros_is_usable() -> None:
    quantizer = Quantizer(3, "row", signed=False, bits=4)
    quantizer.calibrate(torch.zeros(3, 5))
    assert_close(quantizer.step, torch.full((3, 1), 0.1))


def test_random_steps_are_positive_and_repeat() -> None:
    first, second = (Quantizer(500, "row", signed=False, bits=4) for _ in range(2))
    for quantizer in (first, second):
        quantizer.randomize(0.01, 0.01, torch.Generator().manual_seed(5))
    assert torch.equal(first.step, second.step)
    assert bool((first.step >= SMALLEST_STEP).all())
    assert first.step.unique().numel() > 400


def test_clipped_marks_what_lies_beyond_the_largest_code() -> None:
    quantizer = Quantizer(1, "row", signed=False, bits=2)
    with torch.no_grad():
        quantizer.step.fill_(0.5)
    x = torch.tensor([[0.0, 0.5, 1.4, 1.5, 1.51, 9.0]])
    assert quantizer.clipped(x).tolist() == [[False, False, False, False, True, True]]


def test_only_learned_bits_are_a_parameter() -> None:
    learned = Quantizer(2, "row", signed=False, bits=3, learn_bits=True)
    fixed = Quantizer(2, "row", signed=False, bits=3)
    assert {name for name, _ in learned.named_parameters()} == {"step", "bits"}
    assert {name for name, _ in fixed.named_parameters()} == {"step"}
    assert set(learned.state_dict()) == set(fixed.state_dict()) == {"step", "bits"}


def test_a_quantizer_describes_itself() -> None:
    quantizer = Quantizer(4, "row", signed=False, bits=3, learn_bits=True)
    assert repr(quantizer) == "Quantizer(4 rows, 3.00 bits (learned), signed=False)"


@pytest.mark.parametrize("min_bits", [0, 1])
def test_a_signed_quantizer_needs_2_bits(min_bits: int) -> None:
    with pytest.raises(ValueError, match=f"min_bits is {min_bits}; a signed quantizer needs at least 2"):
        Quantizer(3, "column", signed=True, bits=4, min_bits=min_bits)


@pytest.mark.parametrize(("lowest", "start", "highest"), [(3, 2, 8), (1, 9, 8), (5, 4, 3), (-1, 2, 8), (1, 4, 33)])
def test_bounds_out_of_order_are_refused(lowest: int, start: int, highest: int) -> None:
    sentence = f"min_bits, bits and max_bits are {lowest}, {start} and {highest}; they must rise in this order"
    with pytest.raises(ValueError, match=sentence):
        Quantizer(3, "row", signed=False, bits=start, min_bits=lowest, max_bits=highest)
