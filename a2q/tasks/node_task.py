"""Classifying the nodes of one graph, or predicting a value for each."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, l1_loss

from a2q.graph import Graph
from a2q.methods import Nodes
from a2q.models import Shape
from a2q.tasks.scores import ClassMetric, Metric, metric_of, score
from a2q.tasks.task import Batch, Evaluation, forward


class NodeTask:
    """Full-batch training: one step an epoch, over the whole graph.

    Args:
        graph: the prepared graph with its split; labels that are values make it a regression, whose loss is the mean
            absolute error.
        metric: what classes are scored by, and the best epoch is chosen by.

    Raises:
        ValueError: the graph's classes cannot be scored so.
    """

    def __init__(self, graph: Graph, metric: ClassMetric = "accuracy") -> None:
        self.graph = graph
        self.shape = Shape(graph.num_features, graph.num_classes)
        self.items = graph.num_nodes
        # Indices rather than masks: one gather an epoch instead of a scan over all nodes.
        self._parts = {
            "train": graph.train.nonzero().flatten(),
            "validation": graph.validation.nonzero().flatten(),
            "test": graph.test.nonzero().flatten(),
        }
        labels = {name: graph.labels[nodes] for name, nodes in self._parts.items()}
        self.metric: Metric = metric_of(metric, graph.num_classes, labels)
        everyone = torch.arange(graph.num_nodes, device=graph.labels.device)
        train = self._parts["train"]
        self.whole = Batch(graph.features, graph.edges, None, 1, everyone, train, graph.labels[train])

    @property
    def test_labels(self) -> Tensor:
        """Classes or values of the test nodes."""
        return self.graph.labels[self._parts["test"]]

    def nodes(self, generator: torch.Generator | None) -> Nodes:
        """What quantizers may know of the nodes."""
        return Nodes(self.graph.num_nodes, self.graph.in_degree, generator)

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """The one training step of an epoch."""
        yield self.whole

    def loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Mean cross-entropy, or mean absolute error, of nodes."""
        return l1_loss(scores.squeeze(1), labels) if self.metric == "mae" else cross_entropy(scores, labels)

    def score(self, scores: Tensor, nodes: Tensor) -> float:
        """Score, by the task's metric, of the nodes of these numbers; ``scores`` are those of all nodes."""
        return score(self.metric, scores[nodes], self.graph.labels[nodes])

    @torch.no_grad()
    def evaluate(self, model: nn.Module) -> Evaluation:
        """Scores of all three parts; leaves the model in evaluation."""
        scores = self.predict(model)
        validation = self._parts["validation"]
        return Evaluation(
            **{name: self.score(scores, nodes) for name, nodes in self._parts.items()},
            validation_loss=self.loss(scores[validation], self.graph.labels[validation]).item(),
        )

    @torch.no_grad()
    def predict(self, model: nn.Module) -> Tensor:
        """Class scores or value of every node, [num_nodes, num_classes], dropout off."""
        model.eval()
        return forward(model, self.whole)
