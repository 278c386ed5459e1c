import numpy as np
import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q.data_files import data_file
from a2q.quantizers import fake_quantize, integer_codes, largest_code

_CASES = [
    f"{kind}_{shape}"
    for kind in ("node_local", "node_local_relu", "xw_local", "weight_global", "group_global")
    for shape in ("7x16", "64x8", "33x145")
]


@pytest.fixture(scope="module")
def golden() -> dict[str, Tensor]:
    """Inputs, outputs and gradients of the method's reference implementation, see data/README.md."""
    with np.load(data_file("golden/quantizer_vectors.npz"), allow_pickle=False) as vectors:
        return {name: torch.from_numpy(vectors[name]) for name in vectors.files}


def _leaf(values: Tensor) -> Tensor:
    return values.detach().clone().requires_grad_()


def _draw(rows: int = 12, columns: int = 9, seed: int = 0, signed: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    """Values, a step per row and code bits 1 to 6 per row, in double precision so that two ways can agree closely."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, columns, generator=generator, dtype=torch.double)
    step = torch.rand(rows, 1, generator=generator, dtype=torch.double) * 0.3 + 0.02
    bits = 1 + 5 * torch.rand(rows, 1, generator=generator, dtype=torch.double)
    bits[:2] = 1.2
    return (x if signed else x.abs()), step, bits


def _straight_through(whole: Tensor, real: Tensor) -> Tensor:
    return real + (whole - real).detach()


def _plain(x: Tensor, step: Tensor, bits: Tensor) -> Tensor:
    """The formula written for autograd: rounding passes its gradient on, clipping decides by itself."""
    limit = torch.exp2(_straight_through(bits.round(), bits) - 1) - 1
    ratio = torch.minimum(x.abs() / step, limit)
    return x.sign() * step * _straight_through((ratio + 0.5).floor(), ratio)


def test_every_golden_case_is_tested(golden: dict[str, Tensor]) -> None:
    assert {name.partition(".")[0] for name in golden} == set(_CASES)


@pytest.mark.parametrize("case", _CASES)
@pytest.mark.parametrize("transposed", [False, True], ids=["rows", "columns"])
def test_golden_vectors(golden: dict[str, Tensor], case: str, transposed: bool) -> None:
    def given(field: str) -> Tensor:
        return golden[f"{case}.{field}"]

    x, step, bits = (_leaf(given(field)) for field in ("x", "step", "bits"))
    used_step, used_bits = step, bits
    if case.startswith("group"):
        used_step, used_bits = step[given("index")], bits[given("index")]
    gradient = "local" if "local" in case else "task"
    if transposed:
        y = fake_quantize(x.T, used_step.T, used_bits.T, gradient=gradient).T
    else:
        y = fake_quantize(x, used_step, used_bits, gradient=gradient)
    y.backward(given("upstream"))
    assert_close(y, given("y"), atol=1e-6, rtol=0)
    for values, name in ((x, "grad_x"), (step, "grad_step"), (bits, "grad_bits")):
        assert_close(values.grad, given(name), atol=1e-6, rtol=1e-6, msg=lambda text, name=name: f"{name}: {text}")


def _shared(shape: tuple[int, int], shared: str, signed: bool = True) -> list[Tensor]:
    """Values of a shape with a step size and bits per row, per column or per tensor, as leaves."""
    rows, columns = shape
    x, step, bits = _draw(*(shape if shared != "columns" else (columns, rows)), signed=signed)
    if shared == "tensor":
        step, bits = step[-1:] * 0 + 0.1, bits[-1:] * 0 + 3.3
    return [_leaf(values.T if shared == "columns" else values) for values in (x, step, bits)]


@pytest.mark.parametrize("shared", ["rows", "columns", "tensor"])
@pytest.mark.parametrize("shape", [(12, 9), (1, 9), (12, 1), (1, 1)])
def test_task_gradients_equal_autograd_of_the_plain_formula(shared: str, shape: tuple[int, int]) -> None:
    ours = _shared(shape, shared)
    plain = [_leaf(values) for values in ours]
    weight = torch.randn(ours[0].shape, generator=torch.Generator().manual_seed(1), dtype=torch.double)
    y = fake_quantize(*ours, gradient="task", straight_through="clipped")
    expected = _plain(*plain)
    assert_close(y, expected)
    (y * weight).sum().backward()
    (expected * weight).sum().backward()
    for mine, theirs in zip(ours, plain, strict=True):
        assert_close(mine.grad, theirs.grad)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("shared", ["rows", "columns", "tensor"])
@pytest.mark.parametrize("shape", [(12, 9), (1, 9), (12, 1), (1, 1)])
def test_local_gradient_descends_the_mean_absolute_error(shared: str, shape: tuple[int, int], signed: bool) -> None:
    ours = _shared(shape, shared, signed)
    x, step, bits = (_leaf(values) for values in ours)
    fake_quantize(*ours, signed=signed, gradient="local").sum().backward()
    dim = {"rows": 1, "columns": 0, "tensor": (0, 1)}[shared]
    error = (_plain(x.detach(), step, bits) - x.detach()).abs().mean(dim).sum()
    error.backward()
    assert_close(ours[1].grad, step.grad)
    assert_close(ours[2].grad, bits.grad)


def test_gradients_per_tensor_are_sums_of_those_per_row_and_column() -> None:
    x, step, bits = _shared((12, 9), "tensor")
    upstream = torch.randn(x.shape, generator=torch.Generator().manual_seed(1), dtype=torch.double)
    fake_quantize(x, step, bits, gradient="task").backward(upstream)
    for shape in ((12, 1), (1, 9)):
        steps, widths = _leaf(step.expand(shape)), _leaf(bits.expand(shape))
        fake_quantize(x.detach(), steps, widths, gradient="task").backward(upstream)
        assert_close(steps.grad.sum(), step.grad.squeeze())
        assert_close(widths.grad.sum(), bits.grad.squeeze())
    assert torch.count_nonzero(bits.grad)


def test_what_needs_no_gradient_gets_none_and_changes_no_other() -> None:
    everything = _shared((12, 9), "rows")
    fake_quantize(*everything, gradient="task").square().sum().backward()
    for alone in range(3):
        given = [values.detach().clone().requires_grad_(place == alone) for place, values in enumerate(everything)]
        fake_quantize(*given, gradient="task").square().sum().backward()
        assert torch.equal(given[alone].grad, everything[alone].grad)


@pytest.mark.parametrize("gradient", ["local", "task"])
@pytest.mark.parametrize(("shared", "count"), [("rows", 9), ("columns", 12), ("tensor", 108)])
def test_the_scaled_step_gradient_is_divided_by_the_root_of_count_times_q(
    shared: str, count: int, gradient: str
) -> None:
    plain, scaled = _shared((12, 9), shared), _shared((12, 9), shared)
    fake_quantize(*plain, gradient=gradient).square().sum().backward()
    fake_quantize(*scaled, gradient=gradient, scale_step_gradient=True).square().sum().backward()
    divisor = (count * largest_code(plain[2].detach()).clamp_min(1)).sqrt()
    assert_close(scaled[1].grad, plain[1].grad / divisor)
    assert torch.equal(scaled[2].grad, plain[2].grad)
    assert torch.equal(scaled[0].grad, plain[0].grad)


def test_local_gradient_ignores_what_comes_from_upstream() -> None:
    x, step, bits = (_leaf(values) for values in _draw())
    fake_quantize(x, step, bits, gradient="local").sum().backward()
    first = step.grad.clone(), bits.grad.clone()
    step.grad = bits.grad = None
    fake_quantize(x, step, bits, gradient="local").mul(-7).sum().backward()
    assert_close((step.grad, bits.grad), first)


def test_straight_through_is_the_identity_or_stops_at_clipped_values() -> None:
    x, step, bits = _draw()
    upstream = torch.randn(x.shape, generator=torch.Generator().manual_seed(2), dtype=torch.double)
    passed = {}
    for kind in ("identity", "clipped"):
        values = _leaf(x)
        fake_quantize(values, step, bits, straight_through=kind).backward(upstream)
        passed[kind] = values.grad
    inside = x.abs() <= step * largest_code(bits)
    assert 0 < inside.sum() < inside.numel()
    assert_close(passed["identity"], upstream)
    assert_close(passed["clipped"], upstream * inside)


@pytest.mark.parametrize("signed", [True, False])
def test_the_end_of_the_range_is_within_it(signed: bool) -> None:
    """3 bits reach to Q = 3 steps of 0.5: the value after 1.5 is clipped; 1.5 is not, nor 1.4, whose code is 3 too."""
    above = torch.nextafter(torch.tensor(1.5), torch.tensor(2.0)).item()
    x = _leaf(torch.tensor([[1.5, above, 1.4]]))
    step, bits = torch.tensor([[0.5]]), _leaf(torch.tensor([[3.0]]))
    fake_quantize(x, step, bits, signed, gradient="task", straight_through="clipped").sum().backward()
    assert x.grad.tolist() == [[1, 0, 1]]
    # One value is clipped, and one more bit lets it grow by 2^(3 - 1) steps times ln 2.
    assert bits.grad.item() == pytest.approx(4 * 0.5 * np.log(2))


@pytest.mark.parametrize("gradient", ["local", "task"])
def test_unsigned_and_signed_agree_on_non_negative_values(gradient: str) -> None:
    found = []
    for signed in (True, False):
        x, step, bits = (_leaf(values) for values in _draw(signed=False))
        y = fake_quantize(x, step, bits, signed=signed, gradient=gradient, straight_through="clipped")
        y.square().sum().backward()
        found.append((y, x.grad, step.grad, bits.grad))
    assert_close(found[0], found[1], atol=0, rtol=0)


def test_unsigned_makes_negative_values_0_and_takes_no_gradient_from_them() -> None:
    x, step, bits = (_leaf(values) for values in _draw(signed=False))
    y = fake_quantize(-x - 0.01, step, bits, signed=False, gradient="task", straight_through="clipped")
    y.sum().backward()
    for values in (y, x.grad, step.grad, bits.grad):
        assert not torch.count_nonzero(values)


def test_codes_are_whole_within_bounds_and_odd() -> None:
    x, step, bits = _draw()
    codes = integer_codes(x * 5, step, bits)
    assert torch.equal(codes, codes.round())
    assert bool((codes.abs() <= largest_code(bits)).all())
    assert torch.equal(integer_codes(-x * 5, step, bits), -codes)
    assert torch.equal(fake_quantize(x * 5, step, bits), codes * step)


def test_codes_of_a_hand_worked_row() -> None:
    x = torch.tensor([[0.0, 0.04, 0.05, -0.05, 0.149, 0.15, 0.31, -9.0]])
    codes = integer_codes(x, torch.tensor([[0.1]]), torch.tensor([[3.0]]))
    assert codes.tolist() == [[0, 0, 1, -1, 1, 2, 3, -3]]


def test_bits_round_ties_to_even() -> None:
    bits = torch.tensor([1.0, 1.5, 2.5, 3.4, 3.5, 4.0])
    assert largest_code(bits).tolist() == [0, 1, 1, 3, 7, 7]


def test_error_is_at_most_half_a_step_where_nothing_is_clipped() -> None:
    x, step, bits = _draw()
    error = (fake_quantize(x, step, bits) - x).abs()
    inside = x.abs() <= step * largest_code(bits)
    assert bool((error <= step / 2 + 1e-12)[inside].all())


def test_quantized_product_equals_integer_arithmetic() -> None:
    x, row_step, row_bits = _draw(rows=11, columns=9, seed=3, signed=False)
    weight, column_step, column_bits = (values.T for values in _draw(rows=5, columns=9, seed=4))
    simulated = fake_quantize(x, row_step, row_bits, signed=False) @ fake_quantize(weight, column_step, column_bits)
    whole_x = integer_codes(x, row_step, row_bits, signed=False).to(torch.int64)
    whole_weight = integer_codes(weight, column_step, column_bits).to(torch.int64)
    product = whole_x @ whole_weight
    assert product.dtype == torch.int64
    assert torch.count_nonzero(product)
    assert_close(simulated, product * (row_step * column_step))


@pytest.mark.parametrize("bits", [torch.ones(4, 1), torch.ones(1, 1)], ids=["other step shape", "misfit bits"])
def test_shapes_that_do_not_fit_are_refused(bits: Tensor) -> None:
    step = torch.ones(4, 1) if bits.shape == (1, 1) else torch.ones(3, 1)
    with pytest.raises(ValueError, match=r"give both as \[4, 1\] \(per row\) or \[1, 6\] \(per column\) or \[1, 1\]"):
        fake_quantize(torch.ones(4, 6), step, bits)
