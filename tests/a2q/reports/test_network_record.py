"""What a network is recorded as, held against what passes through it."""

import json
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter

from a2q import Graph, RunConfig, Trainer
from a2q.layers import LinearLayer, quantized_layers, watching
from a2q.reports.measurements import measured
from a2q.reports.network_record import INPUT_NONZEROS, NetworkRecord, measure_nonzeros, record_network
from a2q.reports.tensors import measure_tensors
from a2q.tasks import forward

MakeTrainer = Callable[..., Trainer]


def record(trainer: Trainer) -> NetworkRecord:
    return record_network(trainer.model, trainer.task)


@pytest.mark.parametrize(
    "name", ["a2q-paper", "uniform", "degree-quant", "degree-bits", "fixed-bits", "binary", "fp32"]
)
@pytest.mark.parametrize("model", ["gcn", "gin", "gat", "sage"])
def test_bits_are_those_of_the_values_that_pass(
    citations: Graph, make_config: Callable[..., RunConfig], name: str, model: str
) -> None:
    trainer = Trainer(citations, make_config(name, "training.epochs=1", f"model.name={model}"))
    trainer.run_epoch()
    layers = quantized_layers(trainer.model)
    seen: dict[str, set[int]] = {}

    def watch(layer: str, role: str, values: object) -> None:
        quantizer = layers[layer].quantizer(role)
        if layers[layer].roles[role].kind == "combination" and quantizer is not None:
            seen.setdefault(layer.split(".")[1], set()).update(quantizer.row_bits(values).tolist())

    with watching(trainer.model, watch), torch.no_grad():
        trainer.model.eval()
        for batch in measured(trainer.task):
            forward(trainer.model, batch)
    found = record(trainer)
    assert [linear.module for linear in found.maps] == [
        layer for layer, part in layers.items() if isinstance(part, LinearLayer)
    ]
    for linear in found.maps:
        if linear.aggregation != "none" and (bits := seen.get(str(linear.layer - 1))):
            assert bits == {linear.aggregated_bits}
        assert (linear.in_channels, linear.out_channels) == (
            layers[linear.module].in_channels,
            layers[linear.module].out_channels,
        )
        assert (linear.input_bits is None) == (layers[linear.module].quantizer("input") is not None)


def test_it_is_plain_json(citations: Graph, make_config: Callable[..., RunConfig]) -> None:
    trainer = Trainer(citations, make_config("a2q"))
    found = record(trainer)
    read = TypeAdapter(NetworkRecord).validate_python(json.loads(json.dumps(asdict(found))))
    assert read == found
    assert (found.features, found.outputs) == (citations.num_features, citations.num_classes)
    assert found.input == "binary"
    assert [(linear.layer, linear.module, linear.arrays, linear.reads_dataset) for linear in found.maps] == [
        (1, "convs.0.lin", "layer1", True),
        (2, "convs.1.lin", "layer2", False),
    ]


def test_nonzeros_are_counted(citations: Graph, train: MakeTrainer) -> None:
    trainer = train("a2q")
    arrays = measure_nonzeros(trainer.model, trainer.task, record(trainer).maps)
    assert set(arrays) == {INPUT_NONZEROS, "workload/layer2/nonzeros"}
    (batch,) = measured(trainer.task)
    dense = batch.x if isinstance(batch.x, torch.Tensor) else batch.x.to_dense()
    np.testing.assert_array_equal(arrays[INPUT_NONZEROS], (dense != 0).sum(1))
    quantized = measure_tensors(trainer.model, trainer.task)["tensor/layer2/quantized"]
    np.testing.assert_array_equal(arrays["workload/layer2/nonzeros"], np.count_nonzero(quantized, axis=1))


@pytest.mark.parametrize("regression", [False, True])
def test_graphs_are_numbered_on(make_task, make_graph_config, regression: bool) -> None:
    trainer = Trainer(make_task(regression), make_graph_config("a2q", "training.epochs=1"))
    trainer.run_epoch()
    found = record(trainer)
    nodes = sum(batch.edges.num_nodes for batch in measured(trainer.task))
    arrays = measure_nonzeros(trainer.model, trainer.task, found.maps)
    assert {len(values) for values in arrays.values()} == {nodes}
    assert [linear.module for linear in found.maps if linear.layer is None] == ["readout.0", "readout.2"]
    assert found.per_graph
