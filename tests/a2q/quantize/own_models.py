"""Models whose code is a user's own; not in a test module, where pytest writes ``assert`` anew."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv


class Own(nn.Module):
    """Four layers whose order of definition says nothing, and a forward of one's own."""

    def __init__(self, forward: Callable[..., Any] | None = None) -> None:
        super().__init__()
        self.out, self.hidden, self.inner = GCNConv(8, 3), GCNConv(8, 8), GCNConv(4, 8)
        self.skip, self.norm, self.drop = nn.Linear(4, 3), nn.BatchNorm1d(4), nn.Dropout()
        self.calls, self.kept = 0, list[Any]()
        self.register_buffer("steps", torch.zeros(1))
        self.given = forward

    def forward(self, x: Tensor, edge_index: Tensor) -> Any:
        assert self.given is not None
        return self.given(self, x, edge_index)


def plain(model: Own, x: Tensor, edge_index: Tensor) -> Tensor:
    hidden = model.inner(x, edge_index).relu()
    return torch.as_tensor(model.out(model.hidden(hidden, edge_index), edge_index))


def prepared_input(model: Own, x: Tensor, edge_index: Tensor) -> Any:
    x = functional.normalize(functional.dropout(model.norm(model.drop(x)), 0.5, model.training) / 2)
    hidden = model.inner(x, edge_index=edge_index).relu()
    return model.out(hidden, edge_index) + model.skip(x)


def named(model: Own, x: Tensor, edge_index: Tensor) -> Any:
    return model.out(edge_index=edge_index, x=model.inner(edge_index=edge_index, x=x))


def mixed(model: Own, x: Tensor, edge_index: Tensor) -> Any:
    hidden = torch.cat([x, model.inner(x, edge_index)[:, :4]], 1)
    return model.out(hidden, edge_index)


def twice(model: Own, x: Tensor, edge_index: Tensor) -> Any:
    first = model.inner(x, edge_index)
    return model.out(first, edge_index) + model.inner(first[:, :4], edge_index)[:, :3]


def refusing(model: Own, x: Tensor, edge_index: Tensor) -> Any:
    assert x.dim() == 2 and edge_index.dim() == 2, "no graph"
    if x.size(0) <= edge_index.max() or not x.isfinite().all():
        raise ValueError("no graph")
    if not edge_index.numel():
        raise ValueError("no edges")
    if x.is_sparse:
        x = x.to_dense()
    return plain(model, x, edge_index)


def looping(model: Own, x: Tensor, edge_index: Tensor) -> Any:
    hidden = model.inner(x, edge_index)
    while True:
        moved = model.hidden(hidden, edge_index)
        if (moved - hidden).abs().max() < 1e-3:
            return model.out(moved, edge_index)
        hidden = moved


def by_kind(model: Own, x: Tensor, edge_index: Tensor) -> Any:
    for layer in (model.inner, model.drop, model.out):
        x = layer(x, edge_index) if isinstance(layer, GCNConv) else layer(x)
    return x


def in_data(model: Own, x: Tensor, edge_index: Tensor) -> Any:
    data = Data(x=model.inner(x, edge_index), edge_index=edge_index)
    functional.relu(data.x, inplace=True)
    return model.out(data.x, data.edge_index)


def by_weight(model: Own, x: Tensor, edge_index: Tensor) -> Any:
    return model.out(x @ model.inner.lin.weight.t(), edge_index)


def failing_late(model: Own, x: Tensor, edge_index: Tensor) -> Any:
    hidden = model.inner(x, edge_index)
    return model.out(torch.from_numpy(hidden.detach().numpy()), edge_index)
