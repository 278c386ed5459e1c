"""Which quantizer each method puts where, as its documentation says."""

import pytest
import torch
from torch import nn
from torch_geometric.nn import GATConv, GCNConv, GINConv, SAGEConv

from a2q import A2QConfig, BinaryConfig, ConfigError, DegreeBitsConfig, DegreeQuantConfig, FP32Config, UniformConfig
from a2q.layers import QuantizedLayer, quantized_layers
from a2q.layers.roles import TensorRole
from a2q.methods import Method, Nodes
from a2q.methods.a2q import ATTENTION_BITS
from a2q.methods.paper_starts import PAPER_STARTS
from a2q.quantize.replace_layers import replace_layers
from a2q.quantizers import AffineQuantizer, BinaryQuantizer, FakeQuantizer, NearestQuantizer, Quantizer

NODES = Nodes(7, torch.arange(7))


@pytest.fixture
def layers() -> dict[str, QuantizedLayer]:
    """Every kind of layer behind a first one, by name: gcn, gcn.lin, gin, gin.nn.0, …"""
    model = nn.ModuleDict(
        {
            "gcn": GCNConv(4, 5),
            "gin": GINConv(nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 6))),
            "sage": SAGEConv(4, 5),
            "gat": GATConv(4, 5, heads=2),
        }
    )
    replace_layers(model, lambda name: False)
    return quantized_layers(model)


def _placed(layers: dict[str, QuantizedLayer], config: Method) -> dict[str, FakeQuantizer]:
    found = {}
    for name, layer in layers.items():
        for role, place in layer.roles.items():
            quantizer = config.quantizer(place, NODES)
            if quantizer is not None:
                found[f"{name} {role}"] = quantizer
    return found


FEATURES = [
    "gcn.lin input",
    "gin.nn.0 input",
    "gin.nn.2 input",
    "sage.lin_l input",
    "sage.lin_r input",
    "gat.lin input",
]
WEIGHTS = [name.replace("input", "weight") for name in FEATURES]
COMBINATIONS = ["gcn.lin output", "gin input", "sage input"]
ATTENTION = ["gat attention", "gat logits"]


def _described(placed: dict[str, FakeQuantizer]) -> dict[str, tuple[str, int, float, bool]]:
    """Granularity, number of step sizes, bits and whether bits are learned, by place."""
    described = {}
    for name, quantizer in placed.items():
        assert isinstance(quantizer, Quantizer)
        bits = quantizer.effective_bits.float().mean().item()
        described[name] = (quantizer.granularity, quantizer.step.numel(), bits, quantizer.learn_bits)
    return described


def test_a2q_stands_where_the_paper_has_it(layers: dict[str, QuantizedLayer]) -> None:
    placed = _placed(layers, A2QConfig(initial_bits=3, weight_bits=5, xw_bits=6))
    widths = {name: layers[name.split()[0]].roles[name.split()[1]].dim for name in placed}
    assert _described(placed) == {
        **dict.fromkeys(FEATURES, ("row", 7, 3, True)),
        **{name: ("column", widths[name], 5, False) for name in WEIGHTS},
        **{name: ("column", widths[name], 6, False) for name in COMBINATIONS},
        "gat.lin output": ("row", 7, 6, False),
        "gat attention": ("row", 2, ATTENTION_BITS, False),
        "gat logits": ("column", 2, ATTENTION_BITS, False),
    }
    gradients = {name: quantizer.gradient for name, quantizer in placed.items()}
    task = {*WEIGHTS, *ATTENTION}
    assert gradients == {name: "task" if name in task else "local" for name in placed}


def test_groups_take_the_place_of_nodes(layers: dict[str, QuantizedLayer]) -> None:
    placed = _placed(layers, A2QConfig(groups=9, group_search="paper-code"))
    grouped = {name for name, quantizer in placed.items() if isinstance(quantizer, NearestQuantizer)}
    assert grouped == {*FEATURES, "gat.lin output", "gat logits"}
    assert all(len(placed[name].step) == 9 and placed[name].convention == "paper-code" for name in grouped)
    assert {name for name in grouped if placed[name].learn_bits} == set(FEATURES)
    # No group knows how many nodes there are, and none asks.
    assert A2QConfig(groups=9).quantizer(layers["gcn.lin"].roles["input"], Nodes()) is not None


