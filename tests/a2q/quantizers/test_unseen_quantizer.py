import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q.quantizers import (
    Quantizer,
    UnseenQuantizer,
    by_degree,
    by_topology,
    fake_quantize,
    nearest_value,
    topology_index,
)

_NODES, _SEEN = 40, 25
_RULES = ["value", "degree", "topology"]


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _values() -> Tensor:
    scale = torch.rand(_NODES, 1, generator=_generator(1)).mul(4).exp()
    return torch.randn(_NODES, 6, generator=_generator()) * scale


def _topology() -> Tensor:
    return topology_index(torch.randint(0, _NODES, (2, 4 * _NODES), generator=_generator(2)), _NODES)


def _rows() -> Tensor:
    return torch.randperm(_NODES, generator=_generator(3))[:_SEEN]


def _trained() -> Quantizer:
    quantizer = Quantizer(_SEEN, "row", signed=None, bits=4, learn_bits=True)
    with torch.no_grad():
        quantizer(_values()[_rows()])
        quantizer.bits.copy_(2 + 5 * torch.rand(_SEEN, 1, generator=_generator(4)))
    return quantizer


def _others() -> Tensor:
    return torch.tensor([node for node in range(_NODES) if node not in set(_rows().tolist())])


@pytest.mark.parametrize("rule", _RULES)
def test_seen_nodes_keep_their_own_parameters_and_others_follow_the_rule(rule: str) -> None:
    seen, rows, others, x, topology = _trained(), _rows(), _others(), _values(), _topology()
    quantizer = UnseenQuantizer(seen, rows, topology, rule).eval()
    values = quantizer(x)
    assert torch.equal(values[rows], seen.eval()(x[rows]))
    step, bits = {
        "value": lambda: nearest_value(seen, x[others]),
        "degree": lambda: by_degree(seen, topology[rows, 0], topology[others, 0]),
        "topology": lambda: by_topology(seen, topology[rows], topology[others]),
    }[rule]()
    assert torch.equal(values[others], fake_quantize(x[others], step, bits))
    assert torch.equal(quantizer.row_bits(x)[others], bits.round().flatten().long())
    assert torch.equal(quantizer.row_bits(x)[rows], seen.effective_bits)
    assert torch.equal(quantizer.row_steps(x)[rows], seen.positive_step.detach().flatten())


def test_rules_differ_on_unseen_nodes() -> None:
    values = [UnseenQuantizer(_trained(), _rows(), _topology(), rule)(_values())[_others()] for rule in _RULES]
    assert not torch.equal(values[0], values[1])
    assert not torch.equal(values[1], values[2])


def test_nearest_values_are_searched_anew() -> None:
    quantizer = UnseenQuantizer(_trained(), _rows(), _topology())
    x = _values()
    before = quantizer.row_steps(x)
    x[_others()[0]] *= 100
    changed = (quantizer.row_steps(x) != before).nonzero().flatten().tolist()
    assert changed == [int(_others()[0])]


@pytest.mark.parametrize("rule", _RULES)
def test_it_follows_further_training_of_the_seen(rule: str) -> None:
    seen = _trained()
    quantizer = UnseenQuantizer(seen, _rows(), _topology(), rule)
    x = _values()
    before = quantizer.row_steps(x)
    with torch.no_grad():
        seen.step.mul_(2)
    after = quantizer.row_steps(x)
    assert_close(after[_rows()], 2 * before[_rows()])
    assert not torch.equal(after[_others()], before[_others()])


def test_a_graph_of_seen_nodes_alone_is_quantized_as_ever() -> None:
    seen = _trained()
    order = torch.arange(_SEEN)
    x = _values()[_rows()]
    for rule in _RULES:
        quantizer = UnseenQuantizer(seen, order, _topology()[_rows()], rule).eval()
        assert torch.equal(quantizer(x), seen.eval()(x))


def test_only_values_get_a_gradient() -> None:
    seen = _trained()
    x = _values().requires_grad_()
    UnseenQuantizer(seen, _rows(), _topology())(x).sum().backward()
    assert torch.equal(x.grad, torch.ones_like(x))
    assert seen.step.grad is None
    assert seen.bits.grad is None


def test_every_node_stores_a_step_size_and_a_tag() -> None:
    assert UnseenQuantizer(_trained(), _rows(), _topology()).overhead_bits(_NODES) == _NODES * 35


def test_clipped_values_lie_beyond_their_own_range() -> None:
    quantizer = UnseenQuantizer(_trained(), _rows(), _topology(), "degree")
    x = _values()
    codes, step = quantizer.codes(1e6 * x)
    assert torch.equal(quantizer.clipped(x), x.abs() > codes.abs().amax(1, keepdim=True) * step)
    assert 0 < int(quantizer.clipped(x).sum()) < x.numel()


def test_another_number_of_nodes_is_refused() -> None:
    with pytest.raises(ValueError, match="values have 3 rows but the graph has 40 nodes; give one row per node"):
        UnseenQuantizer(_trained(), _rows(), _topology())(torch.ones(3, 6))


def test_a_quantizer_that_saw_nothing_or_has_no_rows_is_refused() -> None:
    column = Quantizer(6, "column", signed=True, bits=4)
    column(_values())
    for quantizer in (Quantizer(_SEEN, "row", signed=None, bits=4), column):
        with pytest.raises(ValueError, match="must have one step size per row and have been trained"):
            UnseenQuantizer(quantizer, _rows(), _topology())


@pytest.mark.parametrize(
    "rows",
    [torch.arange(3), torch.zeros(_SEEN, dtype=torch.int64), torch.arange(_SEEN) + 20, torch.arange(_SEEN) - 1],
    ids=["too few", "repeated", "beyond the graph", "negative"],
)
def test_rows_that_do_not_name_the_seen_nodes_are_refused(rows: Tensor) -> None:
    with pytest.raises(ValueError, match="name each of the 25 seen nodes once, counted from 0"):
        UnseenQuantizer(_trained(), rows, _topology())


def test_unseen_nodes_below_0_are_told_where_seen_ones_never_were() -> None:
    seen = Quantizer(_SEEN, "row", signed=None, bits=4)
    seen(_values()[_rows()].abs())
    quantizer = UnseenQuantizer(seen, _rows(), _topology()).eval()
    quantizer(_values().abs())
    with pytest.warns(UserWarning, match="met no value below 0"):
        assert bool((quantizer(_values()) >= 0).all())
