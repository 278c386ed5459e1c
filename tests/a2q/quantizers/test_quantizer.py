from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q.quantizers import NearestQuantizer, Quantizer, code_step, integer_codes
from a2q.quantizers.learned import SMALLEST_STEP, LearnedQuantizer
from a2q.sparse.matrix import SparseMatrix

# Step sizes that values of 6 rows and 10 columns need.
_SIZES = {"row": 6, "column": 10, "tensor": 1}


def _values(rows: int = 6, columns: int = 10, seed: int = 0) -> Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


def _train(quantizer: Quantizer, x: Tensor, steps: int, pull: float, lr: float = 0.3) -> None:
    """Adam on the Local Gradient while ``pull`` draws bits down (above 0) or up (below 0)."""
    optimizer = torch.optim.Adam(quantizer.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        (quantizer(x).sum() + pull * quantizer.bounded_bits.sum()).backward()
        optimizer.step()


@pytest.mark.parametrize("pull", [1e6, -1e6])
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
    quantizer = Quantizer(6, "row", signed=False, bits=4, start="random")
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
    quantizer = Quantizer(1, "row", signed=signed, bits=bits)
    x = torch.linspace(-300, 300, 6001)[None] * quantizer.step.detach()
    codes = integer_codes(x, quantizer.positive_step, quantizer.code_bits, signed).unique()
    lowest, highest = (1 - 2 ** (bits - 1), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    assert codes.tolist() == list(range(lowest, highest + 1))


@pytest.mark.parametrize("granularity", ["row", "column", "tensor"])
def test_16_bits_are_as_good_as_none(granularity: str) -> None:
    x = _values()
    quantizer = Quantizer(_SIZES[granularity], granularity, signed=True, bits=16, max_bits=16)
    quantizer.calibrate(x)
    error = (quantizer(x) - x).abs()
    assert bool((error <= quantizer.step / 2 + 1e-6).all())
    assert float(error.detach().max()) < 0.01


@pytest.mark.parametrize("granularity", ["row", "column", "tensor"])
def test_32_bits_equal_float(granularity: str) -> None:
    x = 1_000 * _values()
    quantizer = Quantizer(_SIZES[granularity], granularity, signed=True, bits=32, max_bits=32, start="random")
    # The finest steps that still reach every value: only float32's own rounding is left.
    reach = x.abs().amax({"row": 1, "column": 0, "tensor": (0, 1)}[granularity], keepdim=True)
    with torch.no_grad():
        quantizer.step.copy_(reach.clamp_min(2**31 * SMALLEST_STEP) / 2**31)
    assert_close(quantizer(x), x, rtol=1e-6, atol=SMALLEST_STEP)


@pytest.mark.parametrize(("granularity", "dim"), [("row", 1), ("column", 0), ("tensor", (0, 1))])
@pytest.mark.parametrize(("signed", "bits", "limit"), [(False, 4, 15), (True, 4, 7), (False, 1, 1)])
def test_calibration_is_twice_the_mean_over_the_root_of_the_largest_code(
    granularity: str, dim: int | tuple[int, int], signed: bool, bits: int, limit: int
) -> None:
    x = _values().abs()
    quantizer = Quantizer(_SIZES[granularity], granularity, signed=signed, bits=bits)
    quantizer(x)
    assert_close(quantizer.step, 2 * x.abs().mean(dim, keepdim=True) / limit**0.5)


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
    x = torch.tensor([[0.0, 0.5, 1.4, 1.5, 1.51, -0.1]])
    assert quantizer.clipped(x).tolist() == [[False, False, False, False, True, True]]


@pytest.mark.parametrize("learn_step", [True, False])
@pytest.mark.parametrize("learn_bits", [True, False])
def test_only_what_is_learned_is_a_parameter_and_changes(learn_step: bool, learn_bits: bool) -> None:
    quantizer = Quantizer(6, "row", signed=False, bits=3, learn_step=learn_step, learn_bits=learn_bits)
    learned = {name for name, used in (("step", learn_step), ("bits", learn_bits)) if used}
    assert {name for name, _ in quantizer.named_parameters()} == learned
    assert set(quantizer.state_dict()) == {"step", "bits", "sign", "started"}
    x = _values().abs().requires_grad_()
    quantizer(x.detach() / 10)
    quantizer(x).sum().backward()
    assert {name for name, values in quantizer.named_parameters() if torch.count_nonzero(values.grad)} == learned
    assert torch.equal(x.grad, torch.ones_like(x))


@pytest.mark.parametrize("granularity", ["row", "tensor"])
def test_1000_random_optimizer_steps_leave_bits_and_steps_in_range(granularity: str) -> None:
    generator = torch.Generator().manual_seed(7)
    quantizer = Quantizer(
        _SIZES[granularity], granularity, signed=None, bits=4, learn_bits=True, gradient="task", min_bits=0
    )
    quantizer(_values())
    for _ in range(1_000):
        with torch.no_grad():
            for values in quantizer.parameters():
                noise = torch.randn(values.shape, generator=generator)
                values.add_(noise * 10.0 ** torch.randint(-6, 7, (1,), generator=generator))
        assert bool(quantizer(_values()).isfinite().all())
        assert bool(((quantizer.bits >= 2) & (quantizer.bits <= 8)).all())
        assert bool((quantizer.step >= SMALLEST_STEP).all())


@pytest.mark.parametrize("granularity", ["row", "column", "tensor"])
@pytest.mark.parametrize("signed", [True, False])
def test_an_open_sign_is_decided_by_the_first_values(granularity: str, signed: bool) -> None:
    x = _values() if signed else _values().abs()
    quantizers = [
        Quantizer(_SIZES[granularity], granularity, signed=given, bits=3, min_bits=0) for given in (None, signed)
    ]
    assert "signed=None" in repr(quantizers[0])
    values = [quantizer(x) for quantizer in quantizers]
    assert torch.equal(values[0], values[1])
    assert [quantizer.signed for quantizer in quantizers] == [signed, signed]
    assert [quantizer.min_bits for quantizer in quantizers] == [2 if signed else 0] * 2


@pytest.mark.parametrize(
    ("make", "entries"),
    [
        (partial(Quantizer, 6, "row"), False),
        (partial(Quantizer, 6, "row"), True),
        (partial(NearestQuantizer, 3), False),
    ],
    ids=["row", "row of entries", "groups"],
)
def test_training_that_brings_negative_values_turns_an_open_sign_on(
    make: Callable[..., LearnedQuantizer], entries: bool
) -> None:
    quantizer, signed = make(signed=None, bits=1, learn_bits=True), make(signed=True, bits=2, learn_bits=True)
    x = _values()
    quantizer(x.abs())
    assert not quantizer.signed and set(quantizer.effective_bits.tolist()) == {1}
    signed(x.abs())
    with torch.no_grad():
        signed.step.copy_(quantizer.step)
    found = quantizer(SparseMatrix(x).entries).to_dense() if entries else quantizer(x)
    assert quantizer.signed and quantizer.min_bits == 2 and torch.equal(found, signed(x)) and bool((found < 0).any())


def test_evaluation_warns_once_of_negative_values_that_become_0() -> None:
    x = _values()
    quantizer = Quantizer(6, "row", signed=None, bits=3)
    expected = quantizer(x.abs()).where(x > 0, 0)
    quantizer.eval()
    with pytest.warns(UserWarning, match="met no value below 0 when its sign was decided has met some now"):
        assert torch.equal(quantizer(x), expected)
    assert torch.equal(quantizer(-x.abs()), torch.zeros_like(x))
    assert not quantizer.signed


def test_values_below_0_where_1_bit_is_all_there_may_be_are_told() -> None:
    quantizer = Quantizer(6, "row", signed=None, bits=1, max_bits=1)
    quantizer(_values().abs())
    with pytest.warns(UserWarning, match="they became 0"):
        quantizer(_values())
    assert not quantizer.signed


def test_who_asks_for_no_sign_is_told_nothing() -> None:
    quantizer = Quantizer(6, "row", signed=False, bits=3)
    for training in (True, False):
        assert not bool((quantizer.train(training)(_values()) < 0).any())
    assert not quantizer.signed


def test_a_sign_lifts_bits_to_2() -> None:
    quantizer = Quantizer(6, "row", signed=None, bits=1)
    quantizer(_values())
    assert quantizer.effective_bits.tolist() == [2] * 6
    assert quantizer.codes(_values())[0].unique().tolist() == [-1, 0, 1]


def test_a_sign_that_finds_no_room_is_refused() -> None:
    quantizer = Quantizer(6, "row", signed=None, bits=1, max_bits=1)
    with pytest.raises(ValueError, match="max_bits is 1 but the first values are negative in part"):
        quantizer(_values())


def test_random_steps_survive_the_first_values_which_still_decide_the_sign() -> None:
    quantizer = Quantizer(6, "row", signed=None, bits=4)
    quantizer.randomize(0.01, 0.01, torch.Generator().manual_seed(5))
    before = quantizer.step.clone()
    quantizer(_values())
    assert quantizer.signed
    assert torch.equal(quantizer.step, before)


def test_uniform_random_steps_fill_the_range_from_0_to_1() -> None:
    quantizer = Quantizer(2_000, "row", signed=False, bits=4)
    quantizer.randomize(0.0, None, torch.Generator().manual_seed(5))
    share = quantizer.step.detach().flatten().quantile(torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0]))
    assert_close(share, torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0]), atol=0.05, rtol=0)


