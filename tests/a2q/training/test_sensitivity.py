"""Sensitivity of layer inputs, and bits shared out by it."""

import torch
from torch.testing import assert_close

from a2q import Graph, Trainer
from a2q.quantizers.fake_quantize import integer_codes
from a2q.tasks import NodeTask, forward
from a2q.training.sensitivity import bits_by_sensitivity, sensitivity


def test_sensitivity_is_the_mean_square_of_the_drawn_gradients(citations: Graph, make_config) -> None:
    model, batch = Trainer(citations, make_config("fixed-bits")).model, NodeTask(citations).whole
    weights, values = sensitivity(model, batch, "accuracy", torch.Generator().manual_seed(0), samples=1)
    (name,) = values
    outputs = forward_from(model, batch, name, shift := torch.zeros_like(values[name], requires_grad=True))
    drawn = torch.multinomial(outputs.detach().softmax(1), 1, generator=torch.Generator().manual_seed(0))
    (gradient,) = torch.autograd.grad(outputs.log_softmax(1).gather(1, drawn).sum(), shift)
    assert_close(weights[name], gradient.square(), rtol=1e-3, atol=1e-7)


def forward_from(model, batch, name, shift):
    """The FP32 outputs with a shift added to one layer's input."""
    layer = dict(model.named_modules())[name]
    quantizers = [module for module in model.modules() if hasattr(module, "enabled")]
    for quantizer in quantizers:
        quantizer.enabled = False
    hook = layer.register_forward_pre_hook(lambda _, given: (given[0] + shift, *given[1:]))
    outputs = forward(model, batch)
    hook.remove()
    for quantizer in quantizers:
        quantizer.enabled = True
    return outputs


def test_nothing_of_the_model_is_left_changed(citations: Graph, make_config) -> None:
    trainer = Trainer(citations, make_config("fixed-bits"))
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    sensitivity(trainer.model, NodeTask(citations).whole, "accuracy")
    assert all(torch.equal(value, before[name]) for name, value in trainer.model.state_dict().items())
    assert all(module.enabled for module in trainer.model.modules() if hasattr(module, "enabled"))
    assert all(parameter.grad is None for parameter in trainer.model.parameters())


def test_bits_keep_the_average_and_go_where_errors_cost_most(generator) -> None:
    x = torch.rand(200, 8, generator=generator)
    weight = torch.ones(200, 8)
    weight[:50] = 1e4
    bits = bits_by_sensitivity(weight, x, 1.5, signed=False)
    assert bits.sum() == 300
    assert bits[:50].min() > bits[50:].max() - 1
    assert bits[:50].double().mean() > bits[50:].double().mean() + 1


def test_no_other_whole_bits_of_the_same_sum_cost_less(generator) -> None:
    # Two ways must agree: one price for a bit, and every way to share 5 bits among 4 rows.
    x, weight = torch.rand(4, 3, generator=generator), torch.rand(4, 3, generator=generator) + 0.1
    bits = bits_by_sensitivity(weight, x, 5 / 4, signed=False, max_bits=3)
    costs = {tuple(widths): _cost(weight, x, widths) for widths in _shared_out(4, 5, 3)}
    assert bits.sum() == 5
    assert costs[tuple(bits.tolist())] <= min(costs.values()) * 1.2


def _shared_out(rows: int, total: int, most: int) -> list[list[int]]:
    if rows == 1:
        return [[total]] if total <= most else []
    return [[one, *rest] for one in range(min(most, total) + 1) for rest in _shared_out(rows - 1, total - one, most)]


def _cost(weight: torch.Tensor, x: torch.Tensor, widths: list[int]) -> float:
    total = 0.0
    for row, bits in enumerate(widths):
        code_bits = torch.tensor([[float(bits + 1)]])
        reach = x[row : row + 1].max() / max(2**bits - 1, 1)
        tried = [integer_codes(x[row : row + 1], reach * s, code_bits) * reach * s for s in torch.linspace(0.2, 1, 17)]
        best = min(tried, key=lambda found: float((found - x[row]).square().sum()))
        total += float((weight[row] * (best - x[row]).square()).sum())
    return total


def test_signed_rows_have_two_bits_at_least(generator) -> None:
    x = torch.randn(20, 4, generator=generator)
    assert bits_by_sensitivity(torch.ones(20, 4), x, 1.0, signed=True).tolist() == [2] * 20
    assert bits_by_sensitivity(torch.ones(20, 4), x, 3.0, signed=False, min_bits=3).tolist() == [3] * 20


def test_an_average_of_all_bits_gives_all_bits(generator) -> None:
    x = torch.rand(20, 4, generator=generator)
    assert bits_by_sensitivity(torch.ones(20, 4), x, 8.0, signed=False).tolist() == [8] * 20
