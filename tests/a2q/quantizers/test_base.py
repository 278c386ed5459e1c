"""What every fake quantizer promises, whichever method it belongs to."""

import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q.quantizers import (
    AffineQuantizer,
    BinaryQuantizer,
    FakeQuantizer,
    NearestQuantizer,
    Quantizer,
    UnseenQuantizer,
    topology_index,
)

_ROWS, _COLUMNS = 8, 6


def _values(seed: int = 0) -> Tensor:
    return torch.randn(_ROWS, _COLUMNS, generator=torch.Generator().manual_seed(seed))


def _unseen() -> UnseenQuantizer:
    seen = Quantizer(5, "row", signed=None, bits=4, learn_bits=True)
    seen(_values()[:5])
    edges = torch.tensor([[0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 0]])
    return UnseenQuantizer(seen, torch.arange(5), topology_index(edges, _ROWS))


_MAKE: dict[str, Callable[[], FakeQuantizer]] = {
    "rows": lambda: Quantizer(_ROWS, "row", signed=None, bits=3, learn_bits=True),
    "coded rows": lambda: Quantizer(_ROWS, "row", signed=None, bits=3, step_bits=8),
    "columns": lambda: Quantizer(_COLUMNS, "column", signed=None, bits=4, gradient="task"),
    "tensor": lambda: Quantizer(1, "tensor", signed=None, bits=4, learn_bits=True),
    "groups": lambda: NearestQuantizer(4, signed=None, bits=3),
    "percentile": lambda: AffineQuantizer(4, signed=None),
    "momentum": lambda: AffineQuantizer(8, signed=None, ranges="momentum"),
    "binary rows": lambda: BinaryQuantizer("row"),
    "binary normalised rows": lambda: BinaryQuantizer("row", columns=_COLUMNS),
    "binary columns": lambda: BinaryQuantizer("column"),
    "unseen": _unseen,
}


@pytest.fixture(params=list(_MAKE))
def quantizer(request: pytest.FixtureRequest) -> FakeQuantizer:
    return _MAKE[request.param]()


@pytest.fixture
def another(request: pytest.FixtureRequest, quantizer: FakeQuantizer) -> FakeQuantizer:
    """One more of the same settings, not started."""
    return _MAKE[request.node.callspec.params["quantizer"]]()


def test_codes_times_scale_are_the_values_of_evaluation(quantizer: FakeQuantizer) -> None:
    quantizer(_values())
    quantizer(_values(1))
    quantizer.eval()
    x = 3 * _values(2)
    codes, scale = quantizer.codes(x)
    assert codes.shape == x.shape
    assert scale.shape in {(_ROWS, 1), (1, _COLUMNS), (1, 1)}
    assert torch.equal(codes, codes.round())
    assert torch.equal(codes * scale, quantizer(x))


def test_codes_fit_the_bits_of_their_row(quantizer: FakeQuantizer) -> None:
    quantizer(_values())
    x = 100 * _values(1)
    codes, _ = quantizer.codes(x)
    bits = quantizer.row_bits(x)
    assert (bits.dtype, bits.shape) == (torch.int64, (_ROWS,))
    assert all(len(row.unique()) <= 2**width for row, width in zip(codes, bits.tolist(), strict=True))
    assert bool((codes.abs().amax(1) < 2**bits).all())


def test_a_state_restores_what_the_first_values_decided(quantizer: FakeQuantizer, another: FakeQuantizer) -> None:
    quantizer(_values())
    quantizer(_values(1))
    another.load_state_dict(quantizer.state_dict())
    assert another.started
    x = _values(2)
    assert torch.equal(another.eval()(x), quantizer.eval()(x))


def test_a_copy_is_equal_and_independent(quantizer: FakeQuantizer) -> None:
    quantizer(_values())
    twin = copy.deepcopy(quantizer)
    expected = quantizer.eval()(_values(1))
    assert torch.equal(twin.eval()(_values(1)), expected)
    with torch.no_grad():
        for values in (*twin.parameters(), *twin.buffers()):
            values.copy_(torch.ones_like(values))
    assert torch.equal(quantizer(_values(1)), expected)


def test_one_not_enabled_returns_its_input_and_starts_nothing(another: FakeQuantizer) -> None:
    before = bool(another.started)
    another.enabled = False
    x = _values()
    assert another(x) is x
    assert bool(another.started) == before


def test_only_the_first_values_start_it(quantizer: FakeQuantizer, monkeypatch: pytest.MonkeyPatch) -> None:
    quantizer(_values())

    def again(_: Tensor) -> None:
        raise AssertionError("started twice")

    monkeypatch.setattr(quantizer, "start", again)
    quantizer(_values(1))
    assert quantizer.started


def test_protected_rows_pass_with_their_gradient(quantizer: FakeQuantizer) -> None:
    quantizer(_values())
    x = (5 * _values(1)).requires_grad_()
    protected = torch.arange(_ROWS) % 3 == 0
    values = quantizer(x, protected)
    upstream = _values(2)
    assert torch.equal(values[protected], x[protected])
    assert not torch.equal(values[~protected], x[~protected])
    (values * protected[:, None]).backward(upstream)
    assert torch.equal(x.grad, upstream * protected[:, None])


def test_clipped_and_row_steps_have_a_value_for_each(quantizer: FakeQuantizer) -> None:
    quantizer(_values())
    x = torch.cat([_values()[:-1], torch.full((1, _COLUMNS), 1e4)])
    clipped, steps = quantizer.clipped(x), quantizer.row_steps(x)
    assert (clipped.dtype, clipped.shape) == (torch.bool, x.shape)
    assert steps.shape == (_ROWS,)
    assert bool((steps > 0).all())
    assert not steps.requires_grad
    assert not bool(clipped[:-1].all())


def test_overhead_is_counted_in_whole_bits(quantizer: FakeQuantizer) -> None:
    quantizer(_values())
    assert isinstance(quantizer.overhead_bits(_ROWS), int)
    assert quantizer.overhead_bits(_ROWS) >= 32


def test_it_says_what_it_is(quantizer: FakeQuantizer) -> None:
    assert repr(quantizer).startswith(type(quantizer).__name__)
    assert "bit" in repr(quantizer)


@pytest.mark.parametrize("kind", ["rows", "columns", "tensor", "groups", "percentile"])
def test_training_and_evaluation_agree_while_nothing_changes(kind: str) -> None:
    quantizer = _MAKE[kind]()
    x = _values()
    assert_close(quantizer(x), quantizer.eval()(x))
