import pytest
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.utils import subgraph

from a2q import A2QConfig, quantize_
from a2q.layers import quantized_layers
from a2q.quantizers import Quantizer, UnseenQuantizer, topology_index
from a2q.tasks.inductive_task import with_unseen_nodes


def _places(model: nn.Module) -> dict[str, object]:
    return {
        f"{name} {role}": layer.quantizer(role)
        for name, layer in quantized_layers(model).items()
        for role in layer.quantizers
    }


@pytest.mark.parametrize("rule", ["value", "degree", "topology"])
@pytest.mark.parametrize("name", ["gcn", "sage", "gin", "gat"])
def test_a_model_serves_nodes_it_was_not_trained_on(name: str, rule: str, data: Data, make_model) -> None:
    seen = torch.arange(0, data.num_nodes, 2)
    index, _ = subgraph(seen, data.edge_index, relabel_nodes=True, num_nodes=data.num_nodes)
    model = make_model(name)
    quantize_(model, A2QConfig(), num_nodes=len(seen))
    model(data.x[seen], index)
    model.eval()
    before = _places(model)
    topology = topology_index(data.edge_index, data.num_nodes)
    with with_unseen_nodes(model, seen, topology, rule):
        assert model(data.x, data.edge_index).shape[0] == data.num_nodes
        served = {place for place, quantizer in _places(model).items() if isinstance(quantizer, UnseenQuantizer)}
    by_node = {
        place
        for place, quantizer in before.items()
        if isinstance(quantizer, Quantizer) and quantizer.granularity == "row" and "attention" not in place
    }
    assert served == by_node
    assert len(served) >= 1
    # Afterwards all is as it was, even when something goes wrong within.
    with pytest.raises(ZeroDivisionError), with_unseen_nodes(model, seen, topology, rule):
        _ = 1 / 0
    assert _places(model) == before
