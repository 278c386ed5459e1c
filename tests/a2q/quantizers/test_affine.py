import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q.quantizers import AffineQuantizer


def _values(rows: int = 30, columns: int = 20, seed: int = 0) -> Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


def _sparse(density: float, rows: int = 200, columns: int = 100) -> Tensor:
    """A bag of words with rows that sum to 1, as citation graphs come after row normalisation."""
    generator = torch.Generator().manual_seed(1)
    words = torch.rand(rows, columns, generator=generator).lt(density).float()
    return words / words.sum(1, keepdim=True).clamp_min(1)


def _range(quantizer: AffineQuantizer) -> tuple[float, float]:
    return float(quantizer.lowest), float(quantizer.highest)


@pytest.mark.parametrize(("signed", "least", "most"), [(True, -8, 7), (False, 0, 15)])
def test_values_follow_the_affine_formula(signed: bool, least: int, most: int) -> None:
    x = _values() if signed else _values().abs()
    quantizer = AffineQuantizer(4, signed=signed, ranges="extremes")
    values = quantizer(x)
    low, high = min(0.0, float(x.min())), max(0.0, float(x.max()))
    scale = (high - low) / (most - least)
    zero = min(max(least - round(low / scale), least), most)
    expected = [(min(max(round(value / scale + zero), least), most) - zero) * scale for value in x.flatten().tolist()]
    assert_close(values.flatten(), torch.tensor(expected))
    codes, used = quantizer.codes(x)
    assert_close(used, torch.full((1, 1), scale))
    assert (int(codes.min()), int(codes.max())) == (least - zero, most - zero)


def test_0_stays_0_wherever_the_range_lies() -> None:
    for shift in (-5.0, -1.0, 0.0, 1.0, 5.0):
        x = _values() + shift
        x[0, 0] = 0
        quantizer = AffineQuantizer(4, signed=None, ranges="extremes")
        assert float(quantizer(x)[0, 0]) == 0


@pytest.mark.parametrize("sparsity", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("sign", [1, -1, 0])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.2])
def test_percentiles_are_places_in_the_sorted_values(sparsity: float, sign: int, share: float) -> None:
    x = _values(50, 40)
    x = x.where(torch.rand(x.shape, generator=torch.Generator().manual_seed(9)) >= sparsity, 0)
    x = x if sign == 0 else sign * x.abs()
    quantizer = AffineQuantizer(8, signed=True, percentile=share, empty_range="one")
    quantizer(x)
    ordered = x.flatten().sort().values
    left_out = int(share * x.numel())
    expected = (min(0.0, float(ordered[left_out])), max(0.0, float(ordered[-1 - left_out])))
    assert _range(quantizer) == expected


@pytest.mark.parametrize(("bits", "share"), [(2, 0.01), (4, 0.01), (5, 0.001), (8, 0.001)])
def test_fewer_bits_leave_out_more(bits: int, share: float) -> None:
    assert AffineQuantizer(bits, signed=None).percentile == share


@pytest.mark.parametrize("ranges", ["extremes", "percentile"])
def test_these_ranges_never_shrink(ranges: str) -> None:
    quantizer = AffineQuantizer(4, signed=True, ranges=ranges)
    quantizer(3 * _values())
    wide = _range(quantizer)
    quantizer(_values(seed=1))
    assert _range(quantizer) == wide
    quantizer(9 * _values(seed=1))
    assert _range(quantizer)[0] < wide[0]
    assert _range(quantizer)[1] > wide[1]


def test_momentum_averages_the_extremes() -> None:
    quantizer = AffineQuantizer(8, signed=True, ranges="momentum", momentum=0.25)
    batches = [_values(seed=seed) * (seed + 1) for seed in range(3)]
    low, high = float(batches[0].min()), float(batches[0].max())
    quantizer(batches[0])
    for batch in batches[1:]:
        quantizer(batch)
        low, high = 0.75 * low + 0.25 * float(batch.min()), 0.75 * high + 0.25 * float(batch.max())
    assert_close(torch.tensor(_range(quantizer)), torch.tensor((low, high)))


@pytest.mark.parametrize("ranges", ["extremes", "momentum", "percentile"])
def test_ranges_come_from_unprotected_rows_in_training_only(ranges: str) -> None:
    x = _values()
    protected = torch.arange(len(x)) < 4
    x[protected] *= 1_000
    quantizer, expected = (AffineQuantizer(4, signed=True, ranges=ranges) for _ in range(2))
    quantizer(x, protected)
    expected(x[~protected])
    assert _range(quantizer) == _range(expected)
    before = _range(quantizer)
    quantizer.eval()(x)
    assert _range(quantizer) == before


def test_a_step_that_protects_every_row_leaves_the_range_alone() -> None:
    quantizer = AffineQuantizer(4, signed=True)
    x = _values()
    assert torch.equal(quantizer(x, torch.ones(len(x), dtype=torch.bool)), x)
    assert not quantizer.observed


