"""The paper's preset held to its scripts: the penalty and its gradient at the start, and the bits after some steps.

The scripts count every input at their hidden width H, with one code bit more than the effective ones where nothing is
negative: a = Σ_inputs H · Σ_nodes bits / 8192 KiB; that of GAT counts 4 bits of every layer's XW (8 heads) besides.
"""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from a2q import Graph, Trainer, memory_penalty, prepare, quantizer_param_groups
from a2q.datasets import DatasetConfig, load
from a2q.experiments.presets import preset
from a2q.experiments.settings import change
from a2q.models.config import ModelName
from a2q.quantize import learned_features

_CITATIONS = DatasetConfig(name="generated-citations", nodes=300, graph_seed=0)


def _at_the_start(graph: Graph, dataset: DatasetConfig, model: ModelName) -> tuple[float, list[float]]:
    """The penalty, and its gradient at each node's bits, one for each layer input (it is the same for all nodes)."""
    trainer = Trainer(graph, preset("a2q-paper", dataset, model))
    penalty = memory_penalty(trainer.model)
    penalty.backward()
    gradients = [quantizer.bits.grad for _, quantizer in learned_features(trainer.model).values()]
    assert all(gradient.min() == gradient.max() for gradient in gradients)
    return penalty.item(), [gradient.max().item() for gradient in gradients]


@pytest.mark.parametrize(
    ("model", "weight", "above", "width", "inputs", "beside"),
    [
        # 16·4·300 / 8192 = 2.3 KiB of code bits are below 5: the script does not pull at so few nodes.
        ("gcn", 2.5, 5, 16, [4], 0),
        ("gin", 2.0, 5, 16, [5, 5], 0),
        ("gat", 0.3, 10, 8, [5], 2 * 64 * 4 * 300 / 8192),
    ],
)
def test_the_penalty_at_the_start_by_hand(
    model: ModelName, weight: float, above: float, width: int, inputs: list[int], beside: float, citations: Graph
) -> None:
    excess = max(0.0, width * sum(inputs) * 300 / 8192 + beside - above)
    penalty, gradients = _at_the_start(citations, _CITATIONS, model)
    assert penalty == pytest.approx(weight * excess**2, rel=1e-5)
    assert gradients == pytest.approx([2 * weight * excess * width / 8192] * len(inputs), rel=1e-5)


@pytest.mark.parametrize(
    ("dataset", "model", "penalty", "gradient"),
    [
        ("cora", "gcn", None, 0.158),
        ("cora", "gin", 4_587, 0.374),
        ("cora", "gat", None, 0.101),
    ],
)
def test_the_penalty_at_the_start_is_that_of_the_official_code(
    dataset: str,
    model: ModelName,
    penalty: float | None,
    gradient: float,
    published_data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    config = DatasetConfig(name=dataset)
    found, gradients = _at_the_start(prepare(load(config).data), config, model)
    assert penalty is None or found == pytest.approx(penalty, abs=0.5)
    assert gradients == pytest.approx([gradient] * len(gradients), abs=5e-4)


def _pulled(x: Tensor, step: Tensor, bits: Tensor) -> tuple[Tensor, Tensor]:
    """The Local Gradient of rows' step sizes and effective bits, ∂/∂(s, b) of mean |x_q - x|, written out."""
    limit = 2 ** bits.round() - 1
    clipped = (x / step > limit).float()
    codes = torch.floor(torch.minimum(x / step, limit) + 0.5)
    sign = torch.sign(codes * step - x)
    by_step = (1 - clipped) * (codes - x / step) + clipped * limit
    by_bits = clipped * (limit + 1) * math.log(2) * step
    return (sign * by_step).mean(1, keepdim=True), (sign * by_bits).mean(1, keepdim=True)


def test_bits_after_some_steps_are_those_of_the_scripts_formulas(citations: Graph) -> None:
    """GIN's first input is a sum of constants where only quantizers move; each of its nodes is followed by hand."""
    config = change(preset("a2q-paper", _CITATIONS, "gin"), ["model.dropout=0"])
    trainer = Trainer(citations, config)
    model, (first, second) = trainer.model, [found for _, found in learned_features(trainer.model).values()]
    dense = citations.features.to_dense()
    sums = dense.index_add(0, citations.edges.target, dense[citations.edges.source])
    rates = {"lr_feature_step": config.training.lr_feature_step, "lr_bits": config.training.lr_bits}
    still = {"lr_weight_step": 0.0, "lr_xw_step": 0.0, "lr_attention_step": 0.0}
    optimizer = torch.optim.Adam(quantizer_param_groups(model, lr=0.0, **still, **rates))
    step, bits = (torch.nn.Parameter(values.detach().clone()) for values in (first.step, first.bits))
    by_hand = torch.optim.Adam(
        [{"params": [step], "lr": rates["lr_feature_step"]}, {"params": [bits], "lr": rates["lr_bits"]}]
    )
    model.train()
    for _ in range(15):
        kib = 16 * ((bits + 1).sum() + (second.bits + 1).sum()).item() / 8192
        step.grad, bits.grad = _pulled(sums, step.detach(), bits.detach())
        bits.grad = bits.grad + 2 * 2.0 * max(kib - 5, 0) * 16 / 8192
        by_hand.step()
        with torch.no_grad():
            step.clamp_(min=1e-6)
        optimizer.zero_grad()
        scores = model(citations.features, citations.edges)[citations.train]
        (cross_entropy(scores, citations.labels[citations.train]) + memory_penalty(model)).backward()
        optimizer.step()
    assert (first.bits - bits).abs().max().item() < 1e-3
    # The pull of the hidden width is small enough for clipped nodes to gain bits while others lose some.
    assert bits.min() < 3.9
    assert bits.max() > 4.1
