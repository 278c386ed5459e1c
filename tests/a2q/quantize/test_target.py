import math

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.testing import assert_close
from torch_geometric.data import Data

from a2q import A2QConfig, follow_target, meet_target, memory_penalty, quantizer_param_groups
from a2q.quantize import learned_features


def _average(model: nn.Module) -> float:
    means = [found.effective_bits.double().mean().item() for _, found in learned_features(model).values()]
    return sum(means) / len(means)


@pytest.mark.parametrize(("excess", "error"), [(1.0, 0.5), (0.2, 0.2), (-0.3, -0.3), (-2.0, -0.5)])
@pytest.mark.parametrize("steps", [1, 2])
def test_the_controller_by_hand(excess: float, error: float, steps: int, data: Data, make_prepared) -> None:
    model = make_prepared("gcn", A2QConfig(target_average_bits=4.0))
    model(data.x, data.edge_index)
    ((_, quantizer),) = learned_features(model).values()
    with torch.no_grad():
        # Half of the nodes at one width, half at another, such that the mean is what is wanted.
        share = round((excess + 3) / 6 * data.num_nodes)
        quantizer.bits.fill_(1.0)[:share] = 7.0
        excess = quantizer.bits.mean().item() - 4
    error = max(-0.5, min(0.5, excess))
    for _ in range(steps):
        follow_target(model)
    penalty = memory_penalty(model)
    log_weight = math.log(0.1) + 0.1 * error * steps
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
        follow_target(model)
        found.append(model.memory_budget.log_weight.item())
    assert found == pytest.approx(expected, abs=1e-5)
    with torch.no_grad():
        quantizer.bits.fill_(9 - bits)
    follow_target(model)
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
        follow_target(model)
        (loss + memory_penalty(model)).backward()
        optimizer.step()
        averages.append(_average(model))
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
    meet_target(model)
    assert quantizer.effective_bits.double().mean().item() == pytest.approx(target, abs=1 / data.num_nodes + 1e-6)
    moved = (quantizer.bits - before)[(quantizer.bits > 1) & (quantizer.bits < 8)]
    assert len(moved) and moved.max() - moved.min() < 1e-5
    # Once there, nothing moves any more.
    settled = quantizer.bits.detach().clone()
    meet_target(model)
    assert torch.equal(quantizer.bits, settled)