def test_values_met_in_evaluation_serve_until_training_replaces_them() -> None:
    quantizer = AffineQuantizer(8, signed=None, ranges="extremes").eval()
    assert_close(quantizer(100 * _values()), 100 * _values(), atol=2.0, rtol=0)
    quantizer.train()(_values())
    assert _range(quantizer) == (float(_values().min()), float(_values().max()))


@pytest.mark.parametrize("boundary", ["identity", "cut"])
@pytest.mark.parametrize("signed", [True, False])
def test_the_gradient_is_cut_at_the_outermost_codes_or_nowhere(boundary: str, signed: bool) -> None:
    x = (_values() if signed else torch.relu(_values())).requires_grad_()
    quantizer = AffineQuantizer(4, signed=signed, percentile=0.1, boundary=boundary)
    upstream = _values(seed=5)
    quantizer(x).backward(upstream)
    codes, _ = quantizer.codes(x.detach())
    outermost = (codes == codes.min()) | (codes == codes.max())
    assert 0 < int(outermost.sum()) < outermost.numel()
    assert_close(x.grad, upstream * ~outermost if boundary == "cut" else upstream)


def test_sparse_rows_lose_everything_as_published_and_keep_it_with_the_cure() -> None:
    # The fault behind Degree-Quant's collapse on CiteSeer: fewer values than the percentile are not 0.
    x = _sparse(0.0085)
    assert 0 < torch.count_nonzero(x) / x.numel() < 0.01
    published = AffineQuantizer(4, signed=None, percentile=0.01, empty_range="one")
    cured = AffineQuantizer(4, signed=None, percentile=0.01)
    lost, kept = published(x), cured(x)
    small = (x > 0) & (x < 0.5)
    assert bool(small.any())
    assert not torch.count_nonzero(lost[small])
    assert_close(published.row_steps(x), torch.ones(len(x)))
    assert _range(cured) == (0, 1)
    assert bool((kept[small] > 0).all())
    assert float((kept - x).abs().max()) <= 1 / 30 + 1e-6
    assert float((lost - x).abs().max()) >= 0.5


def test_both_fallbacks_represent_raw_words_exactly() -> None:
    words = (_sparse(0.0085) > 0).float()
    for empty_range in ("one", "extremes"):
        assert torch.equal(AffineQuantizer(4, signed=None, empty_range=empty_range)(words), words)


def test_denser_rows_need_no_fallback() -> None:
    x = _sparse(0.05)
    published, cured = (AffineQuantizer(4, signed=None, empty_range=kind) for kind in ("one", "extremes"))
    assert torch.equal(published(x), cured(x))
    assert published.highest > 0


def test_nothing_but_zeros_is_usable() -> None:
    quantizer = AffineQuantizer(4, signed=None)
    assert not torch.count_nonzero(quantizer(torch.zeros(3, 4)))
    assert quantizer.row_steps(torch.zeros(3, 4)).tolist() == [1, 1, 1]


def test_many_bits_equal_float() -> None:
    x = _values()
    assert_close(AffineQuantizer(22, signed=None, ranges="extremes")(x), x, atol=1e-5, rtol=0)


@pytest.mark.parametrize("signed", [True, False])
def test_an_open_sign_is_decided_by_the_first_values(signed: bool) -> None:
    x = _values() if signed else _values().abs()
    opened, given = AffineQuantizer(3, signed=None), AffineQuantizer(3, signed=signed)
    assert torch.equal(opened(x), given(x))
    assert opened.signed == signed


def test_clipped_is_what_lies_beyond_the_outermost_codes() -> None:
    quantizer = AffineQuantizer(4, signed=False, ranges="extremes")
    quantizer(torch.tensor([[0.0, 15.0]]))
    assert quantizer.clipped(torch.tensor([[-0.1, 0.0, 15.0, 15.1]])).tolist() == [[True, False, False, True]]


def test_overhead_is_a_scale_and_a_zero_point() -> None:
    assert AffineQuantizer(4, signed=True).overhead_bits(1_000) == 36


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"bits": 0, "signed": False}, "bits is 0; allowed are 1 to 24"),
        ({"bits": 1, "signed": True}, "bits is 1; allowed are 1 to 24, and at least 2"),
        ({"bits": 25, "signed": None}, "bits is 25"),
        ({"bits": 4, "signed": None, "percentile": 0.5}, "percentile is 0.5; give the share"),
        ({"bits": 4, "signed": None, "percentile": -0.1}, "percentile is -0.1"),
        ({"bits": 4, "signed": None, "momentum": 0.0}, "momentum is 0.0; it must lie above 0"),
        ({"bits": 4, "signed": None, "momentum": 1.1}, "momentum is 1.1"),
    ],
)
def test_settings_out_of_range_are_refused(given: dict[str, float], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        AffineQuantizer(**given)


def test_a_sign_that_finds_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="bits is 1 but the first values are negative in part"):
        AffineQuantizer(1, signed=None)(_values())
