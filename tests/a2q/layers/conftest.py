"""One of each convolution, on a graph with everything a graph can have."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.nn import MLP, GATConv, GCNConv, GINConv, SAGEConv

from a2q import quantize_
from a2q.methods import Method

NODES, FEATURES, OUTPUTS = 12, 5, 6

MakeLayer = Callable[..., nn.Module]

KINDS: dict[str, Callable[[], nn.Module]] = {
    "gcn": lambda: GCNConv(FEATURES, OUTPUTS),
    "gin": lambda: GINConv(MLP([FEATURES, 8, OUTPUTS]), train_eps=True),
    "sage": lambda: SAGEConv(FEATURES, OUTPUTS),
    "gat": lambda: GATConv(FEATURES, OUTPUTS, heads=2),
}


@pytest.fixture
def edge_index(generator: torch.Generator) -> Tensor:
    """A directed graph with a self-loop, a repeated edge and a node that nothing reaches."""
    edges = torch.randint(NODES - 1, (2, 40), generator=generator)
    return torch.cat([edges, edges[:, :1], torch.tensor([[3], [3]])], dim=1)


@pytest.fixture
def x(generator: torch.Generator) -> Tensor:
    """Features of both signs."""
    return torch.randn(NODES, FEATURES, generator=generator)


@pytest.fixture
def prepared() -> MakeLayer:
    """Build a layer of a kind and prepare it for :func:`x`, ``prepared("gcn", A2QConfig())``; it is no first layer."""

    def make(kind: str, config: Method) -> nn.Module:
        torch.manual_seed(0)
        # An embedding that is never run stands first.
        model = nn.ModuleList([nn.Embedding(1, 1), KINDS[kind]()])
        for name, parameter in model.named_parameters():
            if "bias" in name:
                # Biases start at 0, which would hide them.
                nn.init.normal_(parameter, generator=torch.Generator().manual_seed(1))
        degrees = torch.arange(NODES)
        quantize_(model, config, num_nodes=NODES, in_degree=degrees, generator=torch.Generator().manual_seed(0))
        return model[1]

    return make
