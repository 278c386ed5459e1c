from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from a2q import Graph, Trainer
from a2q.quantize import learned_features
from a2q.reports import NodeArrays, full_precision, measure_nodes, measurements
from a2q.reports.measurements import _compact, measured
from a2q.reports.measurements import _measure as _measure_batch
from a2q.sparse.matrix import SparseMatrix

MakeTrainer = Callable[..., Trainer]

_QUANTIZED = ("bits", "step", "magnitude", "error", "relative_error", "clipped")


@pytest.fixture
def trainer(train: MakeTrainer, generator: torch.Generator) -> Trainer:
    """Three trained layers whose nodes then get bits from 1 to 8, so that every width is measured."""
    trained = train("a2q", "model.layers=3", "training.weight_decay=0.0005")
    with torch.no_grad():
        for _, quantizer in learned_features(trained.model).values():
            quantizer.bits.uniform_(1, 8, generator=generator)
    return trained


def _dense(graph: Graph) -> np.ndarray:
    features = graph.features
    return (features.to_dense() if isinstance(features, SparseMatrix) else features).double().numpy()


def _fake(x: np.ndarray, step: np.ndarray, effective: np.ndarray | int, signed: bool) -> np.ndarray:
    largest = 2.0 ** (effective - 1) - 1 if signed else 2.0**effective - 1
    return np.sign(x) * np.floor(np.minimum(np.abs(x) / step, largest) + 0.5) * step


def _measure(trainer: Trainer, quantized: bool) -> NodeArrays:
    """The same network in plain NumPy and double precision."""
    graph = trainer.task.graph
    adjacency, x = graph.edges.convolution().to_dense().double().numpy(), _dense(graph)
    found: NodeArrays = {}
    for number, layer in enumerate(trainer.model.convs, start=1):
        weight = layer.lin.weight.detach().t().double().numpy()
        if quantized:
            rows = layer.lin.quantizer("input")
            if rows is not None:
                step = rows.positive_step.detach().double().numpy()
                bits = rows.bits.detach().clamp(1, 8).numpy().round()
                exact, x = x, _fake(x, step, bits, signed=False)
                error, magnitude = np.abs(x - exact).mean(1), np.abs(exact).mean(1)
                found |= {
                    f"layer{number}/bits": bits[:, 0],
                    f"layer{number}/step": step[:, 0],
                    f"layer{number}/magnitude": magnitude,
                    f"layer{number}/error": error,
                    f"layer{number}/relative_error": error / np.maximum(magnitude, 1e-12),
                    f"layer{number}/clipped": (exact > step * (2**bits - 1)).mean(1),
                }
            weight = _fake(
                weight, layer.lin.quantizer("weight").positive_step.detach().double().numpy(), 4, signed=True
            )
        combined = x @ weight
        if quantized:
            combined = _fake(
                combined, layer.lin.quantizer("output").positive_step.detach().double().numpy(), 4, signed=True
            )
        x = adjacency @ combined + layer.bias.detach().double().numpy()
        found[f"layer{number}/aggregation"] = np.abs(x).mean(1)
        found["prediction"] = x.argmax(1)
        x = np.maximum(x, 0)
    return found


def test_measurements_equal_the_network_in_numpy(trainer: Trainer) -> None:
    found, expected = measure_nodes(trainer.model, trainer.task), _measure(trainer, quantized=True)
    assert set(expected) <= set(found)
    for name, values in expected.items():
        # A value on the edge between two codes may fall to either side in single precision.
        close = np.isclose(found[name], values, rtol=1e-3, atol=1e-5)
        assert close.mean() > 0.97, name
    assert found["layer2/clipped"].max() > 0
    assert np.unique(found["layer3/bits"]).tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_aggregation_fp32_is_the_same_weights_without_quantizers(trainer: Trainer) -> None:
    found, expected = measure_nodes(trainer.model, trainer.task), _measure(trainer, quantized=False)
    for layer in (1, 2, 3):
        name = f"layer{layer}/aggregation"
        np.testing.assert_allclose(found[f"{name}_fp32"], expected[name], rtol=1e-4, atol=1e-5)
        assert not np.allclose(found[f"{name}_fp32"], found[name], rtol=1e-3)


