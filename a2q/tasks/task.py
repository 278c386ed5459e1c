"""What a trainer needs to know of the problem, whether it is one graph's nodes or many graphs."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from a2q.config import ConfigError
from a2q.methods import Nodes
from a2q.models import Network, Shape
from a2q.sparse.edges import Edges
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks.scores import Metric

# Of features that are mostly 0: so many cells (0.5 GiB) go to a model of the user's as a dense tensor, more as sparse.
DENSE_CELLS = 2**27


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
    """Output rows of a batch.

    Args:
        model: a :class:`a2q.Network`; or a model of the user's, which is called as those of PyG are:
            ``model(x, edge_index)``, with ``batch`` as a third argument where there is one output per graph, and with
            ``edge_weight=`` where edges have weights. ``x`` is dense, or from 2^27 cells on a sparse CSR tensor.
        batch: what one training step sees.

    Raises:
        ConfigError: edges have weights, and the user's model takes none.
    """
    result: Tensor
    if isinstance(model, Network):
        result = model(batch.x, batch.edges, batch.graph_of_node, batch.num_graphs)
        return result
    given: list[Tensor] = [_plain(batch.x), batch.edges.index]
    named: dict[str, Any] = {}
    if batch.graph_of_node is not None:
        given.append(batch.graph_of_node)
    if batch.edges.weight is not None:
        if "edge_weight" not in inspect.signature(model.forward).parameters:
            raise ConfigError(
                f"Edges have weights, but {type(model).__name__}.forward takes no edge_weight; give it one, or delete "
                "edge_weight from the data."
            )
        named["edge_weight"] = batch.edges.weight
    result = model(*given, **named)
    return result


def _plain(x: Tensor | SparseMatrix) -> Tensor:
    """Features as a tensor of torch."""
    if isinstance(x, Tensor):
        return x
    return x.to_dense() if x.shape[0] * x.shape[1] < DENSE_CELLS else x.csr
