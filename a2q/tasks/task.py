"""What a trainer needs to know of the problem, whether it is one graph's nodes or many graphs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from a2q.methods import Nodes
from a2q.models import Shape
from a2q.sparse.edges import Edges
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks.scores import Metric


@dataclass(frozen=True)
class Batch:
    """What one training step sees.

    Attributes:
        x: input, [num_nodes, features], or node types, [num_nodes].
        edges: who sends messages to whom.
        graph_of_node: number of each node's graph, [num_nodes]; None at node level.
        num_graphs: graphs in the batch.
        items: number of each output row in the task (a node or a graph), [rows].
        labelled: output rows that have a training label, or None for all.
        labels: labels of those rows: classes (int64) or values (float32).
    """

    x: Tensor | SparseMatrix
    edges: Edges
    graph_of_node: Tensor | None
    num_graphs: int
    items: Tensor
    labelled: Tensor | None
    labels: Tensor


@dataclass(frozen=True)
class Evaluation:
    """Scores of one model, dropout off.

    Attributes:
        train, validation, test: by the task's metric.
        validation_loss: the task's loss on the validation part.
    """

    train: float
    validation: float
    test: float
    validation_loss: float


class Task(Protocol):
    """A problem to train on.

    Attributes:
        metric: what scores are: "accuracy", "roc-auc" or "f1" (more is better), or "mae" (less is better).
        shape: columns of the network's input and output.
        items: number of nodes or graphs that have an output.
    """

    metric: Metric
    shape: Shape
    items: int

    @property
    def test_labels(self) -> Tensor:
        """Classes or values of the test part, [items]."""

    def nodes(self, generator: torch.Generator | None) -> Nodes:
        """What quantizers may know of the nodes."""

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """One epoch's training steps, in an order drawn from ``generator``."""

    def loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Mean loss of output rows."""

    def evaluate(self, model: nn.Module) -> Evaluation:
        """Scores of all three parts; leaves the model in evaluation."""

    def predict(self, model: nn.Module) -> Tensor:
        """Output of every item, [items, outputs], dropout off."""


def forward(model: nn.Module, batch: Batch) -> Tensor:
    """Output rows of a batch."""
    result: Tensor = model(batch.x, batch.edges, batch.graph_of_node, batch.num_graphs)
    return result