def test_names_shapes_and_types(trainer: Trainer) -> None:
    found = measure_nodes(trainer.model, trainer.task)
    names = {"label", "in_degree", "prediction", "prediction_fp32", "aggregates_first"}
    names |= {f"layer{layer}/{name}" for layer in (1, 2, 3) for name in ("aggregation", "aggregation_fp32")}
    names |= {f"layer{layer}/{name}" for layer in (2, 3) for name in _QUANTIZED}
    assert set(found) == names
    assert found["aggregates_first"].tolist() == [0]
    assert {values.shape for name, values in found.items() if name != "aggregates_first"} == {(300,)}
    whole = {"label", "in_degree", "prediction", "prediction_fp32", "aggregates_first", "layer2/bits", "layer3/bits"}
    assert {name for name, values in found.items() if values.dtype == np.uint8} == whole
    assert {values.dtype for name, values in found.items() if name not in whole} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(found["label"], trainer.task.graph.labels.numpy())
    np.testing.assert_array_equal(found["in_degree"], trainer.task.graph.in_degree.numpy())


def test_measurements_hold_together(trainer: Trainer) -> None:
    found = measure_nodes(trainer.model, trainer.task)
    for layer in (2, 3):
        error, clipped = found[f"layer{layer}/error"], found[f"layer{layer}/clipped"]
        assert ((clipped >= 0) & (clipped <= 1)).all()
        step = found[f"layer{layer}/step"]
        assert (error <= step / 2 + 1e-6)[clipped == 0].all()
        assert (found[f"layer{layer}/relative_error"] >= 0).all()


def test_fp32_has_no_bits_and_one_aggregation(train: MakeTrainer) -> None:
    trainer = train("fp32")
    found = measure_nodes(trainer.model, trainer.task)
    aggregations = {"layer1/aggregation", "layer2/aggregation"}
    assert set(found) == {"label", "in_degree", "prediction", "aggregates_first", *aggregations}
    expected = _measure(trainer, quantized=False)
    # Where two classes are all but equal, double precision may choose the other one.
    assert (found["prediction"] == expected.pop("prediction")).mean() > 0.97
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-4, atol=1e-5)


def test_pruned_nodes_lose_everything(train: MakeTrainer) -> None:
    trainer = train("a2q", "quantization.min_bits=0")
    ((_, quantizer),) = learned_features(trainer.model).values()
    with torch.no_grad():
        quantizer.bits[::3] = 0
    found = measure_nodes(trainer.model, trainer.task)
    magnitude = found["layer2/magnitude"][::3]
    assert (found["layer2/bits"][::3] == 0).all()
    np.testing.assert_allclose(found["layer2/error"][::3], magnitude)
    np.testing.assert_allclose(found["layer2/relative_error"][::3][magnitude > 0], 1, rtol=1e-6)
    assert (magnitude > 0).sum() > 50


def test_measuring_changes_nothing(trainer: Trainer) -> None:
    before = {name: values.clone() for name, values in trainer.model.state_dict().items()}
    first, second = (measure_nodes(trainer.model, trainer.task) for _ in range(2))
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])
    assert all(torch.equal(values, before[name]) for name, values in trainer.model.state_dict().items())


def test_full_precision_inside_full_precision_stays_off_until_the_outer_ends(trainer: Trainer) -> None:
    exact: list[torch.Tensor] = []
    trainer.model.eval()
    with full_precision(trainer.model):
        exact.append(trainer.task.predict(trainer.model))
        with full_precision(trainer.model):
            exact.append(trainer.task.predict(trainer.model))
        exact.append(trainer.task.predict(trainer.model))
    assert torch.equal(exact[0], exact[1])
    assert torch.equal(exact[0], exact[2])
    assert not torch.equal(exact[0], trainer.task.predict(trainer.model))


