"""A toy method, layer and dataset, each added through its registry alone, go all the way from form to simulator."""

import ast
import functools
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pytest
import torch
from pydantic import Field
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import Linear, MessagePassing
from torch_geometric.utils import to_undirected

from a2q import A2QConfig, ConfigError, ModelConfig, RunConfig, UnsupportedLayerError, quantize_
from a2q.accelerator import simulate
from a2q.datasets import CATALOGUE, Dataset, DatasetCard, DatasetConfig, DatasetError, card, is_ready, listing, load
from a2q.datasets.catalogue import SPECS
from a2q.datasets.progress import Progress
from a2q.datasets.spec import DatasetSpec
from a2q.experiments import worker
from a2q.experiments.estimate import work_of
from a2q.experiments.presets import PRESETS, Preset, preset
from a2q.experiments.reproduce import command_line
from a2q.experiments.settings import change
from a2q.experiments.store import Run, RunStore
from a2q.experiments.workload import workload
from a2q.layers import LAYERS, ConvLayer, LinearLayer, TensorRole, quantized_layers
from a2q.layers.conv import Aggregation, StackSettings
from a2q.layers.from_pyg import linear_from_pyg, require_sum
from a2q.methods import METHODS, Method, Nodes
from a2q.quantizers import FakeQuantizer, Quantizer
from a2q.reports.inspection import contributions
from a2q.sparse.edges import Edges
from a2q_studio.pages.train.relevant import relevant, relevant_presets

ROOT = Path(__file__).parents[1]
KARATE = DatasetConfig(name="karate-club")


class WeightsOnlyConfig(Method):
    """Weights in few bits, features as they are."""

    learns_steps: ClassVar[bool] = True

    method: Literal["weights-only"] = Field("weights-only", title="Method")
    bits: int = Field(3, ge=2, le=8, title="Bits", description="Of weights.")

    def quantizer(self, role: TensorRole, nodes: Nodes) -> FakeQuantizer | None:
        if role.kind != "weight":
            return None
        return Quantizer(role.dim, "column", signed=True, bits=self.bits, gradient="task")

    @property
    def brief(self) -> str:
        return f"weights of {self.bits} bits"


