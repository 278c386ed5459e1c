"""From runs to work: every model, every method, one graph and many."""

import signal
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from a2q import RunConfig
from a2q.accelerator import AcceleratorError, Conventions, simulate
from a2q.accelerator import workload as workload_module
from a2q.accelerator.workload import workload
from a2q.config.changes import change
from a2q.config.presets import preset
from a2q.reports import quantized_layers
from a2q.runs import Run, RunStore, worker
from data import DatasetConfig, DatasetError

_CITATIONS = DatasetConfig(name="generated-citations", nodes=120)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    """An empty store of the test's own; no run starts by itself, and signal handlers stay as they were."""
    for name in ("A2Q_SCHEDULER", "A2Q_DATABASE_URL", "A2Q_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    before = signal.getsignal(signal.SIGTERM)
    with RunStore() as opened:
        yield opened
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def finished(store: RunStore) -> Callable[..., Run]:
    """Train a preset for two epochs by the real worker, ``finished("gcn", "a2q")``."""

    def trains(model: str, name: str = "a2q-paper", *settings: str) -> Run:
        config: RunConfig = change(preset(name, _CITATIONS, model), ["training.epochs=2", *settings])
        run_id = store.submit(config).id
        assert worker.main(run_id) == 0
        return store.get(run_id)

    return trains


def test_gcn(finished, store: RunStore) -> None:
    run = finished("gcn")
    work = workload(store, run)
    first, second = work.layers
    arrays = store.arrays(run.id)
    assert (first.d_in, first.d_out, second.d_in) == (work.layers[0].d_in, 16, 16)
    assert (first.kept, first.values, set(first.bits)) == (True, "binary", {1})
    assert not second.kept
    assert second.bits.tolist() == arrays["layer2/bits"].tolist()
    assert second.node_steps and not first.node_steps
    assert (first.aggregation, first.own_row, first.weighted, first.heads) == ("after", "loop", True, 0)
    assert (first.weight_bits, first.aggregated_bits) == (4, 4)
    quantized = store.array(run.id, "tensor/layer2/quantized")
    assert second.nonzeros.tolist() == np.count_nonzero(quantized, axis=1).tolist()
    assert 0 < first.nonzeros.mean() < first.d_in / 2
    np.testing.assert_array_equal(work.graph.arriving - work.graph.own, arrays["in_degree"])
    assert work.left_out == ()
    report = simulate(work.graph, work.layers)
    assert report.layers[0].layer.bits.tolist() == second.bits.tolist(), "the next layer's stand in"


def test_gin_sums_first(finished, store: RunStore) -> None:
    work = workload(store, finished("gin", "a2q-paper", "model.linears=2"))
    assert [layer.aggregation for layer in work.layers] == ["before", "none", "before", "none"]
    first = work.layers[0]
    assert (first.aggregated_bits, first.own_row, first.kept, first.weighted) == (1, "extra", False, False)
    assert first.aggregated_nonzeros is not None
    assert work.layers[2].aggregated_bits == 4
    assert simulate(work.graph, work.layers).cycles > 0


def test_gat_attends(finished, store: RunStore) -> None:
    work = workload(store, finished("gat"))
    assert [layer.heads for layer in work.layers] == [8, 1]
    assert simulate(work.graph, work.layers).causes["attention"] > 0


def test_graphsage_has_a_map_for_the_node_itself(finished, store: RunStore) -> None:
    work = workload(store, finished("sage"))
    assert [layer.aggregation for layer in work.layers] == ["before", "none", "before", "none"]
    assert work.layers[1].values == "binary"
    assert work.layers[0].own_row == "none"


@pytest.mark.parametrize(("name", "bits", "weights"), [("fp32", 32, 32), ("uniform", 4, 4), ("degree-quant", 4, 4)])
def test_other_methods(finished, store: RunStore, name: str, bits: int, weights: int) -> None:
    work = workload(store, finished("gcn", name))
    first, second = work.layers
    assert set(second.bits) == {bits}
    assert (second.weight_bits, second.aggregated_bits) == (weights, weights)
    assert set(first.bits) == {{"fp32": 32, "uniform": 1, "degree-quant": 4}[name]}
    assert first.kept == (name != "degree-quant")
    assert not second.node_steps


@pytest.mark.parametrize("model", ["gcn", "gin", "gat", "sage"])
def test_what_the_run_keeps_is_enough_without_its_dataset(finished, store: RunStore, monkeypatch, model: str) -> None:
    run = finished(model)
    with_data = workload(store, run)

    def gone(*_: object) -> None:
        raise DatasetError("The graph is not at hand.")

    monkeypatch.setattr(workload_module, "problem", gone)
    without = workload(store, run)
    conventions = Conventions(feature_format="packages", memory="ignored")
    both = [simulate(work.graph, work.layers, conventions=conventions) for work in (with_data, without)]
    assert both[0].cycles == both[1].cycles
    for one, two in zip(with_data.layers, without.layers, strict=True):
        assert (one.name, one.d_in, one.d_out, one.values, one.kept) == (
            two.name,
            two.d_in,
            two.d_out,
            two.values,
            two.kept,
        )


def test_many_graphs_need_their_dataset(store: RunStore, published_data, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    config = change(preset("a2q", DatasetConfig(name="mutag")), ["training.epochs=1", "quantization.groups=20"])
    run_id = store.submit(config).id
    assert worker.main(run_id) == 0

    def gone(*_: object) -> None:
        raise DatasetError("The graphs are not at hand.")

    monkeypatch.setattr(workload_module, "problem", gone)
    with pytest.raises(DatasetError, match="not at hand"):
        workload(store, store.get(run_id))


def test_hidden_test_nodes_are_left_out(finished, store: RunStore) -> None:
    run = finished("gcn", "a2q-paper", "training.hide_test=true")
    work = workload(store, run)
    assert work.graph.num_nodes == len(store.array(run.id, "layer2/bits")) < 120
    assert len(work.layers[0].nonzeros) == work.graph.num_nodes
    assert simulate(work.graph, work.layers).cycles > 0


def test_types_of_nodes_are_embedded_first(store: RunStore, published_data, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    config = change(preset("a2q", DatasetConfig(name="mutag")), ["training.epochs=1", "model.embedding=true"])
    run_id = store.submit(config).id
    assert worker.main(run_id) == 0
    work = workload(store, store.get(run_id))
    assert "Embedding" in work.left_out
    assert not any(layer.kept for layer in work.layers)


def test_one_bit_of_features_and_weights(finished, store: RunStore) -> None:
    work = workload(store, finished("gcn", "binary"))
    assert [(layer.weight_bits, layer.aggregated_bits) for layer in work.layers] == [(1, 32)] * 2


def test_many_graphs_are_one_batch(store: RunStore, published_data, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    config = change(preset("a2q", DatasetConfig(name="mutag")), ["training.epochs=1", "quantization.groups=20"])
    run_id = store.submit(config).id
    assert worker.main(run_id) == 0
    work = workload(store, store.get(run_id))
    arrays = store.arrays(run_id)
    assert work.graph.num_nodes == len(arrays["in_degree"])
    assert {layer.name.split(" map")[0] for layer in work.layers} >= {f"Layer {k}" for k in quantized_layers(arrays)}
    assert all("Readout" in name for name in work.left_out)
    assert simulate(work.graph, work.layers, conventions=Conventions(zero_skipping=True)).cycles > 0


def test_runs_without_bits_are_refused(store: RunStore) -> None:
    run = store.submit(preset("a2q", _CITATIONS))
    with pytest.raises(AcceleratorError, match=f"Run {run.id} is queued; only finished runs have bits to simulate"):
        workload(store, run)
