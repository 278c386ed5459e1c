import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.testing import assert_close
from torch_geometric.data import Data

from a2q import A2QConfig, UniformConfig, memory_penalty, quantize_, quantizer_param_groups
from a2q.quantize.memory_penalty import feature_kib, learned_features


def _features(model: nn.Module) -> list[tuple[int, Tensor]]:
    """Width and bits, per node, of every tensor with learned bits."""
    return [(dim, quantizer.bits) for dim, quantizer in learned_features(model).values()]


@pytest.mark.parametrize(("name", "tensors"), [("gcn", 1), ("gat", 1), ("gin", 4), ("sage", 3)])
def test_the_fixed_penalty_is_the_papers_formula(name: str, tensors: int, data: Data, make_prepared) -> None:
    model = make_prepared(name, A2QConfig(initial_bits=3, penalty=2.5, penalty_above_kib=0.1))
    model(data.x, data.edge_index)
    memory_penalty(model).backward()
    features = _features(model)
    assert len(features) == tensors
    memory = sum(dim * bits.sum().item() for dim, bits in features) / 8192
    assert feature_kib(model).item() == pytest.approx(memory, rel=1e-5)
    assert memory_penalty(model).item() == pytest.approx(2.5 * (memory - 0.1) ** 2, rel=1e-5)
    for dim, bits in features:
        assert_close(bits.grad, torch.full_like(bits, 2 * 2.5 * (memory - 0.1) * dim / 8192))


def test_nothing_is_pulled_below_the_threshold(data: Data, make_prepared) -> None:
    model = make_prepared("gcn", A2QConfig(penalty_above_kib=1000))
    model(data.x, data.edge_index)
    memory_penalty(model).backward()
    assert all(float(bits.grad.abs().max()) == 0 for _, bits in _features(model))


def test_code_bits_count_one_more_per_unsigned_value(data: Data, make_prepared) -> None:
    model = make_prepared("gcn", A2QConfig(initial_bits=3))
    model(data.x, data.edge_index)
    (quantizer,) = (quantizer for _, quantizer in learned_features(model).values())
    assert not quantizer.signed
    assert feature_kib(model, "code").item() == pytest.approx(8 * 4 * data.num_nodes / 8192)


@pytest.mark.parametrize(("priced", "counted"), [("effective", "nodes"), ("code", "groups")])
def test_groups_are_priced_by_node_or_once(priced: str, counted: str, data: Data, make_prepared) -> None:
    model = make_prepared("gin", A2QConfig(groups=9, initial_bits=3, priced_bits=priced, penalty=2.0))
    model(data.x, data.edge_index)
    memory = 0.0
    for dim, quantizer in learned_features(model).values():
        rows = quantizer.chosen if counted == "nodes" else quantizer.chosen.unique()
        each = 3 + (priced == "code" and not quantizer.signed)
        memory += dim * each * len(rows) / 8192
    assert memory_penalty(model).item() == pytest.approx(2 * memory**2, rel=1e-5)


def test_a_part_is_priced_wherever_it_stands(data: Data, make_prepared) -> None:
    part = make_prepared("gcn", A2QConfig())
    part(data.x, data.edge_index)
    whole = nn.ModuleDict({"encoder": part, "head": nn.Linear(2, 2)})
    assert memory_penalty(whole).item() == memory_penalty(part).item() > 0
    # Prepared as a whole, it is priced once.
    quantize_(whole, A2QConfig(penalty=0.7), num_nodes=data.num_nodes)
    assert [name for name, _ in whole.named_modules() if "memory_budget" in name] == ["memory_budget"]


def test_bits_learned_by_an_override_are_priced(data: Data, make_model) -> None:
    model = make_model("gcn")
    quantize_(model, UniformConfig(), num_nodes=data.num_nodes, overrides={"convs.1": A2QConfig(initial_bits=3)})
    model(data.x, data.edge_index)
    assert memory_penalty(model).item() == pytest.approx(0.1 * (8 * 3 * data.num_nodes / 8192) ** 2)


def test_models_without_learned_bits_cost_nothing(data: Data, make_model, make_prepared) -> None:
    for model in (
        make_model("gcn"),
        make_prepared("gcn", UniformConfig()),
        make_prepared("gcn", A2QConfig(learn="steps")),
    ):
        model(data.x, data.edge_index)
        assert memory_penalty(model).item() == 0


