"""Bits by the loss's sensitivity: where a quantization error would change the predictions most."""

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from a2q.layers import quantized_layers, watching
from a2q.quantize.node_bits import node_quantizers
from a2q.quantizers import FakeQuantizer
from a2q.quantizers.fake_quantize import integer_codes, largest_code
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks import Batch, Metric, forward
from a2q.units import MOST_BITS

SAMPLES = 16
# Step sizes tried for a row: shares of the one whose clipping range ends at its largest value.
_SHARES = torch.linspace(0.2, 1.0, 17)
# The price of a bit is found by halving its logarithm's interval, which is wider than any price that occurs.
_LOG_PRICE, _HALVINGS = 60.0, 80
_TINY = 1e-6


def sensitivity(
    model: nn.Module, batch: Batch, metric: Metric, generator: torch.Generator | None = None, samples: int = SAMPLES
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """How much each value of each quantized layer input matters for the outputs of all nodes, in full precision.

    ``F = E_y[(∂ log p(y) / ∂x)²]`` over labels y drawn from the model's own predictions: the diagonal of the Fisher
    information, which is that of the loss's Gauss-Newton Hessian; an error e at x raises the loss by ``F e² / 2``.
    For a value to predict, y is drawn around the prediction with variance 1.

    Args:
        model: prepared and calibrated; its quantizers are switched off meanwhile.
        batch: the graph.
        metric: "mae" where a value is predicted.
        generator: draws the labels.
        samples: labels drawn for each node, one backward pass each.

    Returns:
        F and x, both [num_nodes, dim], by layer name.

    Source: Fisher information as sensitivity after empirical-Fisher mixed precision (HAWQ-V2 uses the Hessian's trace);
    per node of a graph it is ours.
    """
    layers, places = quantized_layers(model), node_quantizers(model)
    values: dict[str, Tensor] = {}
    total: dict[str, Tensor] = {}
    leaves: list[Tensor] = []

    def watch(name: str, role: str, x: Tensor | SparseMatrix) -> None:
        if name in places and layers[name].roles[role].kind == "features" and isinstance(x, Tensor):
            if not x.requires_grad:
                # What comes from the dataset alone has no gradient yet; it loses it again below.
                leaves.append(x.requires_grad_())
            values[name] = x

    model.eval()
    switched = [one for one in model.modules() if isinstance(one, FakeQuantizer) and one.enabled]
    for quantizer in switched:
        quantizer.enabled = False
    try:
        with torch.enable_grad(), watching(model, watch):
            outputs = forward(model, batch)
        names = list(values)
        for _ in range(samples):
            drawn = _drawn(outputs.detach(), metric, generator)
            found = torch.autograd.grad((outputs * drawn).sum(), [values[name] for name in names], retain_graph=True)
            for name, gradient in zip(names, found, strict=True):
                total[name] = total.get(name, torch.zeros(())) + gradient.square() / samples
    finally:
        for quantizer in switched:
            quantizer.enabled = True
        for leaf in leaves:
            leaf.requires_grad_(False)
    return total, {name: values[name].detach() for name in names}


def bits_by_sensitivity(
    weight: Tensor, x: Tensor, average: float, signed: bool, min_bits: int = 0, max_bits: int = MOST_BITS
) -> Tensor:
    """The whole bits of each row, int64 [rows], that cost least in expected loss under an average.

    Minimises ``Σ_i Σ_k F_ik (x_q(b_i) - x)_ik²`` over bits from ``min_bits`` (signed: at least 2) to ``max_bits``
    with the given mean, by one price for a bit (Lagrange): each row takes a further bit while that lowers its loss by
    more than the price. Errors are those at the step size of least squared error for the row and its bits.

    Args:
        weight: sensitivity F of each value, [rows, dim].
        x: values, [rows, dim].
        average: mean bits; the result's mean is the largest at most this that one price gives, filled up by rows whose
            next bit is worth most.
        signed: whether codes carry a sign.
        min_bits, max_bits: fewest and most bits of a row.

    Source: rate-distortion allocation (Shoham and Gersho, 1988); weighed by Fisher information per node, ours.
    """
    low = max(min_bits, 2) if signed else min_bits
    widths = torch.arange(low, max_bits + 1)
    costs = torch.stack([_cost(weight, x, int(bits), signed) for bits in widths], dim=1).double()
    # More bits are never worse: a row that is hurt by one more keeps the code with less.
    costs = costs.cummin(dim=1).values

    def chosen(log_price: float) -> Tensor:
        result: Tensor = widths[(costs + widths * 2.0**log_price).argmin(1)]
        return result

    cheap, dear = -_LOG_PRICE, _LOG_PRICE
    for _ in range(_HALVINGS):
        middle = (cheap + dear) / 2
        cheap, dear = (middle, dear) if chosen(middle).double().mean() > average else (cheap, middle)
    bits = chosen(dear)
    left = round(average * len(bits)) - int(bits.sum())
    if left > 0:
        here = (bits - low).clamp(max=len(widths) - 1)
        worth = costs.gather(1, here[:, None]) - costs.gather(1, (here + 1).clamp(max=len(widths) - 1)[:, None])
        worth[bits >= max_bits] = -1.0
        bits[torch.argsort(worth.flatten(), descending=True, stable=True)[:left]] += 1
    return bits.clamp(max=max_bits)


def _cost(weight: Tensor, x: Tensor, bits: int, signed: bool) -> Tensor:
    """Expected loss of each row at these bits and its best step size, [rows]."""
    code_bits = torch.full((len(x), 1), float(bits if signed else bits + 1))
    reach = x.abs().amax(1, keepdim=True).clamp_min(_TINY) / largest_code(code_bits).clamp_min(1)
    tried = (integer_codes(x, reach * share, code_bits, signed) * (reach * share) for share in _SHARES)
    errors = [(quantized - x).square() for quantized in tried]
    squared = torch.stack([error.sum(1) for error in errors])
    best = squared.argmin(0)
    weighed = torch.stack([(weight * error).sum(1) for error in errors])
    return weighed.gather(0, best[None])[0]


def _drawn(outputs: Tensor, metric: Metric, generator: torch.Generator | None) -> Tensor:
    """What the outputs are multiplied by so that the sum's gradient is that of the drawn labels' log-likelihood."""
    if metric == "mae":
        return torch.randn(outputs.shape, generator=generator)
    chance = outputs.softmax(1)
    labels = torch.multinomial(chance, 1, generator=generator).flatten()
    return one_hot(labels, outputs.shape[1]) - chance
