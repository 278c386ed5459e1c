import pytest
import torch

from a2q import ModelConfig, Network, Shape
from a2q.layers import quantized_layers
from a2q.reports.layer_labels import label, layer_number


@pytest.mark.parametrize(
    ("name", "people_read", "number"),
    [
        ("convs.0", "Layer 1", 1),
        ("convs.1.lin", "Layer 2", 2),
        ("convs.11.lin", "Layer 12", 12),
        ("convs.0.nn.0", "Layer 1 map 1", 1),
        ("convs.0.nn.2", "Layer 1 map 3", 1),
        ("convs.2.lin_l", "Layer 3", 3),
        ("convs.2.lin_r", "Layer 3 root", 3),
        ("net.convs.1.lin", "Layer 2", 2),
        ("embedding", "Embedding", None),
        ("readout.0", "Readout 0", None),
        ("unconvs.1", "Unconvs 1", None),
        ("", "Model", None),
    ],
)
def test_names_of_layers(name: str, people_read: str, number: int | None) -> None:
    assert (label(name), layer_number(name)) == (people_read, number)


@pytest.mark.parametrize("name", ["gcn", "gin", "gat", "sage"])
def test_layers_with_features_have_names_of_their_own(generator: torch.Generator, name: str) -> None:
    model = ModelConfig(name=name, hidden=4, heads=2, layers=3, linears=3, embedding=True)
    network = Network(Shape(3, 2, per_graph=True), model, generator)
    layers = quantized_layers(network)
    reading = [
        label(module)
        for module, layer in layers.items()
        if any(place.kind == "features" for place in layer.roles.values())
    ]
    assert len(set(reading)) == len(reading)
