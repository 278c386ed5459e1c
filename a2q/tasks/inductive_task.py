"""Classifying nodes that training never saw."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import Tensor, nn

from a2q.graph import Graph
from a2q.layers import quantized_layers
from a2q.quantizers import Quantizer, UnseenQuantizer, UnseenRule, topology_index
from a2q.sparse.edges import Edges
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks.node_task import NodeTask
from a2q.tasks.scores import ClassMetric
from a2q.tasks.task import Batch, Evaluation, forward


@contextmanager
def with_unseen_nodes(model: nn.Module, seen: Tensor, topology: Tensor, rule: UnseenRule = "value") -> Iterator[None]:
    """For a while, let ``model`` take a graph that holds nodes it was not trained on.

    Every quantizer with a step size per node serves the seen nodes as before and gives the others step sizes and
    bits by ``rule``; all other quantizers need no rule.

    Args:
        model: prepared with one step size per seen node, and trained.
        seen: which nodes of the full graph it was trained on, in their order, int64 [seen].
        topology: :func:`a2q.quantizers.topology_index` of the full graph, [num_nodes, 2].
        rule: "value", "degree" or "topology"; see :class:`a2q.quantizers.UnseenQuantizer`.

    Source: "value" paper section 3.3; "topology" TopGQ (DAC 2026); "degree" ours.
    """
    replaced: list[tuple[nn.ModuleDict, str, Quantizer]] = []
    for layer in quantized_layers(model).values():
        for role, place in layer.roles.items():
            quantizer = layer.quantizer(role)
            if place.rows == "nodes" and isinstance(quantizer, Quantizer) and quantizer.granularity == "row":
                serving = UnseenQuantizer(quantizer, seen, topology, rule)
                layer.quantizers[role] = serving.train(model.training)
                replaced.append((layer.quantizers, role, quantizer))
    try:
        yield
    finally:
        for quantizers, role, quantizer in replaced:
            quantizers[role] = quantizer


class InductiveNodeTask(NodeTask):
    """Trains on the graph without its test nodes and their edges; tests on the whole graph.

    Args:
        graph: the whole graph.
        rule: how unseen nodes get step sizes and bits.

    The setting is that of inductive node classification (Hamilton et al., NeurIPS 2017).
    """

    def __init__(self, graph: Graph, rule: UnseenRule, metric: ClassMetric = "accuracy") -> None:
        self._seen = (~graph.test).nonzero().flatten()
        super().__init__(seen_part(graph, self._seen), metric)
        self._full, self._whole, self._rule = graph, NodeTask(graph, metric), rule
        edges = graph.edges
        proper = edges.source != edges.target
        edge_index = torch.stack([edges.source[proper], edges.target[proper]])
        self._topology = topology_index(edge_index, graph.num_nodes)
        everyone = torch.arange(graph.num_nodes)
        self._everyone = Batch(graph.features, edges, None, 1, everyone, None, graph.labels)

    @property
    def test_labels(self) -> Tensor:
        """Classes or values of the unseen nodes."""
        return self._whole.test_labels

    @torch.no_grad()
    def evaluate(self, model: nn.Module) -> Evaluation:
        """Training and validation score among the seen nodes, test score of the unseen ones."""
        seen = super().evaluate(model)
        with with_unseen_nodes(model, self._seen, self._topology, self._rule):
            scores = forward(model, self._everyone)
        return replace(seen, test=self._whole.score(scores, self._full.test.nonzero().flatten()))


def seen_part(graph: Graph, seen: Tensor) -> Graph:
    """The graph of the given nodes and the edges among them; none of its nodes is a test node.

    Args:
        graph: the whole graph.
        seen: numbers of the nodes to keep, rising, int64.
    """
    number = torch.full((graph.num_nodes,), -1).index_copy_(0, seen, torch.arange(len(seen)))
    source, target = number[graph.edges.source], number[graph.edges.target]
    kept = (source >= 0) & (target >= 0)
    weight = None if graph.edges.weight is None else graph.edges.weight[kept]
    features = graph.features
    return replace(
        graph,
        features=_rows(features, number, len(seen)) if isinstance(features, SparseMatrix) else features[seen],
        edges=Edges(source[kept], target[kept], len(seen), weight),
        labels=graph.labels[seen],
        train=graph.train[seen],
        validation=graph.validation[seen],
        test=torch.zeros(len(seen), dtype=torch.bool),
    )


def _rows(matrix: SparseMatrix, number: Tensor, count: int) -> SparseMatrix:
    """Some rows of a matrix, without room for its zeros; ``number`` is the new number of each, -1 of those left out."""
    pattern, values = matrix.entries.pattern, matrix.values
    row = number[pattern.row]
    kept = (row >= 0) & (values != 0)
    places = torch.stack([row[kept], pattern.column[kept]])
    shape = (count, matrix.shape[1])
    return SparseMatrix(torch.sparse_coo_tensor(places, values[kept], shape, check_invariants=True))
