"""From nodes to graphs."""

from typing import Literal

import torch
from torch import Tensor


def pool(kind: Literal["mean", "sum", "max"], x: Tensor, graph_of_node: Tensor, num_graphs: int) -> Tensor:
    """One row per graph from its nodes' rows, [num_graphs, dim].

    Args:
        kind: mean, sum or maximum over the nodes.
        x: features, [num_nodes, dim].
        graph_of_node: number of each node's graph, [num_nodes].
        num_graphs: number of graphs; one without nodes becomes 0.
    """
    pooled = x.new_zeros(num_graphs, x.shape[1])
    if kind == "max":
        index = graph_of_node.unsqueeze(1).expand_as(x)
        return pooled.scatter_reduce(0, index, x, "amax", include_self=False)
    pooled = pooled.index_add(0, graph_of_node, x)
    if kind == "mean":
        pooled = pooled / torch.bincount(graph_of_node, minlength=num_graphs).clamp_min(1).unsqueeze(1)
    return pooled
