import pytest
import torch
from torch_geometric.data import Batch as PyGBatch
from torch_geometric.data import Data

from a2q import GraphTask, RunConfig, Trainer, report
from a2q.config.changes import change
from a2q.config.presets import preset
from a2q.models import Network
from a2q.tasks import forward
from data import DatasetConfig


def _graphs(count: int, regression: bool, generator: torch.Generator) -> list[Data]:
    graphs = []
    for number in range(count):
        size = int(torch.randint(4, 9, (1,), generator=generator))
        x = torch.rand(size, 3, generator=generator) + number % 2
        y = x.mean().reshape(1) if regression else torch.tensor([number % 2])
        graphs.append(Data(x=x, edge_index=torch.randint(size, (2, 2 * size), generator=generator), y=y))
    return graphs


def _task(generator: torch.Generator, regression: bool = False, batch_size: int = 8) -> GraphTask:
    numbers = torch.arange(37)
    return GraphTask(
        _graphs(37, regression, generator),
        numbers[:21],
        numbers[21:30],
        numbers[30:],
        num_classes=1 if regression else 2,
        batch_size=batch_size,
    )


def _config(name: str, *settings: str) -> RunConfig:
    small = ["training.epochs=6", "model.layers=2", "model.hidden=8", "training.schedule=constant", "training.lr=0.01"]
    return change(preset(name, DatasetConfig(name="mutag")), [*small, *settings])


def test_an_epoch_sees_every_training_graph_once_in_drawn_order(generator: torch.Generator) -> None:
    task = _task(generator)
    orders = []
    for seed in (0, 0, 1):
        batches = list(task.batches(torch.Generator().manual_seed(seed)))
        assert [batch.num_graphs for batch in batches] == [8, 8, 5]
        orders.append(torch.cat([batch.items for batch in batches]).tolist())
    assert orders[0] == orders[1] != orders[2]
    assert all(sorted(order) == list(range(21)) for order in orders)


def test_a_batch_is_pygs(generator: torch.Generator) -> None:
    task = _task(generator)
    batch, expected = task.collate(torch.tensor([5, 2])), PyGBatch.from_data_list([task._graphs[5], task._graphs[2]])
    assert torch.equal(batch.x, expected.x)
    assert torch.equal(torch.stack([batch.edges.source, batch.edges.target]), expected.edge_index)
    assert torch.equal(batch.graph_of_node, expected.batch)
    assert batch.labels.tolist() == expected.y.tolist()


@pytest.mark.parametrize("regression", [False, True])
def test_scores_are_over_graphs_one_by_one(generator: torch.Generator, regression: bool) -> None:
    task = _task(generator, regression, batch_size=4)
    network = Network(task.shape, _config("fp32").model, generator)
    found = task.evaluate(network)
    slow = []
    for number in range(30, 37):
        alone = task.collate(torch.tensor([number]))
        output = forward(network, alone)
        # Seven graphs in batches of four and three: a mean of batch means would weigh the last ones more.
        slow.append((output.squeeze(1) - alone.labels).abs() if regression else output.argmax(1) == alone.labels)
    assert found.test == pytest.approx(torch.cat(slow).double().mean().item(), abs=1e-6)
    assert task.metric == ("mae" if regression else "accuracy")
    assert task.predict(network).shape == (37, 1 if regression else 2)


def test_a_part_without_graphs_is_a_sentence(generator: torch.Generator) -> None:
    numbers = torch.arange(4)
    with pytest.raises(ValueError, match="The validation part has no graph; give at least one"):
        GraphTask(_graphs(4, False, generator), numbers[:2], numbers[:0], numbers[2:], num_classes=2)


@pytest.mark.parametrize("name", ["a2q", "a2q-paper", "uniform", "degree-quant", "binary", "fp32"])
def test_every_method_trains_resumes_and_reports(generator: torch.Generator, name: str) -> None:
    task = _task(generator)
    settings = ["quantization.groups=20"] if "a2q" in name else []
    config = _config(name, *settings, "model.dropout=0.2")
    whole, stopped, resumed = (Trainer(task, config) for _ in range(3))
    history = [whole.run_epoch() for _ in range(6)]
    for _ in range(3):
        stopped.run_epoch()
    resumed.resume(stopped.checkpoint())
    later = [resumed.run_epoch() for _ in range(3)]
    assert [metrics.loss for metrics in later] == [metrics.loss for metrics in history[3:]]
    assert [metrics.bit_counts for metrics in later] == [metrics.bit_counts for metrics in history[3:]]
    summary, arrays = report(whole, [1.0])
    assert set(arrays["graph"].tolist()) == set(range(30, 37))
    nodes = sum(graph.num_nodes for graph in task._graphs)
    if name != "fp32":
        # Bits are counted over the nodes of all graphs; readouts have a row for each graph.
        assert {sum(counts) for counts in history[-1].bit_counts} <= {nodes, 37}
    assert (summary.average_bits < 32) == (name != "fp32")


def test_a_regression_chooses_the_lowest_error(generator: torch.Generator) -> None:
    trainer = Trainer(_task(generator, regression=True), _config("fp32"))
    history = [trainer.run_epoch() for _ in range(6)]
    summary, _ = report(trainer, [1.0])
    assert summary.metric == "mae"
    assert summary.validation_score == min(metrics.validation_score for metrics in history)
    assert summary.test_score_paper_protocol == min(metrics.test_score for metrics in history)