@pytest.mark.parametrize("training", [True, False])
def test_8_bit_steps_are_used_everywhere(training: bool) -> None:
    x = _values().abs()
    plain = Quantizer(6, "row", signed=False, bits=3, gradient="task")
    coded = Quantizer(6, "row", signed=False, bits=3, gradient="task", step_bits=8).train(training)
    values = coded(x)
    plain(x)
    assert_close(coded.step, plain.step)
    with torch.no_grad():
        plain.step.copy_(code_step(plain.step))
    assert torch.equal(values, plain(x))
    assert torch.equal(coded.positive_step, plain.positive_step)
    assert torch.equal(coded.row_steps(x), plain.row_steps(x))
    assert torch.equal(coded.codes(x)[0], plain.codes(x)[0])
    assert torch.equal(coded.clipped(x), plain.clipped(x))
    values.square().sum().backward()
    plain(x).square().sum().backward()
    assert torch.equal(coded.step.grad, plain.step.grad)
    assert torch.count_nonzero(coded.step.grad)


@pytest.mark.parametrize(("granularity", "count"), [("row", 10), ("column", 6), ("tensor", 60)])
def test_scaled_step_gradients_are_those_of_lsq(granularity: str, count: int) -> None:
    grads = []
    for scaled in (False, True):
        quantizer = Quantizer(
            _SIZES[granularity], granularity, signed=True, bits=3, gradient="task", step_gradient_scale=scaled
        )
        quantizer(_values()).square().sum().backward()
        grads.append(quantizer.step.grad)
    assert_close(grads[1], grads[0] / (count * 3) ** 0.5)


