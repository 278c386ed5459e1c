from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, l1_loss
from torch.testing import assert_close
from torch_geometric.data import Batch as PyGBatch
from torch_geometric.data import Data

from a2q import GraphTask, RunConfig, Trainer, summarize
from a2q.models import Network
from a2q.tasks import forward

MakeConfig = Callable[..., RunConfig]
MakeGraphs = Callable[..., list[Data]]
MakeTask = Callable[..., GraphTask]


def test_an_epoch_sees_every_training_graph_once_in_drawn_order(make_task: MakeTask) -> None:
    task = make_task()
    orders = []
    for seed in (0, 0, 1):
        batches = list(task.batches(torch.Generator().manual_seed(seed)))
        assert [batch.num_graphs for batch in batches] == [8, 8, 5]
        orders.append(torch.cat([batch.items for batch in batches]).tolist())
    assert orders[0] == orders[1] != orders[2]
    assert all(sorted(order) == list(range(21)) for order in orders)


@pytest.mark.parametrize(
    ("batch_size", "sizes"), [(1, [1] * 19 + [2]), (2, [2] * 9 + [3]), (4, [4, 4, 4, 4, 5]), (20, [21]), (21, [21])]
)
def test_a_last_graph_alone_joins_those_before_it(
    make_task: MakeTask, generator: torch.Generator, batch_size: int, sizes: list[int]
) -> None:
    batches = list(make_task(batch_size=batch_size).batches(generator))
    assert [batch.num_graphs for batch in batches] == sizes
    assert sorted(torch.cat([batch.items for batch in batches]).tolist()) == list(range(21))


@pytest.mark.parametrize("name", ["binary", "degree-quant", "fp32"])
def test_a_batch_that_leaves_one_graph_over_trains(
    make_task: MakeTask, make_graph_config: MakeConfig, name: str
) -> None:
    trainer = Trainer(make_task(batch_size=4), make_graph_config(name, "training.epochs=1"))
    assert trainer.run_epoch().loss > 0


def test_a_task_of_one_training_graph_trains(make_graphs: MakeGraphs, make_graph_config: MakeConfig) -> None:
    task = GraphTask(make_graphs(3), *torch.arange(3).split(1), num_classes=2)
    assert Trainer(task, make_graph_config("a2q")).run_epoch().loss > 0


@pytest.mark.parametrize("regression", [False, True])
def test_a_batch_is_pygs(make_task: MakeTask, make_graphs: MakeGraphs, regression: bool) -> None:
    graphs = make_graphs(37, regression)
    batch, expected = make_task(regression).collate(torch.tensor([5, 2])), PyGBatch.from_data_list(graphs[5:1:-3])
    assert torch.equal(batch.x, expected.x)
    assert torch.equal(torch.stack([batch.edges.source, batch.edges.target]), expected.edge_index)
    assert torch.equal(batch.graph_of_node, expected.batch)
    assert torch.equal(batch.labels, expected.y)
    assert (batch.num_graphs, batch.items.tolist(), batch.edges.num_nodes) == (2, [5, 2], expected.num_nodes)


def test_node_types_go_through_as_numbers(make_graphs: MakeGraphs, make_graph_config: MakeConfig) -> None:
    graphs = make_graphs(12, regression=True)
    for graph in graphs:
        graph.x = (10 * graph.x[:, :1]).long() % 28
    task = GraphTask(graphs, *torch.arange(12).split(4), num_classes=1, num_types=28, batch_size=4)
    (batch,) = task.batches(torch.Generator())
    assert (batch.x.dtype, batch.x.dim()) == (torch.int64, 1)
    metrics = Trainer(task, make_graph_config("a2q", model="gcn")).run_epoch()
    assert metrics.validation_score == metrics.validation_loss


@pytest.mark.parametrize("regression", [False, True])
@pytest.mark.parametrize("batch_size", [4, 37])
def test_scores_are_over_graphs_one_by_one(
    make_task: MakeTask, make_graph_config: MakeConfig, generator: torch.Generator, regression: bool, batch_size: int
) -> None:
    task = make_task(regression, batch_size)
    network = Network(task.shape, make_graph_config("fp32").model, generator)
    found = task.evaluate(network)
    assert not network.training
    outputs, labels = [], []
    for number in range(37):
        alone = task.collate(torch.tensor([number]))
        outputs.append(forward(network, alone))
        labels.append(alone.labels)

    def mean(first: int, last: int, score: Callable[[Tensor, Tensor], Tensor]) -> float:
        # Graphs, not batches: a mean of batch means would weigh the last, smaller batch more.
        each = [score(output, label) for output, label in zip(outputs[first:last], labels[first:last], strict=True)]
        return torch.stack(each).double().mean().item()

    def score(output: Tensor, label: Tensor) -> Tensor:
        return l1_loss(output.squeeze(1), label) if regression else (output.argmax(1) == label).double().mean()

    expected = [mean(first, last, score) for first, last in ((0, 21), (21, 30), (30, 37))]
    assert [found.train, found.validation, found.test] == pytest.approx(expected, abs=1e-6)
    if regression:
        assert found.validation_loss == found.validation
    else:
        assert found.validation_loss == pytest.approx(mean(21, 30, cross_entropy), abs=1e-6)
    assert_close(task.predict(network), torch.cat(outputs).detach(), rtol=1e-4, atol=1e-6)
    assert task.metric == ("mae" if regression else "accuracy")


def test_a_graph_of_no_part_predicts_0(
    make_graphs: MakeGraphs, make_graph_config: MakeConfig, generator: torch.Generator
) -> None:
    task = GraphTask(make_graphs(7), *torch.tensor([1, 2, 4, 5, 0, 6]).split(2), num_classes=2)
    rows = task.predict(Network(task.shape, make_graph_config("fp32").model, generator))
    assert rows.abs().sum(1).nonzero().flatten().tolist() == [0, 1, 2, 4, 5, 6]


@pytest.mark.parametrize("empty", ["train", "validation", "test"])
def test_a_part_without_graphs_is_a_sentence(make_graphs: MakeGraphs, empty: str) -> None:
    parts = {name: torch.arange(0 if name == empty else 2) for name in ("train", "validation", "test")}
    with pytest.raises(ValueError, match=rf"^The {empty} part has no graph; give at least one\.$"):
        GraphTask(make_graphs(4), **parts, num_classes=2)


def test_nothing_is_known_of_nodes_to_come(make_task: MakeTask, generator: torch.Generator) -> None:
    nodes = make_task().nodes(generator)
    assert nodes.count is nodes.in_degree is None
    assert nodes.generator is generator


def test_a_regression_chooses_the_lowest_error(make_task: MakeTask, make_graph_config: MakeConfig) -> None:
    trainer = Trainer(make_task(regression=True), make_graph_config("fp32", "training.epochs=6"))
    history = [trainer.run_epoch() for _ in range(6)]
    summary, _ = summarize(trainer, [1.0])
    assert summary.metric == "mae"
    assert summary.validation_score == min(metrics.validation_score for metrics in history)
    assert summary.test_score_paper_protocol == min(metrics.test_score for metrics in history)