def test_gin_sums_are_those_before_its_map(train: MakeTrainer) -> None:
    trainer = train("a2q", "model.name=gin", "training.epochs=3")
    graph, gin = trainer.task.graph, trainer.model.convs[0]
    found = measure_nodes(trainer.model, trainer.task)
    assert found["aggregates_first"].tolist() == [1]
    sums = graph.edges.sum.to_dense().double().numpy() @ _dense(graph) + (1 + gin.eps.item()) * _dense(graph)
    np.testing.assert_allclose(found["layer1/aggregation"], np.abs(sums).mean(1), rtol=1e-4, atol=1e-7)
    # What is summed is what the layer's own quantizer reads.
    np.testing.assert_allclose(found["layer1/magnitude"], found["layer1/aggregation"], rtol=1e-4, atol=1e-7)


def _dense_sum(graph: Graph, mean: bool) -> np.ndarray:
    """Row i sums or averages what arrives at node i, edge by edge."""
    matrix = np.zeros((graph.num_nodes, graph.num_nodes))
    for source, target in zip(graph.edges.source.tolist(), graph.edges.target.tolist(), strict=True):
        matrix[target, source] += 1
    return matrix / np.maximum(matrix.sum(1, keepdims=True), 1) if mean else matrix


@pytest.mark.parametrize("name", ["gin", "sage"])
def test_sums_before_the_maps_equal_dense_numpy(train: MakeTrainer, name: str) -> None:
    trainer = train("fp32", f"model.name={name}", "training.epochs=3")
    graph, x = trainer.task.graph, _dense(trainer.task.graph)
    found = measure_nodes(trainer.model, trainer.task)
    arrived = _dense_sum(graph, mean=name == "sage")

    def mapped(linear, values: np.ndarray) -> np.ndarray:
        bias = 0 if linear.bias is None else linear.bias.detach().double().numpy()
        return values @ linear.weight.detach().t().double().numpy() + bias

    for number, conv in enumerate(trainer.model.convs, start=1):
        summed = arrived @ x + (0 if name == "sage" else (1 + conv.eps.item()) * x)
        np.testing.assert_allclose(found[f"layer{number}/aggregation"], np.abs(summed).mean(1), rtol=1e-4, atol=1e-6)
        x = mapped(conv.nn[0], summed) if name == "gin" else mapped(conv.lin_l, summed) + mapped(conv.lin_r, x)
        if number == 1:
            x = np.maximum(x, 0)
    assert found["aggregates_first"].tolist() == [1]
    # Where two classes are all but equal, double precision may choose the other one.
    assert (found["prediction"] == x.argmax(1)).mean() > 0.97


def test_attention_is_measured_after_it(train: MakeTrainer) -> None:
    trainer = train("fp32", "model.name=gat", "training.epochs=2")
    found = measure_nodes(trainer.model, trainer.task)
    assert found["aggregates_first"].tolist() == [0]
    with torch.no_grad():
        trainer.model.eval()
        first = trainer.model.convs[0](trainer.task.whole.x, trainer.task.whole.edges)
    np.testing.assert_allclose(found["layer1/aggregation"], first.abs().mean(1).numpy(), rtol=1e-5)


def test_further_maps_are_numbered(train: MakeTrainer) -> None:
    gin = train("a2q", "model.name=gin", "model.linears=2", "model.hidden=4", "training.epochs=1")
    sage = train("a2q", "model.name=sage", "model.hidden=4", "training.epochs=1")
    bits = [
        {name for name in measure_nodes(trainer.model, trainer.task) if name.endswith("/bits")}
        for trainer in (gin, sage)
    ]
    assert bits[0] == {"layer1/bits", "layer1-map2/bits", "layer2/bits", "layer2-map2/bits"}
    # The dataset's own features, which layer 1's map of the node itself reads, have none.
    assert bits[1] == {"layer1/bits", "layer2/bits", "layer2-map2/bits"}