@pytest.mark.parametrize(
    ("granularity", "step_bits", "learn_bits", "bits"),
    [("row", 32, True, 6 * 35), ("row", 8, True, 6 * 11), ("row", 8, False, 48), ("column", 32, False, 320)],
)
def test_overhead_counts_step_sizes_and_tags(granularity: str, step_bits: int, learn_bits: bool, bits: int) -> None:
    quantizer = Quantizer(
        _SIZES[granularity], granularity, signed=False, bits=3, learn_bits=learn_bits, step_bits=step_bits
    )
    assert quantizer.overhead_bits(6) == bits


def test_a_tensor_has_one_step_size_and_no_tag() -> None:
    assert Quantizer(1, "tensor", signed=False, bits=3, learn_bits=True).overhead_bits(6) == 32


@pytest.mark.parametrize(("signed", "least", "tag"), [(False, 0, 4), (False, 1, 3), (False, 5, 2), (True, 1, 3)])
def test_a_tag_says_which_of_the_allowed_widths_a_row_has(signed: bool, least: int, tag: int) -> None:
    """Widths 0 to 8 are nine, which take 4 bits; 1 to 8 are eight, 5 to 8 four; signed rows have 2 to 8, seven."""
    assert Quantizer(6, "row", signed=signed, bits=6, learn_bits=True, min_bits=least).tag_bits == tag


def test_rows_given_bits_of_their_own_use_and_tag_them() -> None:
    x = _values().abs()
    quantizer = Quantizer(6, "row", signed=None, bits=1)
    quantizer.set_bits(torch.tensor([1, 2, 3, 4, 5, 8]))
    quantizer(x)
    assert quantizer.row_bits(x).tolist() == [1, 2, 3, 4, 5, 8]
    assert quantizer.overhead_bits(6) == 6 * 35
    alone = Quantizer(1, "row", signed=False, bits=3)
    assert torch.equal(quantizer(x)[2:3], alone(x[2:3]))


