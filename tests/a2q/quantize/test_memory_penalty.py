import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close
from torch_geometric.data import Data

from a2q import A2QConfig, UniformConfig, follow_target, memory_penalty, quantize_
from a2q.quantize import feature_kib, learned_features


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


def test_columns_are_counted_as_the_settings_say(data: Data, make_prepared) -> None:
    """One width for all inputs, and 4 bits of both layers' XW at another."""
    settings = {"priced_width": 5, "priced_xw_width": 7, "penalty": 2.0, "penalty_above_kib": 0.1}
    model = make_prepared("gcn", A2QConfig(initial_bits=3, **settings))
    model(data.x, data.edge_index)
    memory_penalty(model).backward()
    memory = (5 * 3 + 7 * 2 * 4) * data.num_nodes / 8192
    assert memory_penalty(model).item() == pytest.approx(2 * (memory - 0.1) ** 2, rel=1e-5)
    for _, bits in _features(model):
        assert_close(bits.grad, torch.full_like(bits, 2 * 2 * (memory - 0.1) * 5 / 8192))


@pytest.mark.parametrize(
    "settings", [{"target_average_bits": 2.0}, {"penalty": 2.0}, {"groups": 9, "target_average_bits": 2}]
)
@pytest.mark.parametrize("training", [True, False])
def test_asking_for_the_penalty_changes_nothing(settings: dict, training: bool, data: Data, make_prepared) -> None:
    model = make_prepared("gin", A2QConfig(initial_bits=3, **settings))
    model.train(training)
    model(data.x, data.edge_index)
    follow_target(model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    penalties = {memory_penalty(model).item() for _ in range(3)}
    assert len(penalties) == 1 and penalties.pop() > 0
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_target_that_nothing_follows_is_warned_of_in_training(data: Data, make_prepared) -> None:
    model = make_prepared("gcn", A2QConfig(target_average_bits=2))
    model(data.x, data.edge_index)
    with pytest.warns(UserWarning, match=r"a2q\.follow_target\(model\) once in every training step"):
        unfollowed = memory_penalty(model)
    assert memory_penalty(model.eval()) == unfollowed
    follow_target(model)
    assert memory_penalty(model.train()) > 0
