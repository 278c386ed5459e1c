from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GATConv, GCNConv, GINConv, TransformerConv

from a2q import (
    A2QConfig,
    ConfigError,
    FP32Config,
    Graph,
    Trainer,
    TrainerSettings,
    TrainingConfig,
    UnsupportedLayerError,
    prepare,
    summarize,
)
from a2q.datasets import DatasetConfig, load
from a2q.tasks import GraphTask

_GRAPH = load(DatasetConfig(name="generated-citations", nodes=300, graph_seed=0)).data
_WIDTH, _CLASSES = _GRAPH.num_features, int(_GRAPH.y.max()) + 1


class _Mixed(nn.Module):
    """A model as users write it: own names, torch's dropout, three kinds of convolutions."""

    def __init__(self, width: int = _WIDTH, outputs: int = _CLASSES) -> None:
        super().__init__()
        self.first = GCNConv(width, 8)
        self.middle = GINConv(nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8)))
        self.attention = GATConv(8, 4, heads=2)
        self.last = GCNConv(8, outputs)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        assert isinstance(x, Tensor) and edge_index.dtype == torch.int64
        hidden = nn.functional.dropout(x, 0.2, self.training)
        for layer in (self.first, self.middle, self.attention):
            hidden = nn.functional.dropout(layer(hidden, edge_index).relu(), 0.5, self.training)
        return self.last(hidden, edge_index)


def _model() -> nn.Module:
    torch.manual_seed(3)
    return _Mixed()


def _settings(epochs: int = 4, **training: Any) -> TrainerSettings:
    return TrainerSettings(
        quantization=A2QConfig(target_average_bits=2), training=TrainingConfig(epochs=epochs, **training)
    )


_TAUGHT = {"warm_start": True, "distillation": 1.0}


def _history(trainer: Trainer, epochs: int | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while not trainer.finished and (epochs is None or len(found) < epochs):
        found.append({name: value for name, value in vars(trainer.run_epoch()).items() if name != "seconds"})
    return found


@pytest.mark.parametrize("training", [{}, _TAUGHT, {"hide_test": True}], ids=["alone", "taught", "inductive"])
def test_a_resumed_own_model_is_the_same_run_whatever_else_draws(training: dict[str, Any]) -> None:
    whole = _history(Trainer(_GRAPH, _settings(**training), _model()))
    first = Trainer(_GRAPH, _settings(**training), _model())
    before = _history(first, 2)
    second = Trainer(_GRAPH, _settings(**training), _model())
    second.resume(first.checkpoint())
    torch.rand(7)
    assert before + _history(second) == whole


def test_a_run_stopped_while_its_teacher_trains_goes_on() -> None:
    first = Trainer(_GRAPH, _settings(**_TAUGHT), _model())
    for _, _ in zip(range(2), first.warm_up(), strict=False):
        pass
    second = Trainer(_GRAPH, _settings(**_TAUGHT), _model())
    second.resume(first.checkpoint())
    assert _history(second) == _history(Trainer(_GRAPH, _settings(**_TAUGHT), _model()))


def test_the_given_model_stays_as_it_is_and_its_copy_starts_from_its_weights() -> None:
    model = _model()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.random.get_rng_state()
    trainer = Trainer(_GRAPH, _settings(), model)
    assert all(torch.equal(value, before[name]) for name, value in trainer.model.state_dict().items() if name in before)
    _history(trainer)
    assert type(model.first) is GCNConv
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)
    assert not torch.equal(trainer.model.get_parameter("first.lin.weight"), before["first.lin.weight"])


def test_the_teacher_is_the_same_model_in_full_precision() -> None:
    taught = Trainer(_GRAPH, _settings(**_TAUGHT), _model())
    for _ in taught.warm_up():
        pass
    plain = _settings().model_copy(update={"quantization": FP32Config()})
    alone = Trainer(_GRAPH, plain, _model())
    _history(alone)
    alone.restore_best()
    name = "middle.nn.2.weight"
    assert torch.equal(taught.model.get_parameter(name), alone.model.get_parameter(name))


