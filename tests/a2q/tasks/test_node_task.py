from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cross_entropy
from torch_geometric.data import Data

from a2q import Graph, NodeTask, Trainer, prepare
from a2q.models import Network


@pytest.fixture
def network(citations: Graph, make_config, generator: torch.Generator) -> Network:
    return Network(NodeTask(citations).shape, make_config("fp32").model, generator)


def test_scores_are_those_of_a_slow_loop(citations: Graph, network: Network) -> None:
    task = NodeTask(citations)
    scores, found = task.predict(network), task.evaluate(network)
    for part in ("train", "validation", "test"):
        nodes = [node for node, member in enumerate(getattr(citations, part).tolist()) if member]
        right = sum(int(scores[node].argmax()) == int(citations.labels[node]) for node in nodes)
        assert getattr(found, part) == right / len(nodes)
    losses = [
        cross_entropy(scores[node], citations.labels[node]).item() for node in citations.validation.nonzero()[:, 0]
    ]
    assert found.validation_loss == pytest.approx(sum(losses) / len(losses), rel=1e-5)
    assert not network.training


def test_an_epoch_is_one_step_over_the_whole_graph(citations: Graph, generator: torch.Generator) -> None:
    task = NodeTask(citations)
    (batch,) = task.batches(generator)
    assert batch is task.whole
    assert batch.items.tolist() == list(range(300))
    assert torch.equal(batch.labelled, citations.train.nonzero().flatten())
    assert torch.equal(batch.labels, citations.labels[citations.train])


def test_quantizers_may_know_degrees(citations: Graph, generator: torch.Generator) -> None:
    nodes = NodeTask(citations).nodes(generator)
    assert nodes.count == 300
    assert torch.equal(nodes.in_degree, citations.edges.in_degree)


def test_predicting_leaves_dropout_off(citations: Graph, network: Network) -> None:
    task = NodeTask(citations)
    network.train()
    assert torch.equal(task.predict(network), task.predict(network))


@pytest.fixture
def valued(citations: Graph) -> Graph:
    """The graph with a value per node instead of a class: its in-degree's logarithm."""
    return replace(citations, labels=citations.edges.in_degree.float().log1p(), num_classes=1)


def test_values_are_scored_by_their_mean_absolute_error(valued: Graph, make_config, generator: torch.Generator) -> None:
    task = NodeTask(valued)
    network = Network(task.shape, make_config("fp32").model, generator)
    scores, found = task.predict(network), task.evaluate(network)
    assert (task.metric, scores.shape) == ("mae", (300, 1))
    for part in ("train", "validation", "test"):
        errors = (scores[:, 0] - valued.labels)[getattr(valued, part)].abs()
        assert getattr(found, part) == pytest.approx(errors.mean().item())
    assert found.validation_loss == found.validation


@pytest.mark.parametrize("hide", ["true", "false"])
def test_values_are_learned(valued: Graph, make_config, hide: str) -> None:
    trainer = Trainer(valued, make_config("a2q", "training.epochs=40", f"training.hide_test={hide}"))
    history = [trainer.run_epoch() for _ in range(40)]
    assert history[-1].train_score < 0.8 * history[0].train_score
    assert trainer.best.metrics.validation_score == min(metrics.validation_score for metrics in history)


def test_a_value_per_node_is_a_regression(citations: Graph) -> None:
    data = Data(x=torch.ones(3, 2), edge_index=torch.tensor([[0, 1], [1, 2]]), y=torch.tensor([0.5, 1, 2]))
    for number, name in enumerate(("train_mask", "val_mask", "test_mask")):
        data[name] = torch.arange(3) == number
    assert prepare(data).num_classes == 1
