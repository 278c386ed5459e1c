from collections.abc import Callable

import numpy as np
import pytest
import torch

from a2q import Graph, Trainer
from a2q.preparation import learned_features
from a2q.reports import NodeArrays, full_precision, measure_nodes
from a2q.sparse import SparseMatrix

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
    names = {"label", "in_degree", "prediction", "aggregates_first"}
    names |= {f"layer{layer}/{name}" for layer in (1, 2, 3) for name in ("aggregation", "aggregation_fp32")}
    names |= {f"layer{layer}/{name}" for layer in (2, 3) for name in _QUANTIZED}
    assert set(found) == names
    assert found["aggregates_first"].tolist() == [0]
    assert {values.shape for name, values in found.items() if name != "aggregates_first"} == {(300,)}
    whole = {"label", "in_degree", "prediction", "aggregates_first", "layer2/bits", "layer3/bits"}
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
