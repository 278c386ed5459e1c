"""The FP32 networks as PyG's documentation writes them: what ours are timed against."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GATConv, GCNConv, GINConv


class PygNetwork(nn.Module):
    """Two convolutions with ReLU and dropout between them.

    Args:
        model: "gcn" (``GCNConv(cached=True)``), "gin" or "gat" (8 heads of 8).
        features, classes: columns of input and output.
        dropout: of the hidden features, for GAT of attention weights too.
    """

    def __init__(self, model: str, features: int, classes: int, dropout: float) -> None:
        super().__init__()
        self.first, self.second = _convolutions(model, features, classes, dropout)
        self.dropout = dropout

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Class scores, [num_nodes, num_classes]."""
        hidden = torch.relu(self.first(x, edge_index))
        return self.second(nn.functional.dropout(hidden, self.dropout, self.training), edge_index)


def _convolutions(model: str, features: int, classes: int, dropout: float) -> tuple[nn.Module, nn.Module]:
    match model:
        case "gcn":
            return GCNConv(features, 16, cached=True), GCNConv(16, classes, cached=True)
        case "gin":
            return GINConv(nn.Linear(features, 16), train_eps=True), GINConv(nn.Linear(16, classes), train_eps=True)
        case _:
            return GATConv(features, 8, heads=8, dropout=dropout), GATConv(64, classes, dropout=dropout)


def pyg_step(model: str, data: Data, dropout: float) -> Callable[[], None]:
    """One training step of PyG's network with its dense features."""
    dense = data.x if data.x.layout == torch.strided else data.x.to_dense()
    network = PygNetwork(model, dense.size(1), int(data.y.max()) + 1, dropout)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01, weight_decay=5e-4)

    def step() -> None:
        network.train()
        optimizer.zero_grad()
        scores = network(dense, data.edge_index)
        nn.functional.cross_entropy(scores[data.train_mask], data.y[data.train_mask]).backward()
        optimizer.step()

    return step
