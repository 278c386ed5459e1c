"""Classifying whole graphs, or predicting a value for each."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, l1_loss

from a2q.methods import Nodes
from a2q.models import Shape
from a2q.sparse.edges import Edges
from a2q.tasks.scores import ClassMetric, Metric, metric_of, score
from a2q.tasks.task import Batch, Evaluation, forward

if TYPE_CHECKING:
    from torch_geometric.data import Data


class GraphTask:
    """Mini-batches of graphs; each batch is one disconnected graph.

    Args:
        graphs: PyG ``Data`` with ``x`` ([nodes, features], or node types), ``edge_index`` and ``y``.
        train, validation, test: numbers of the graphs of each part.
        num_classes: number of classes; 1 for a regression, whose loss is the mean absolute error.
        num_types: number of node types where ``x`` holds types, else None.
        batch_size: graphs per training step.
        metric: what classes are scored by, and the best epoch is chosen by.

    Raises:
        ValueError: a part has no graph, or its classes cannot be scored so.
    """

    def __init__(
        self,
        graphs: "Sequence[Data]",
        train: Tensor,
        validation: Tensor,
        test: Tensor,
        *,
        num_classes: int,
        num_types: int | None = None,
        batch_size: int = 128,
        metric: ClassMetric = "accuracy",
    ) -> None:
        for name, part in (("train", train), ("validation", validation), ("test", test)):
            if not part.numel():
                raise ValueError(f"The {name} part has no graph; give at least one.")
        parts = {"train": train, "validation": validation, "test": test}
        # Thousands of graphs are not looked at for what no other metric asks.
        asked = parts if metric == "roc-auc" and num_classes > 1 else {}
        labels = {name: torch.cat([graphs[int(number)].y for number in part]) for name, part in asked.items()}
        self.metric: Metric = metric_of(metric, num_classes, labels)
        self.items, self.batch_size, self._typed = len(graphs), batch_size, num_types is not None
        self.shape = Shape(1 if self._typed else int(graphs[0].num_features), num_classes, num_types, per_graph=True)
        self._graphs = graphs
        self._train = train
        self._parts = parts
        self._kept: dict[str, list[Batch]] = {}

    @property
    def test_labels(self) -> Tensor:
        """Classes or values of the test graphs."""
        return torch.cat([batch.labels for batch in self.part("test")])

    def nodes(self, generator: torch.Generator | None) -> Nodes:
        """Nothing is known of the nodes of unseen graphs."""
        return Nodes(generator=generator)

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """Training graphs in random order, ``batch_size`` at a time; a last one alone joins those before it."""
        order = self._train[torch.randperm(len(self._train), generator=generator)]
        *before, last = order.split(self.batch_size)
        if before and len(last) == 1:
            # Normalisation cannot learn from the single row that one graph's readout has.
            last = torch.cat([before.pop(), last])
        for chosen in (*before, last):
            yield self.collate(chosen)

    def loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Mean cross-entropy, or mean absolute error, of graphs."""
        return l1_loss(scores.squeeze(1), labels) if self.metric == "mae" else cross_entropy(scores, labels)

    @torch.no_grad()
    def evaluate(self, model: nn.Module) -> Evaluation:
        """Scores over the graphs of all three parts; leaves the model in evaluation."""
        model.eval()
        scores, losses = {}, {}
        for part, numbers in self._parts.items():
            rows = torch.cat([forward(model, batch) for batch in self.part(part)])
            labels = torch.cat([batch.labels for batch in self.part(part)])
            losses[part] = self.loss(rows, labels).item()
            scores[part] = score(self.metric, rows, labels)
            assert len(labels) == len(numbers)
        return Evaluation(**scores, validation_loss=losses["validation"])

    @torch.no_grad()
    def predict(self, model: nn.Module) -> Tensor:
        """Output of every graph, [num_graphs, outputs], dropout off; rows of graphs in no part are 0."""
        model.eval()
        result = torch.zeros(self.items, self.shape.outputs)
        for part in self._parts:
            for batch in self.part(part):
                result[batch.items] = forward(model, batch)
        return result

    def part(self, name: str) -> list[Batch]:
        """The batches of one part, in order; made once."""
        if name not in self._kept:
            self._kept[name] = [self.collate(numbers) for numbers in self._parts[name].split(self.batch_size)]
        return self._kept[name]

    def collate(self, numbers: Tensor) -> Batch:
        """The graphs of these numbers as one batch."""
        from torch_geometric.data import Batch as PyGBatch

        data = PyGBatch.from_data_list([self._graphs[int(number)] for number in numbers])
        x = data.x.flatten().long() if self._typed else data.x.float()
        labels = data.y.flatten()
        return Batch(
            x=x,
            edges=Edges(data.edge_index[0], data.edge_index[1], int(data.num_nodes)),
            graph_of_node=data.batch,
            num_graphs=len(numbers),
            items=numbers,
            labelled=None,
            labels=labels.float() if self.metric == "mae" else labels.long(),
        )
