"""PyG's own models on a small graph, plain and prepared."""

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import GAT, GCN, GIN, GraphSAGE

from a2q import quantize_
from a2q.datasets import DatasetConfig, load
from a2q.methods import Method

MakeModel = Callable[..., nn.Module]

_MODELS = {"gcn": GCN, "sage": GraphSAGE, "gin": GIN, "gat": GAT}


@pytest.fixture(scope="session")
def data() -> Data:
    """A generated citation graph of 120 nodes with dense features; nothing in it is ever changed."""
    found = load(DatasetConfig(name="generated-citations", nodes=120)).data
    x = found.x.to_dense() if found.x.layout != torch.strided else found.x
    return Data(x=x[:, :40].contiguous(), edge_index=found.edge_index, y=found.y, train_mask=found.train_mask)


@pytest.fixture
def make_model(data: Data) -> MakeModel:
    """Build one of PyG's models for :func:`data`, ``make_model("gcn", jk="cat")``."""

    def make(name: str, **settings: object) -> nn.Module:
        torch.manual_seed(0)
        given = {"num_layers": 2, "out_channels": int(data.y.max()) + 1, "dropout": 0.2, **settings}
        return _MODELS[name](data.x.shape[1], 8, **given)

    return make


@pytest.fixture
def make_prepared(data: Data, make_model: MakeModel) -> MakeModel:
    """The same, prepared: ``make_prepared("gcn", A2QConfig(), jk="cat")``."""

    def make(name: str, config: Method, **settings: object) -> nn.Module:
        model = make_model(name, **settings)
        in_degree = torch.bincount(data.edge_index[1], minlength=data.num_nodes)
        generator = torch.Generator().manual_seed(0)
        quantize_(model, config, num_nodes=data.num_nodes, in_degree=in_degree, generator=generator)
        return model

    return make