class TwiceConv(MessagePassing):
    """``2 Σ_j x_j W``, a convolution of somebody else's."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(aggr="add")
        self.lin = Linear(in_channels, out_channels, bias=False)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        summed: Tensor = self.propagate(edge_index, x=self.lin(x))
        return 2 * summed


class TwiceLayer(ConvLayer):
    """``2 Σ_j Q_c(Q_r(X) Q_w(W))_j``."""

    model: ClassVar[str] = "twice"
    title: ClassVar[str] = "Twice"
    description: ClassVar[str] = "twice the plain sum"
    aggregation: ClassVar[Aggregation] = "sum"
    aggregates_first: ClassVar[bool] = False
    own: ClassVar[Literal["loop", "extra", "none"]] = "none"
    aggregated = "aggregation"

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.lin = LinearLayer(in_channels, out_channels, bias=False, output="combination")
        self.roles = {"aggregation": TensorRole("aggregation", out_channels)}

    @classmethod
    def pyg_class(cls) -> type[nn.Module]:
        return TwiceConv

    @classmethod
    def from_pyg(cls, module: Any, name: str) -> Self:
        require_sum(module, name)
        layer = cls(module.lin.in_channels, module.lin.out_channels)
        layer.lin = linear_from_pyg(module.lin, f"{name}.lin", "combination")
        return layer

    @classmethod
    def stacked(cls, features: int, outputs: int | None, last: bool, config: StackSettings) -> tuple[Self, int]:
        width = config.hidden if outputs is None else outputs
        return cls(features, width), width

    def forward(self, x: Tensor, edge_index: Edges | Tensor) -> Tensor:
        edges = self._edges(x, edge_index)
        return 2 * self.passed("aggregation", edges.sum @ self.lin(x))

    def mark_raw(self) -> None:
        self.lin.mark_raw()


@pytest.fixture
def toy_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """The method, and the preset that offers it."""
    monkeypatch.setitem(METHODS, "weights-only", WeightsOnlyConfig)
    monkeypatch.setitem(PRESETS, "weights-only", Preset("Weights only", "Features stay in FP32.", WeightsOnlyConfig))


@pytest.fixture
def toy_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The layer."""
    monkeypatch.setitem(LAYERS, TwiceLayer.model, TwiceLayer)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunStore]:
    """An empty store of the test's own; no run starts by itself, and signal handlers stay as they were."""
    for name in ("A2Q_SCHEDULER", "A2Q_DATABASE_URL", "A2Q_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("A2Q_HOME", str(tmp_path))
    before = signal.getsignal(signal.SIGTERM)
    with RunStore() as opened:
        yield opened
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def finished(store: RunStore) -> Callable[[RunConfig], Run]:
    """Train for two epochs by the real worker."""

    def trains(config: RunConfig) -> Run:
        run = store.submit(change(config, ["training.epochs=2"]))
        assert worker.main(run.id) == 0
        return store.get(run.id)

    return trains


@pytest.mark.usefixtures("toy_method")
class TestMethod:
    def test_its_settings_are_told_apart_from_others(self) -> None:
        config = preset("weights-only", KARATE)
        back = RunConfig.model_validate_json(config.model_dump_json())
        assert type(back.quantization) is WeightsOnlyConfig
        assert (back, back.digest) == (config, config.digest)
        assert change(config, ["quantization.bits=5"]).quantization == WeightsOnlyConfig(bits=5)
        with pytest.raises(ConfigError, match=r"^quantization bits is '9'; it must be less than or equal to 8\.$"):
            change(config, ["quantization.bits=9"])
        with pytest.raises(ConfigError, match=r"method is int8; it must be one of a2q, .*, fp32, weights-only"):
            RunConfig(dataset=KARATE, quantization={"method": "int8"})

    def test_forms_and_commands_offer_it(self) -> None:
        config = preset("weights-only", KARATE)
        assert "weights-only" in relevant_presets(KARATE.name)
        assert relevant(config, "quantization") == ("bits",)
        offered = relevant(config, "training")
        assert {"lr_weight_step", "warm_start"} <= set(offered) and "lr_bits" not in offered
        assert "--preset weights-only" in command_line(config)

    def test_it_is_trained_and_measured_and_not_taken_for_fp32(
        self, finished: Callable[[RunConfig], Run], store: RunStore
    ) -> None:
        run = finished(preset("weights-only", KARATE, "gcn"))
        assert run.summary is not None
        weights = [item for item in run.summary["items"] if item["name"].endswith("weights")]
        assert weights and all(item["bits"] < 4 * item["values"] for item in weights if item["values"] > 100)
        work = workload(run, lambda name: store.array(run.id, name))
        assert [layer.weight_bits for layer in work.layers] == [3, 3]
        # The dataset's 0/1 features take 1 bit, as in any quantized network; hidden ones stay as they are.
        assert [set(layer.bits.tolist()) for layer in work.layers] == [{1}, {32}]

    def test_it_can_be_one_layers_method(self) -> None:
        model = nn.ModuleList([nn.Linear(4, 3), nn.Linear(3, 2)])
        quantize_(model, WeightsOnlyConfig(), overrides={"1": WeightsOnlyConfig(bits=6)})
        held = [layer.quantizer("weight") for layer in quantized_layers(model).values()]
        assert [one.bits.unique().tolist() for one in held if isinstance(one, Quantizer)] == [[3], [6]]


class TestLayer:
    @pytest.fixture
    def model(self) -> nn.ModuleList:
        torch.manual_seed(0)
        return nn.ModuleList([TwiceConv(5, 4)])

    def test_it_is_refused_until_it_is_registered(self, model: nn.ModuleList, request: pytest.FixtureRequest) -> None:
        with pytest.raises(UnsupportedLayerError, match="use GCNConv, GINConv, GATConv, SAGEConv and Linear,"):
            quantize_(model, A2QConfig(), num_nodes=6)
        with pytest.raises(ConfigError, match=r"^name is 'twice'; it must be 'gcn', 'gin', 'gat' or 'sage'\.$"):
            ModelConfig(name="twice")
        request.getfixturevalue("toy_layer")
        with pytest.raises(UnsupportedLayerError, match="use GCNConv, GINConv, GATConv, SAGEConv, TwiceConv and"):
            quantize_(nn.ModuleList([nn.ModuleList([MessagePassing()])]), A2QConfig(), num_nodes=6)

    @pytest.mark.usefixtures("toy_layer")
    def test_it_stands_in_for_its_class(self, model: nn.ModuleList) -> None:
        x, edge_index = torch.rand(6, 5), torch.tensor([[0, 1, 2, 3, 4, 5, 0], [1, 2, 3, 4, 5, 0, 3]])
        before = model[0](x, edge_index)
        quantize_(model, A2QConfig(first_input="learn"), num_nodes=6)
        layers = quantized_layers(model)
        assert [type(layer) for layer in layers.values()] == [TwiceLayer, LinearLayer]
        assert set(layers["0.lin"].quantizers) == {"input", "weight", "output"}
        after = model[0](x, edge_index)
        assert after.shape == before.shape and not torch.equal(after, before)
        layers["0.lin"].quantizers = nn.ModuleDict()
        torch.testing.assert_close(model[0](x, edge_index), before)

    @pytest.mark.usefixtures("toy_layer")
    def test_forms_commands_and_estimates_know_it(self) -> None:
        config = preset("a2q", KARATE, "twice")
        assert config.model == preset("a2q", KARATE, "gcn").model.model_copy(update={"name": "twice"})
        assert not {"heads", "linears", "self_loops"} & set(relevant(config, "model"))
        assert "--model twice" in command_line(config)
        assert work_of(config) == work_of(preset("a2q", KARATE, "gcn"))
        arrived = contributions(np.array([[1, 2], [0, 0]]), np.eye(3), 0, "twice")
        assert sorted(arrived.nodes.tolist()) == [1, 2] and arrived.coefficients.tolist() == [1, 1]

    @pytest.mark.usefixtures("toy_layer", "toy_method")
    @pytest.mark.parametrize("name", ["a2q", "degree-quant", "weights-only"])
    def test_networks_of_it_are_trained_measured_and_simulated(
        self, name: str, finished: Callable[[RunConfig], Run], store: RunStore
    ) -> None:
        run = finished(preset(name, KARATE, "twice"))
        assert run.summary is not None
        work = workload(run, lambda name: store.array(run.id, name))
        assert [(layer.aggregation, layer.own_row, layer.weighted, layer.heads) for layer in work.layers] == [
            ("after", "none", False, 0)
        ] * 2
        assert simulate(work.graph, work.layers).cycles > 0


def _wheel(card: DatasetCard, config: DatasetConfig, progress: Progress) -> tuple[Data, str]:
    nodes = 30
    rim = torch.arange(1, nodes)
    edges = torch.stack([torch.cat([torch.zeros_like(rim), rim]), torch.cat([rim, rim.roll(1)])])
    part = torch.arange(nodes) % 3
    masks = {f"{name}_mask": part == number for number, name in enumerate(("train", "val", "test"))}
    x = torch.eye(nodes)
    return Data(x=x, edge_index=to_undirected(edges), y=torch.arange(nodes) // 3 % 2, **masks), "a wheel"


WHEEL = DatasetSpec(
    DatasetCard(
        name="wheel",
        title="Wheel",
        split="a third each",
        source="drawn here",
        licence="none needed",
        citation="none",
        nodes=30,
        edges=116,
        features=30,
        classes=2,
        why="One hub hears all others.",
        needs="nothing",
    ),
    one_graph=_wheel,
)


class TestDataset:
    def test_it_is_unknown_until_it_is_registered(self) -> None:
        with pytest.raises(DatasetError, match="no dataset 'wheel'"):
            card("wheel")

    def test_catalogue_and_commands_know_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(SPECS, "wheel", WHEEL)
        assert CATALOGUE["wheel"] is WHEEL.card and "wheel" in listing()
        assert is_ready("wheel")
        assert "train wheel --model gcn" in command_line(preset("uniform", DatasetConfig(name="wheel"), "gcn"))

    def test_it_is_loaded_trained_on_and_simulated(
        self, monkeypatch: pytest.MonkeyPatch, finished: Callable[[RunConfig], Run], store: RunStore
    ) -> None:
        monkeypatch.setitem(SPECS, "wheel", WHEEL)
        loaded = load("wheel")
        assert isinstance(loaded, Dataset)
        assert (loaded.num_nodes, loaded.num_edges, loaded.source) == (30, 116, "a wheel")
        assert loaded.in_degree.max() == loaded.in_degree[0] == 29
        run = finished(preset("uniform", DatasetConfig(name="wheel"), "gcn"))
        assert workload(run, lambda name: store.array(run.id, name)).graph.num_nodes == 30


def naming(*words: str) -> list[str]:
    """The product's sources that name something: as an identifier, a module or a text of that very word."""
    return sorted(file for file, names in names_of_files().items() if names & set(words))


@functools.cache
def names_of_files() -> dict[str, set[str]]:
    """What each of the product's sources names."""
    found = {}
    sources = [file for room in ("a2q", "dashboard/a2q_studio") for file in (ROOT / room).rglob("*.py")]
    for file in [*sources, *(ROOT / "a2q").rglob("*.pyi")]:
        names: set[str] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                    names.add(name)
                case ast.ImportFrom(module=str(module)):
                    names.add(module)
                case ast.Constant(value=str(text)):
                    names.add(text)
        found[str(file.relative_to(ROOT))] = names
    return found


def test_the_count_sees_what_it_counts() -> None:
    assert naming("WeightsOnlyConfig") == []
    assert "a2q/methods/registry.py" in naming("a2q.methods.method")
    # What the project is about is named wherever something is said of it; the count would say so.
    assert len(naming("A2QConfig")) > 4


@pytest.mark.parametrize(
    "words",
    [
        ("UniformConfig",),
        ("BinaryConfig",),
        ("DegreeBitsConfig", "degree-bits", "a2q.methods.degree_bits"),
        ("DegreeQuantConfig", "degree-quant", "a2q.methods.degree_quant"),
    ],
    ids=lambda words: words[0],
)
def test_a_method_is_named_in_four_files_at_most(words: tuple[str, ...]) -> None:
    """Its own, the registry, its preset, and the public door."""
    assert 3 <= len(naming(*words)) <= 4, naming(*words)


@pytest.mark.parametrize(
    "words",
    [
        ("GCNLayer", "GCNConv", "a2q.layers.gcn"),
        ("GINLayer", "GINConv", "a2q.layers.gin"),
        ("GATLayer", "GATConv", "a2q.layers.gat"),
        ("SAGELayer", "SAGEConv", "sage", "a2q.layers.sage"),
    ],
    ids=lambda words: words[0],
)
def test_a_layer_is_named_in_three_files_at_most(words: tuple[str, ...]) -> None:
    """Its own, the registry, and the door of the room."""
    assert 2 <= len(naming(*words)) <= 3, naming(*words)


@pytest.mark.parametrize("name", ["actor", "tolokers", "roman-empire", "coauthor-cs", "imdb-multi", "nci1"])
def test_a_data_set_is_named_where_it_is_registered_and_nowhere_else(name: str) -> None:
    assert len(naming(name)) == 1, naming(name)


def test_a_generated_graph_is_named_in_two_files_at_most() -> None:
    """Where it is registered and where it is drawn."""
    assert len(naming("stochastic-blocks")) <= 2, naming("stochastic-blocks")


def test_every_method_has_a_preset_of_its_name() -> None:
    assert {name: PRESETS[name].method for name in METHODS} == METHODS