@pytest.mark.parametrize(("excess", "error"), [(1.0, 0.5), (0.2, 0.2), (-0.3, -0.3), (-2.0, -0.5)])
@pytest.mark.parametrize("training", [True, False])
def test_the_controller_by_hand(excess: float, error: float, training: bool, data: Data, make_prepared) -> None:
    model = make_prepared("gcn", A2QConfig(target_average_bits=4.0))
    model(data.x, data.edge_index)
    ((_, quantizer),) = learned_features(model).values()
    with torch.no_grad():
        # Half of the nodes at one width, half at another, such that the mean is what is wanted.
        share = round((excess + 3) / 6 * data.num_nodes)
        quantizer.bits.fill_(1.0)[:share] = 7.0
        excess = quantizer.bits.mean().item() - 4
    error = max(-0.5, min(0.5, excess))
    model.train(training)
    penalty = memory_penalty(model)
    log_weight = math.log(0.1) + (0.1 * error if training else 0)
    assert model.memory_budget.log_weight.item() == pytest.approx(log_weight, abs=1e-6)
    expected = math.exp(log_weight + error) * quantizer.step.detach().mean().item() * quantizer.bits.sum().item()
    assert penalty.item() == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("bits", "bound"), [(8.0, 10.0), (1.0, -10.0)])
def test_a_target_out_of_reach_does_not_wind_the_weight_up(
    bits: float, bound: float, data: Data, make_prepared
) -> None:
    """The error of ±0.5 adds ±0.05 to log λ in every step, up to ±10; an error of the other sign leads back at once."""
    model = make_prepared("gcn", A2QConfig(target_average_bits=4))
    model(data.x, data.edge_index)
    ((_, quantizer),) = learned_features(model).values()
    with torch.no_grad():
        quantizer.bits.fill_(bits)
        model.memory_budget.log_weight.fill_(bound - math.copysign(0.12, bound))
    expected = [bound - math.copysign(short, bound) for short in (0.07, 0.02, 0, 0)]
    found = []
    for _ in expected:
        memory_penalty(model)
        found.append(model.memory_budget.log_weight.item())
    assert found == pytest.approx(expected, abs=1e-5)
    with torch.no_grad():
        quantizer.bits.fill_(9 - bits)
    memory_penalty(model)
    assert model.memory_budget.log_weight.item() == pytest.approx(bound - math.copysign(0.05, bound), abs=1e-5)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("gcn", {"target_average_bits": 1.3}),
        ("gcn", {"target_average_bits": 2.0}),
        ("gcn", {"target_average_bits": 3.0}),
        ("gcn", {"target_kib": 0.25}),
    ],
)
def test_a_target_is_reached_and_held(name: str, target: dict[str, float], data: Data, make_prepared) -> None:
    model = make_prepared(name, A2QConfig(initial_bits=3, **target), dropout=0.0)
    optimizer = torch.optim.Adam(quantizer_param_groups(model, lr_bits=0.05, lr_feature_step=0.01), fused=True)
    averages = []
    for _ in range(200):
        optimizer.zero_grad()
        loss = cross_entropy(model(data.x, data.edge_index)[data.train_mask], data.y[data.train_mask])
        (loss + memory_penalty(model)).backward()
        optimizer.step()
        means = [quantizer.effective_bits.float().mean().item() for _, quantizer in learned_features(model).values()]
        averages.append(sum(means) / len(means))
    # 8 columns of 120 nodes.
    wanted = target.get("target_average_bits", 8192 * target.get("target_kib", 0) / (8 * data.num_nodes))
    assert sum(averages[-30:]) / 30 == pytest.approx(wanted, abs=0.1)


@pytest.mark.parametrize("target", [1.2, 3.0, 5.5])
def test_all_bits_move_together_onto_the_target(target: float, data: Data, make_prepared) -> None:
    model = make_prepared("gcn", A2QConfig(target_average_bits=target, initial_bits=3))
    model(data.x, data.edge_index)
    ((_, quantizer),) = learned_features(model).values()
    before = torch.linspace(3.2, 5.8, data.num_nodes)[:, None]
    with torch.no_grad():
        quantizer.bits.copy_(before)
    model.memory_budget.meet_target(model)
    assert quantizer.effective_bits.double().mean().item() == pytest.approx(target, abs=1 / data.num_nodes + 1e-6)
    moved = (quantizer.bits - before)[(quantizer.bits > 1) & (quantizer.bits < 8)]
    assert len(moved) and moved.max() - moved.min() < 1e-5
    # Once there, nothing moves any more.
    settled = quantizer.bits.detach().clone()
    model.memory_budget.meet_target(model)
    assert torch.equal(quantizer.bits, settled)


def test_without_a_target_no_bits_are_moved(data: Data, make_prepared) -> None:
    model = make_prepared("gcn", A2QConfig(initial_bits=3))
    model(data.x, data.edge_index)
    ((_, quantizer),) = learned_features(model).values()
    before = quantizer.bits.detach().clone()
    model.memory_budget.meet_target(model)
    assert torch.equal(quantizer.bits, before)