def test_data_its_graph_and_sparse_features_are_the_same_task() -> None:
    sparse = _GRAPH.clone()
    sparse.x = sparse.x.to_sparse_coo()
    given: list[Data | Graph] = [_GRAPH, prepare(_GRAPH), sparse]
    first, *others = [_history(Trainer(problem, _settings(3), _model())) for problem in given]
    assert others == [first, first]


def test_features_of_many_cells_come_as_a_sparse_tensor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("a2q.tasks.task.DENSE_CELLS", 1)
    torch.manual_seed(0)
    model = GCN(_WIDTH, 8, 2, _CLASSES, dropout=0)
    seen: list[torch.layout] = []
    model.register_forward_pre_hook(lambda module, given: seen.append(given[0].layout))
    assert _history(Trainer(_GRAPH, _settings(1), model))
    assert set(seen) == {torch.sparse_csr}


def test_a_summary_numbers_layers_by_their_order() -> None:
    trainer = Trainer(_GRAPH, _settings(2), _model())
    _history(trainer)
    summary, nodes = summarize(trainer, [1.0, 1.0])
    assert summary.network is None and summary.test_score >= 0
    numbered = {name for name in nodes if name.endswith("/bits")}
    assert numbered == {f"layer{name}/bits" for name in ("2", "2-map2", "3", "4")}
    assert {f"layer{number}/aggregation" for number in range(1, 5)} <= set(nodes)
    assert all(len(nodes[name]) == _GRAPH.num_nodes for name in numbered)


def test_edge_weights_reach_the_model_or_are_refused() -> None:
    weighted = _GRAPH.clone()
    weighted.edge_weight = torch.rand(weighted.num_edges, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    model = GCN(_WIDTH, 8, 2, _CLASSES)
    plain = _history(Trainer(_GRAPH, _settings(2), model))
    assert _history(Trainer(weighted, _settings(2), model)) != plain
    with pytest.raises(ConfigError, match=r"_Mixed\.forward takes no edge_weight; give it one, or delete edge_weight"):
        Trainer(weighted, _settings(), _model())


class _OfGraphs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.out = GCNConv(3, 4), nn.Linear(4, 2)

    def forward(self, x: Tensor, edge_index: Tensor, batch: Tensor) -> Tensor:
        hidden = self.conv(x, edge_index)
        return self.out(hidden.new_zeros(int(batch.max()) + 1, 4).index_add(0, batch, hidden))


def test_graphs_are_classified_too() -> None:
    generator = torch.Generator().manual_seed(0)
    ring = torch.tensor([[0, 1, 2], [1, 2, 0]])
    graphs = [
        Data(x=torch.rand(3, 3, generator=generator), edge_index=ring, y=torch.tensor([k % 2])) for k in range(12)
    ]
    task = GraphTask(graphs, *torch.arange(12).split(4), num_classes=2)
    settings = _settings(2).model_copy(update={"quantization": A2QConfig(groups=10)})
    assert len(_history(Trainer(task, settings, _OfGraphs()))) == 2


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (_Mixed(outputs=_CLASSES + 1), rf"_Mixed gives shape \[300, {_CLASSES + 1}\] for 300 nodes; it must give"),
        (_Mixed(width=_WIDTH + 1), rf"_Mixed cannot be called as model\(x, edge_index\) with {_WIDTH:,} features of"),
        (nn.Linear, "The model is the class Linear; give an instance"),
        (nn.Identity(), "Identity cannot be called as model"),
    ],
    ids=["classes", "width", "class", "arguments"],
)
def test_a_model_that_does_not_fit_is_told_in_a_sentence(model: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Trainer(_GRAPH, _settings(), model)


def test_layers_that_cannot_be_quantized_and_networks_of_ours_are_refused(citations: Graph) -> None:
    settings = _settings()
    with pytest.raises(UnsupportedLayerError, match="TransformerConv, which cannot be quantized"):
        Trainer(citations, settings, nn.Sequential(TransformerConv(4, 4)))
    with pytest.raises(ConfigError, match="a network of a2q's own; leave it out"):
        Trainer(citations, settings, Trainer(citations, settings).model)
    with pytest.raises(ConfigError, match=r"A list is nothing to train on; give torch_geometric\.data\.Data"):
        Trainer([_GRAPH], settings, _model())  # type: ignore[arg-type]