@pytest.mark.parametrize("settings", [{"initial_bits": 3}, {"initial_bits": 3, "learn": "steps"}])
def test_without_a_target_or_learned_bits_nothing_moves(settings: dict, data: Data, make_prepared) -> None:
    model = make_prepared("gcn", A2QConfig(**settings))
    model(data.x, data.edge_index)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    follow_target(model)
    meet_target(model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@pytest.mark.parametrize("name", ["gcn", "gin", "sage", "gat"])
@pytest.mark.parametrize("target", [1.7, 2.3, 5.4])
def test_of_nodes_with_equal_bits_only_as_many_move_as_are_needed(
    name: str, target: float, data: Data, make_prepared
) -> None:
    """All start with the same bits: one move for all would give 1 or 2 bits to all of them, never 1.7."""
    model = make_prepared(name, A2QConfig(target_average_bits=target, initial_bits=2))
    model(data.x, data.edge_index)
    meet_target(model)
    features = [found for _, found in learned_features(model).values()]
    # Half a node of one tensor is the rest.
    assert _average(model) == pytest.approx(target, abs=0.5 / data.num_nodes / len(features) + 1e-9)
    if len(features) == 1:
        (found,) = features
        assert {*found.effective_bits.tolist()} == {int(target), int(target) + 1}
        # The larger step size, there a bit saves more error.
        wider = found.effective_bits == int(target) + 1
        assert found.step.flatten()[wider].min() >= found.step.flatten()[~wider].max()


def test_the_nearest_to_the_next_width_moves_first(data: Data, make_prepared) -> None:
    model = make_prepared("gcn", A2QConfig(target_average_bits=2.25, initial_bits=2))
    model(data.x, data.edge_index)
    ((_, found),) = learned_features(model).values()
    half = data.num_nodes // 2
    with torch.no_grad():
        found.bits[half:] += 1e-6
    meet_target(model)
    assert (found.effective_bits[:half] == 2).all()
    assert found.effective_bits[half:].double().mean().item() == pytest.approx(2.5, abs=0.5 / half)


def test_a_target_in_kib_is_met_by_some_of_equal_nodes(data: Data, make_prepared) -> None:
    model = make_prepared("gin", A2QConfig(target_kib=1.4, initial_bits=2))
    model(data.x, data.edge_index)
    meet_target(model)
    spent = sum(dim * found.effective_bits.sum().item() for dim, found in learned_features(model).values()) / 8192
    assert spent == pytest.approx(1.4, abs=0.5 * 40 / 8192 + 1e-9)


def test_a_target_that_the_bounds_do_not_allow_is_neared(data: Data, make_prepared) -> None:
    """Negative values need 2 bits: 1.5 cannot be had of them."""
    model = make_prepared("gcn", A2QConfig(target_average_bits=1.5, initial_bits=3, first_input="learn"))
    model(data.x - 0.5, data.edge_index)
    first, second = (found for _, found in learned_features(model).values())
    assert (first.signed, second.signed) == (True, False)
    meet_target(model)
    assert (_average(model), first.effective_bits.max().item()) == (1.5, 2)


def test_groups_are_met_as_near_as_whole_groups_allow(data: Data, make_prepared) -> None:
    model = make_prepared("gin", A2QConfig(target_average_bits=1.7, groups=30, initial_bits=2))
    with pytest.raises(ValueError, match="forward pass"):
        meet_target(model)
    with pytest.raises(ValueError, match="forward pass"):
        follow_target(model)
    model.eval()
    model(data.x, data.edge_index)
    ends = [found.positive_step * (2 ** found.code_bits.round() - 2) for _, found in learned_features(model).values()]
    meet_target(model)
    features = [found for _, found in learned_features(model).values()]
    largest = max(torch.bincount(found.chosen).max().item() for found in features)
    means = [found.effective_bits[found.chosen].double().mean().item() for found in features]
    assert sum(means) / len(means) == pytest.approx(1.7, abs=largest / data.num_nodes / len(features))
    # Clipping ranges end where they did, so that the nodes of the first input keep their groups.
    for found, end in zip(features, ends, strict=True):
        assert_close(found.positive_step * (2 ** found.code_bits.round() - 2), end)
    before = features[0].chosen
    model(data.x, data.edge_index)
    assert torch.equal(features[0].chosen, before)


def test_all_groups_taken_since_the_last_move_count(data: Data, make_prepared) -> None:
    """Two batches of other groups: the bits of both are met, not those of the last one."""
    model = make_prepared("gin", A2QConfig(target_average_bits=2.5, groups=30, initial_bits=2))
    for scale in (1.0, 0.2):
        model(data.x * scale, data.edge_index)
    counts = [found.taken.double() for _, found in learned_features(model).values()]
    assert all(rows.sum() == 2 * data.num_nodes for rows in counts)
    meet_target(model)
    features = [found for _, found in learned_features(model).values()]
    pairs = zip(features, counts, strict=True)
    means = [(found.effective_bits.double() @ rows / rows.sum()).item() for found, rows in pairs]
    assert sum(means) / len(means) == pytest.approx(2.5, abs=0.05)
    assert not any(found.taken.any() for found in features)


@pytest.mark.parametrize(("name", "steps"), [("gcn", 100), ("gcn", 50), ("gin", 50), ("sage", 50), ("gat", 50)])
def test_an_own_loop_ends_at_its_target(name: str, steps: int, data: Data, make_prepared) -> None:
    """As README has it."""
    model = make_prepared(name, A2QConfig(target_average_bits=2))
    optimizer = torch.optim.Adam(quantizer_param_groups(model, lr=0.01, lr_bits=0.05), fused=True)
    for step in range(steps):
        optimizer.zero_grad()
        loss = cross_entropy(model(data.x, data.edge_index)[data.train_mask], data.y[data.train_mask])
        follow_target(model)
        (loss + memory_penalty(model)).backward()
        optimizer.step()
        if step >= 0.75 * steps:
            meet_target(model)
    assert _average(model) == pytest.approx(2, abs=0.1)
