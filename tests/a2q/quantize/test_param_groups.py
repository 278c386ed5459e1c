import pytest
import torch
from torch import nn

from a2q import A2QConfig, BinaryConfig, DegreeQuantConfig, UniformConfig, quantize_, quantizer_param_groups
from a2q.quantize.param_groups import quantizers
from a2q.quantizers import FakeQuantizer


def test_every_parameter_has_the_rate_of_its_kind(make_prepared) -> None:
    model = make_prepared("gat", A2QConfig())
    rates = {"lr": 0.1, "lr_weight_step": 0.2, "lr_xw_step": 0.3, "lr_feature_step": 0.4, "lr_bits": 0.5}
    groups = quantizer_param_groups(model, weight_decay=0.03, lr_attention_step=0.6, **rates)
    found = {id(parameter): (group["lr"], group["weight_decay"]) for group in groups for parameter in group["params"]}
    named = dict(model.named_parameters())
    expected = {
        "convs.1.lin.weight": (0.1, 0.03),
        "convs.1.att_src": (0.1, 0.03),
        "convs.1.bias": (0.1, 0.03),
        "convs.1.lin.quantizers.weight.step": (0.2, 0),
        "convs.1.lin.quantizers.output.step": (0.3, 0),
        "convs.1.lin.quantizers.input.step": (0.4, 0),
        "convs.1.lin.quantizers.input.bits": (0.5, 0),
        "convs.1.quantizers.attention.step": (0.6, 0),
        "convs.1.quantizers.logits.step": (0.6, 0),
    }
    assert {name: found[id(named[name])] for name in expected} == expected


@pytest.mark.parametrize(
    "config",
    [
        A2QConfig(),
        A2QConfig(groups=5),
        A2QConfig(learn="steps"),
        A2QConfig(learn="bits"),
        A2QConfig(learn="nothing"),
        UniformConfig(),
        DegreeQuantConfig(),
        BinaryConfig(),
    ],
    ids=repr,
)
@pytest.mark.parametrize("name", ["gcn", "sage", "gin", "gat"])
def test_every_parameter_is_in_exactly_one_group(name: str, config, make_prepared) -> None:
    model = make_prepared(name, config, jk="cat", norm="batch_norm")
    members = [id(parameter) for group in quantizer_param_groups(model) for parameter in group["params"]]
    assert sorted(members) == sorted(id(parameter) for parameter in model.parameters())
    torch.optim.Adam(quantizer_param_groups(model)).step()


def test_shared_and_frozen_parameters(make_model) -> None:
    line = nn.Linear(3, 3)
    tied = nn.Linear(3, 3)
    tied.weight = line.weight
    model = nn.Sequential(line, tied, line)
    quantize_(model, UniformConfig())
    members = [id(parameter) for group in quantizer_param_groups(model) for parameter in group["params"]]
    assert len(members) == len(set(members)) == len(list(model.parameters()))
    model[0].weight.requires_grad_(False)
    left = [id(parameter) for group in quantizer_param_groups(model) for parameter in group["params"]]
    assert set(members) - set(left) == {id(model[0].weight)}
    (only,) = quantizer_param_groups(make_model("gcn"), lr=0.5, weight_decay=0.1)
    assert (only["lr"], only["weight_decay"], len(only["params"])) == (0.5, 0.1, 4)


def test_all_quantizers_are_found_once(make_prepared) -> None:
    model = make_prepared("gcn", A2QConfig())
    found = quantizers(model)
    assert found == [module for module in model.modules() if isinstance(module, FakeQuantizer)]
    assert len(found) == 5