@pytest.mark.parametrize("regression", [False, True])
@pytest.mark.parametrize("model", ["gcn", "gin"])
def test_of_many_graphs_the_test_graphs_are_measured_node_by_node(
    make_task, make_graph_config, make_graphs, regression: bool, model: str
) -> None:
    trainer = Trainer(make_task(regression, batch_size=3), make_graph_config("a2q", model=model))
    trainer.run_epoch()
    graphs = make_graphs(37, regression)
    found = measure_nodes(trainer.model, trainer.task)
    numbers = [number for number in range(30, 37) for _ in range(graphs[number].num_nodes)]
    assert found["graph"].tolist() == numbers
    outputs = trainer.task.predict(trainer.model)
    predicted = outputs.squeeze(1) if regression else outputs.argmax(1)
    np.testing.assert_allclose(found["prediction"], predicted[numbers].numpy(), rtol=1e-5, atol=1e-6)
    labels = torch.cat([graph.y for graph in graphs])
    np.testing.assert_array_equal(found["label"], labels[numbers].numpy())
    assert (found["label"].dtype, found["prediction"].dtype) == (np.dtype(np.float32 if regression else np.uint8),) * 2
    degrees = [
        int(((graph.edge_index[1] == node) & (graph.edge_index[0] != node)).sum())
        for graph in graphs[30:37]
        for node in range(graph.num_nodes)
    ]
    assert found["in_degree"].tolist() == degrees
    # Each graph by itself gives the same: nothing leaks from one to another.
    alone: dict[str, list[np.ndarray]] = {}
    with torch.no_grad():
        for number in range(30, 37):
            for name, values in _measure_batch(trainer.model, trainer.task.collate(torch.tensor([number]))).items():
                alone.setdefault(name, []).append(values.numpy())
    assert set(alone) | {"aggregates_first"} == set(found)
    for name, values in alone.items():
        close = np.isclose(found[name], np.concatenate(values), rtol=1e-4, atol=1e-5)
        assert close.mean() > 0.97, name


def test_no_more_nodes_are_measured_than_pages_bear(make_task, monkeypatch: pytest.MonkeyPatch) -> None:
    task = make_task(batch_size=2)
    assert [batch.num_graphs for batch in measured(task)] == [2, 2, 2, 1]
    monkeypatch.setattr(measurements, "MOST_NODES", task.part("test")[0].edges.num_nodes)
    assert [batch.items.tolist() for batch in measured(task)] == [[30, 31]]


def test_a_label_below_0_stays_below_0(citations: Graph, make_config) -> None:
    labels = torch.where(citations.test, -1, citations.labels)
    trainer = Trainer(replace(citations, labels=labels), make_config("fp32", "training.epochs=1"))
    found = measure_nodes(trainer.model, trainer.task)
    np.testing.assert_array_equal(found["label"], labels.numpy())


@pytest.mark.parametrize(("highest", "kind"), [(255, np.uint8), (256, np.uint16), (70_000, np.uint32)])
def test_counts_take_the_smallest_type_that_holds_them(highest: int, kind: type) -> None:
    assert _compact(torch.tensor([0, highest])).dtype == kind
    assert _compact(torch.tensor([0, highest])).tolist() == [0, highest]
    assert _compact(torch.tensor([-1, highest])).tolist() == [-1, highest]


@pytest.mark.parametrize("name", ["a2q", "uniform", "degree-quant", "degree-bits", "fixed-bits", "binary"])
@pytest.mark.parametrize("model", ["gcn", "gin", "gat", "sage"])
def test_every_method_is_measured(train: MakeTrainer, name: str, model: str) -> None:
    trainer = train(name, f"model.name={model}", "model.hidden=4", "model.heads=2", "training.epochs=1")
    found = measure_nodes(trainer.model, trainer.task)
    last = max(int(array[5]) for array in found if array.endswith("/bits"))
    assert last == 2
    assert {values.shape for array, values in found.items() if array != "aggregates_first"} == {(300,)}
    assert all(np.isfinite(values).all() for values in found.values())
    average = np.mean([found[array].mean() for array in found if array.endswith("/bits")])
    assert average == pytest.approx(trainer.best.metrics.average_bits)