def test_row_bits_and_steps_of_columns_and_tensors_are_shared() -> None:
    x = _values()
    columns = Quantizer(10, "column", signed=True, bits=4)
    tensor = Quantizer(1, "tensor", signed=True, bits=4)
    for quantizer in (columns, tensor):
        quantizer(x)
        assert quantizer.row_bits(x).tolist() == [4] * 6
    assert_close(columns.row_steps(x), columns.positive_step.detach().mean().expand(6))
    assert_close(tensor.row_steps(x), tensor.positive_step.detach().flatten().expand(6))


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("size", [1, 300])
@pytest.mark.parametrize("method", ["forward", "calibrate", "codes", "row_bits", "row_steps", "clipped"])
def test_other_rows_than_learned_are_refused(rows: int, size: int, method: str) -> None:
    quantizer = Quantizer(size, "row", signed=False, bits=4)
    x = torch.ones(rows + size, 4)
    with pytest.raises(ValueError, match=rf"values have {rows + size} rows but .* for {size} nodes; .* unseen"):
        getattr(quantizer, method)(x)


def test_large_counts_are_written_with_commas() -> None:
    with pytest.raises(ValueError, match=r"for 2,708 nodes"):
        Quantizer(2_708, "row", signed=False, bits=4)(torch.ones(300, 2))


@pytest.mark.parametrize("size", [1, 3])
def test_other_columns_than_learned_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"values have 10 columns but this quantizer has step sizes for {size};"):
        Quantizer(size, "column", signed=True, bits=4)(_values())


def test_a_quantizer_describes_itself() -> None:
    rows = Quantizer(4, "row", signed=False, bits=3, learn_bits=True)
    tensor = Quantizer(1, "tensor", signed=True, bits=4)
    assert repr(rows) == "Quantizer(4 rows, 3.00 bits (learned), signed=False)"
    assert repr(tensor) == "Quantizer(per tensor, 4.00 bits (fixed), signed=True)"


def test_a_signed_quantizer_needs_2_bits() -> None:
    with pytest.raises(ValueError, match="bits is 1; a signed quantizer needs at least 2, one of them the sign"):
        Quantizer(3, "column", signed=True, bits=1)


@pytest.mark.parametrize(
    ("granularity", "given", "sentence"),
    [
        ("tensor", {"size": 2}, 'size is 2; a quantizer of granularity "tensor" has one step size'),
        ("column", {"learn_bits": True}, "Bits are learned per row or per tensor"),
        ("column", {"step_bits": 8}, "step_bits is 8; only step sizes of rows are stored in 8 bits"),
        ("tensor", {"size": 1, "step_bits": 8}, "step_bits is 8; only step sizes of rows are stored in 8 bits"),
    ],
)
def test_what_a_granularity_cannot_have_is_refused(granularity: str, given: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Quantizer(**{"size": 6, "granularity": granularity, "signed": False, "bits": 4} | given)


@pytest.mark.parametrize(
    ("granularity", "bits", "sentence"),
    [
        ("row", [3, 3], "2 bitwidths are given to Quantizer"),
        ("column", [3] * 10, "10 bitwidths are given to Quantizer"),
        ("row", [0, 3, 3, 3, 3, 3], "Bitwidths from 0 to 3 are given; this quantizer allows 1 to 8"),
        ("row", [3, 3, 3, 3, 3, 9], "Bitwidths from 3 to 9 are given; this quantizer allows 1 to 8"),
    ],
)
def test_bits_that_do_not_fit_are_refused(granularity: str, bits: list[int], sentence: str) -> None:
    quantizer = Quantizer(_SIZES[granularity], granularity, signed=False, bits=4)
    with pytest.raises(ValueError, match=sentence):
        quantizer.set_bits(torch.tensor(bits))


@pytest.mark.parametrize(("lowest", "start", "highest"), [(3, 2, 8), (1, 9, 8), (5, 4, 3), (-1, 2, 8), (1, 4, 33)])
def test_bounds_out_of_order_are_refused(lowest: int, start: int, highest: int) -> None:
    sentence = f"min_bits, bits and max_bits are {lowest}, {start} and {highest}; they must rise in this order"
    with pytest.raises(ValueError, match=sentence):
        Quantizer(3, "row", signed=False, bits=start, min_bits=lowest, max_bits=highest)