@pytest.mark.parametrize(
    ("given", "gradient"),
    [({}, "task"), ({"gradient": "task"}, "task"), ({"gradient": "local"}, "local"), ({"groups": "9"}, "task")],
)
def test_groups_learn_from_the_loss_unless_the_local_gradient_is_chosen(
    layers: dict[str, QuantizedLayer], given: dict[str, str], gradient: str
) -> None:
    config = A2QConfig(**{"groups": 9, **given})
    assert config.gradient == gradient and A2QConfig(**config.model_dump()) == config
    placed = _placed(layers, config)
    rows = {name: quantizer.gradient for name, quantizer in placed.items() if isinstance(quantizer, NearestQuantizer)}
    assert rows == dict.fromkeys(rows, gradient) | {"gat logits": "task"}
    assert set(FEATURES) <= set(rows)


@pytest.mark.parametrize("groups", [None, 0, "0"])
def test_without_groups_nodes_learn_by_the_local_gradient(groups: object) -> None:
    given = {} if groups is None else {"groups": groups}
    assert A2QConfig(**given).gradient == "local"


@pytest.mark.parametrize(
    ("learn", "learned"),
    [("both", {"bits", "step"}), ("bits", {"bits"}), ("steps", {"step"}), ("nothing", set())],
)
@pytest.mark.parametrize("groups", [0, 9])
def test_what_is_learned_are_parameters(
    layers: dict[str, QuantizedLayer], learn: str, learned: set[str], groups: int
) -> None:
    quantizer = A2QConfig(learn=learn, groups=groups).quantizer(layers["gcn.lin"].roles["input"], NODES)
    assert {name for name, _ in quantizer.named_parameters()} == learned


def test_options_reach_the_features_quantizer(layers: dict[str, QuantizedLayer]) -> None:
    config = A2QConfig(min_bits=0, max_bits=5, step_bits=8, gradient="task", straight_through="identity")
    quantizer = config.quantizer(layers["gcn.lin"].roles["input"], NODES)
    assert isinstance(quantizer, Quantizer)
    assert (quantizer.min_bits, quantizer.max_bits, quantizer.step_bits) == (0, 5, 8)
    assert (quantizer.gradient, quantizer.straight_through) == ("task", "identity")


@pytest.mark.parametrize("config", [A2QConfig(), UniformConfig(), DegreeBitsConfig()], ids=lambda config: config.method)
def test_the_datasets_input_and_single_columns_stay(config: Method) -> None:
    assert config.quantizer(TensorRole("features", 4, raw=True), NODES) is None
    assert config.quantizer(TensorRole("combination", 4, raw=True), NODES) is None
    assert config.quantizer(TensorRole("features", 1), NODES) is None
    assert config.quantizer(TensorRole("features", 2), NODES) is not None
    if isinstance(config, A2QConfig):
        learning = A2QConfig(first_input="learn")
        assert learning.quantizer(TensorRole("features", 4, raw=True), NODES) is not None


def test_uniform_stands_where_a2q_does(layers: dict[str, QuantizedLayer]) -> None:
    placed = _placed(layers, UniformConfig(bits=3))
    assert set(placed) == set(_placed(layers, A2QConfig()))
    widths = {name: layers[name.split()[0]].roles[name.split()[1]].dim for name in WEIGHTS}
    assert _described(placed) == {
        name: ("column", widths[name], 3, False) if name in WEIGHTS else ("tensor", 1, 3, False) for name in placed
    }
    assert {quantizer.gradient for quantizer in placed.values()} == {"task"}
    assert all(quantizer.step_gradient_scale for quantizer in placed.values())


