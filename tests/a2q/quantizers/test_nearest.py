import copy

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q.quantizers import NearestQuantizer, fake_quantize, largest_code
from a2q.quantizers.learned import SMALLEST_STEP


def _values(rows: int = 40, columns: int = 7, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(rows, columns, generator=generator) * torch.rand(rows, 1, generator=generator).mul(6).exp()


def _quantizer(groups: int = 12, **given: object) -> NearestQuantizer:
    """Signed, random step sizes, bits from 2 to 6."""
    quantizer = NearestQuantizer(groups, **{"signed": True, "bits": 4} | given)
    generator = torch.Generator().manual_seed(groups)
    quantizer.randomize(0.0, None, generator)
    with torch.no_grad():
        quantizer.step.mul_(torch.rand(quantizer.step.shape, generator=generator).mul(4).exp())
        quantizer.bits.copy_(torch.rand(quantizer.bits.shape, generator=generator).mul(4) + 2)
    return quantizer


def _brute_force(quantizer: NearestQuantizer, x: Tensor) -> Tensor:
    whole = quantizer.code_bits.detach().double()
    factor = largest_code(whole) if quantizer.convention == "exact" else torch.exp2(whole.round() - 1)
    limits = (quantizer.positive_step.detach().double() * factor).flatten()
    distance = (x.abs().amax(1, keepdim=True).double() - limits).abs()
    return (distance == distance.amin(1, keepdim=True)).int().argmax(1)


@pytest.mark.parametrize("convention", ["exact", "paper-code"])
@pytest.mark.parametrize("groups", [1, 2, 12, 150])
@pytest.mark.parametrize("training", [True, False])
def test_rows_choose_what_brute_force_chooses(convention: str, groups: int, training: bool) -> None:
    quantizer = _quantizer(groups, convention=convention).train(training)
    x = _values(400)
    quantizer(x)
    assert torch.equal(quantizer.chosen, _brute_force(quantizer, x))
    assert torch.equal(quantizer.choose(x), quantizer.chosen)
    assert not quantizer.chosen.requires_grad


def test_the_two_conventions_choose_differently() -> None:
    x = _values(400)
    exact, code = (_quantizer(12, convention=convention).choose(x) for convention in ("exact", "paper-code"))
    assert not torch.equal(exact, code)


@pytest.mark.parametrize("gradient", ["task", "local"])
def test_gradients_are_summed_over_the_rows_of_a_group_and_reach_no_other(gradient: str) -> None:
    x = _values()
    quantizer = _quantizer(30, gradient=gradient)
    upstream = torch.randn(x.shape, generator=torch.Generator().manual_seed(3))
    values = quantizer(x)
    values.backward(upstream)
    chosen = quantizer.chosen
    step, bits = (given.detach()[chosen].requires_grad_() for given in (quantizer.step, quantizer.bits))
    expected = fake_quantize(x, step, bits, gradient=gradient)
    expected.backward(upstream)
    assert torch.equal(values, expected)
    for parameter, rows in ((quantizer.step, step), (quantizer.bits, bits)):
        summed = torch.zeros_like(parameter)
        for row, group in enumerate(chosen.tolist()):
            summed[group] += rows.grad[row]
        assert_close(parameter.grad, summed)
    unused = torch.ones(30, dtype=torch.bool).index_fill_(0, chosen, False)
    assert bool(unused.any())
    assert not torch.count_nonzero(quantizer.step.grad[unused])
    assert torch.count_nonzero(quantizer.bits.grad)


def test_priced_bits_count_each_chosen_group_once_or_each_row() -> None:
    quantizer = _quantizer(30)
    quantizer(_values())
    group_sum, row_mean = quantizer.priced_bits()
    chosen = quantizer.chosen
    assert_close(row_mean, quantizer.bounded_bits[chosen].mean())
    assert_close(group_sum, quantizer.bounded_bits[chosen.unique()].sum())
    (row_mean + group_sum).backward()
    share = torch.bincount(chosen, minlength=30) / len(chosen)
    assert_close(quantizer.bits.grad.flatten(), share + (share > 0))


def test_bits_have_no_price_before_a_forward_pass() -> None:
    with pytest.raises(ValueError, match="No row has chosen a group yet; run a forward pass"):
        NearestQuantizer(3, signed=False, bits=4).priced_bits()


@pytest.mark.parametrize("signed", [True, False])
def test_groups_start_spread_over_the_values(signed: bool) -> None:
    x = _values(2_000) if signed else _values(2_000).abs()
    x[:100] = 0
    quantizer = NearestQuantizer(50, signed=None, bits=4)
    quantizer(x)
    assert quantizer.signed == signed
    reach = x.abs().amax(1)
    ends = (quantizer.positive_step * largest_code(quantizer.code_bits)).detach().flatten()
    assert_close(ends.max(), reach.max())
    assert bool((ends.diff() >= 0).all())
    # As many rows below each end as its place says.
    below = (reach[100:, None] <= ends * (1 + 1e-5)).double().mean(0)
    assert_close(below, torch.arange(1, 51) / 50, atol=0.01, rtol=0, check_dtype=False)
    assert quantizer.chosen.unique().numel() == 50
    assert float(quantizer.clipped(x).double().mean()) < 0.25


def test_one_group_starts_at_the_largest_value_and_zeros_start_at_a_tenth() -> None:
    single = NearestQuantizer(1, signed=True, bits=4)
    single(_values())
    assert_close(single.step.squeeze() * 7, _values().abs().max())
    empty = NearestQuantizer(5, signed=None, bits=4)
    assert not torch.count_nonzero(empty(torch.zeros(3, 4)))
    assert_close(empty.step, torch.full((5, 1), 0.1))


def test_random_steps_survive_the_first_values() -> None:
    quantizer = NearestQuantizer(20, signed=None, bits=4)
    quantizer.randomize(0.01, 0.1, torch.Generator().manual_seed(0))
    before = quantizer.step.clone()
    quantizer(_values())
    assert torch.equal(quantizer.step, before)
    assert quantizer.signed


def test_any_number_of_rows_is_taken_and_each_row_is_treated_alone() -> None:
    x = _values(40)
    quantizer = _quantizer().eval()
    together = quantizer(x)
    order = torch.randperm(40, generator=torch.Generator().manual_seed(1))
    assert torch.equal(quantizer(x[order]), together[order])
    assert torch.equal(quantizer(x[5:6]), together[5:6])


def test_rows_report_the_bits_and_steps_of_their_group() -> None:
    x = _values()
    quantizer = _quantizer()
    chosen = quantizer.choose(x)
    assert torch.equal(quantizer.row_bits(x), quantizer.bits.detach().round().long()[chosen, 0])
    assert torch.equal(quantizer.row_steps(x), quantizer.step.detach()[chosen, 0])
    codes, step = quantizer.codes(x * 3)
    assert bool((codes.abs() <= largest_code(quantizer.code_bits[quantizer.choose(x * 3)])).all())
    assert torch.equal(quantizer.clipped(x), x.abs() > (largest_code(quantizer.code_bits) * quantizer.step)[chosen])
    assert step.shape == (40, 1)


def test_1000_random_optimizer_steps_leave_bits_and_steps_in_range() -> None:
    generator = torch.Generator().manual_seed(7)
    quantizer = NearestQuantizer(9, signed=None, bits=4, min_bits=1, max_bits=6)
    quantizer(_values(5))
    for _ in range(1_000):
        with torch.no_grad():
            for values in quantizer.parameters():
                noise = torch.randn(values.shape, generator=generator)
                values.add_(noise * 10.0 ** torch.randint(-6, 7, (1,), generator=generator))
        assert bool(quantizer(_values(5)).isfinite().all())
        assert bool(((quantizer.bits >= 2) & (quantizer.bits <= 6)).all())
        assert bool((quantizer.step >= SMALLEST_STEP).all())


@pytest.mark.parametrize(
    ("groups", "learn_bits", "bits"),
    [(1000, True, 10 * 40 + 1000 * 35), (1, True, 35), (5, False, 3 * 40 + 5 * 32), (1024, False, 400 + 1024 * 32)],
)
def test_overhead_counts_a_group_number_per_row_and_the_table(groups: int, learn_bits: bool, bits: int) -> None:
    assert NearestQuantizer(groups, signed=False, bits=4, learn_bits=learn_bits).overhead_bits(40) == bits


def test_only_what_is_learned_is_a_parameter() -> None:
    for learn_step in (True, False):
        for learn_bits in (True, False):
            quantizer = NearestQuantizer(3, signed=None, bits=4, learn_step=learn_step, learn_bits=learn_bits)
            names = {name for name, _ in quantizer.named_parameters()}
            assert names == {name for name, used in (("step", learn_step), ("bits", learn_bits)) if used}


def test_chosen_groups_are_copied_but_not_saved() -> None:
    quantizer = _quantizer()
    quantizer(_values())
    assert set(quantizer.state_dict()) == {"step", "bits", "sign", "started"}
    twin = copy.deepcopy(quantizer)
    quantizer(_values(3))
    assert (len(twin.chosen), len(quantizer.chosen)) == (40, 3)


def test_no_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="groups is 0; rows need at least 1 pair"):
        NearestQuantizer(0, signed=True, bits=4)


def test_a_quantizer_describes_itself() -> None:
    assert (
        repr(NearestQuantizer(7, signed=None, bits=4)) == "NearestQuantizer(7 groups, 4.00 bits (learned), signed=None)"
    )
