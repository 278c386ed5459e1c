import pytest
import torch
from torch.nn.functional import cross_entropy

from a2q import Graph, NodeTask
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