def test_bits_by_hand_stand_where_a2q_does(layers: dict[str, QuantizedLayer]) -> None:
    placed = _described(_placed(layers, DegreeBitsConfig(average_bits=3, weight_bits=5, xw_bits=6)))
    same = _described(_placed(layers, A2QConfig(weight_bits=5, xw_bits=6)))
    assert {name: (kind, count) for name, (kind, count, *_) in placed.items()} == {
        name: (kind, count) for name, (kind, count, *_) in same.items()
    }
    assert all(placed[name][2] == pytest.approx(3, abs=1 / 7) for name in FEATURES)
    assert all(placed[name] == same[name] for name in (*WEIGHTS, *COMBINATIONS, *ATTENTION))
    assert not any(learned for *_, learned in placed.values())


def test_degree_quant_stands_at_every_site(layers: dict[str, QuantizedLayer]) -> None:
    config = DegreeQuantConfig(bits=5, ranges="momentum", boundary="identity", empty_range="one")
    placed = _placed(layers, config)
    assert set(placed) == {f"{name} {role}" for name, layer in layers.items() for role in layer.roles}
    assert {type(quantizer) for quantizer in placed.values()} == {AffineQuantizer}
    assert {(q.bits, q.ranges, q.boundary, q.empty_range) for q in placed.values()} == {
        (5, "momentum", "identity", "one")
    }
    assert {name for name, quantizer in placed.items() if quantizer.signed} == set(WEIGHTS)
    # The seven of its GCN layer.
    gcn = [name for name in placed if name.startswith("gcn")]
    assert sorted(gcn) == sorted(
        [
            "gcn.lin input",
            "gcn.lin weight",
            "gcn.lin output",
            "gcn norm",
            "gcn messages",
            "gcn aggregation",
            "gcn output",
        ]
    )


def test_one_bit_is_for_features_and_weights(layers: dict[str, QuantizedLayer]) -> None:
    placed = _placed(layers, BinaryConfig())
    assert {name: quantizer.granularity for name, quantizer in placed.items()} == {
        **dict.fromkeys(FEATURES, "row"),
        **dict.fromkeys(WEIGHTS, "column"),
    }
    assert all(isinstance(quantizer, BinaryQuantizer) for quantizer in placed.values())
    assert all((placed[name].mean is not None) == (name in FEATURES) for name in placed)
    assert _placed(layers, FP32Config()) == {}


@pytest.mark.parametrize(
    ("config", "nodes", "sentence"),
    [
        (A2QConfig(), Nodes(), "The number of nodes is not given, .* or set groups"),
        (DegreeBitsConfig(), Nodes(), "Manual bits follow the in-degree"),
        (DegreeBitsConfig(), Nodes(7), "Manual bits follow the in-degree"),
    ],
)
def test_what_must_be_known_of_the_nodes(config: Method, nodes: Nodes, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        config.quantizer(TensorRole("features", 4), nodes)


@pytest.mark.parametrize("start", PAPER_STARTS)
@pytest.mark.parametrize("groups", [0, 1000])
def test_random_starts_are_drawn_as_the_table_says(start: str, groups: int) -> None:
    config = A2QConfig(start=start, groups=groups)
    for kind, drawn in PAPER_STARTS[start].items():
        role = TensorRole(kind, 1000, count=1000)
        quantizer, again = (
            config.quantizer(role, Nodes(1000, generator=torch.Generator().manual_seed(0))) for _ in range(2)
        )
        step = quantizer.step.detach().clone()
        assert torch.equal(step, again.step)
        assert float(step.min()) > 0
        if drawn.std is None:
            assert step.mean().item() == pytest.approx(0.5, abs=0.05)
            assert float(step.max()) <= 1
        else:
            # The mean square survives the absolute value.
            assert step.square().mean().item() == pytest.approx(drawn.mean**2 + drawn.std**2, rel=0.2)
        quantizer(torch.rand(step.shape))
        # First values decide the sign but not the step sizes.
        assert torch.equal(quantizer.step, step)
