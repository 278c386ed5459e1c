"""From runs to work: every model, every method, one graph and many."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from a2q import RunConfig
from a2q.accelerator import AcceleratorError, Conventions, Layer, simulate
from a2q.datasets import DatasetConfig, DatasetError
from a2q.experiments import earlier_runs, worker
from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.bundle.file import read_bundle
from a2q.experiments.presets import preset
from a2q.experiments.problem import problem
from a2q.experiments.settings import change
from a2q.experiments.store import Run, RunStore
from a2q.experiments.workload import Workload, workload
from a2q.reports import quantized_layers
from a2q.reports.network_record import WORKLOAD

SAMPLES = Path(__file__).parents[3] / "data" / "samples"
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


def taken(store: RunStore, run: Run) -> Workload:
    """The workload of a run in a store."""
    return workload(run, partial(store.array, run.id))


def as_earlier(store: RunStore, run: Run) -> tuple[Run, Callable[[str], np.ndarray | None]]:
    """A run and its arrays as they were before runs recorded their network."""
    summary = {name: value for name, value in run.summary.items() if name != "network"}
    return replace(run, summary=summary), lambda name: None if name.startswith(WORKLOAD) else store.array(run.id, name)


def facts(layer: Layer) -> dict[str, object]:
    """A layer as plain values."""
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in vars(layer).items()}


def gone(*_: object) -> None:
    raise DatasetError("The graph is not at hand.")


def test_gcn(finished, store: RunStore) -> None:
    run = finished("gcn")
    work = taken(store, run)
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
    work = taken(store, finished("gin", "a2q-paper", "model.linears=2"))
    assert [layer.aggregation for layer in work.layers] == ["before", "none", "before", "none"]
    first = work.layers[0]
    assert (first.aggregated_bits, first.own_row, first.kept, first.weighted) == (1, "extra", False, False)
    assert first.aggregated_nonzeros is not None
    assert work.layers[2].aggregated_bits == 4
    assert simulate(work.graph, work.layers).cycles > 0


def test_gat_attends(finished, store: RunStore) -> None:
    work = taken(store, finished("gat"))
    assert [layer.heads for layer in work.layers] == [8, 1]
    assert simulate(work.graph, work.layers).causes["attention"] > 0


def test_graphsage_has_a_map_for_the_node_itself(finished, store: RunStore) -> None:
    work = taken(store, finished("sage"))
    assert [layer.aggregation for layer in work.layers] == ["before", "none", "before", "none"]
    assert work.layers[1].values == "binary"
    assert work.layers[0].own_row == "none"


@pytest.mark.parametrize(("name", "bits", "weights"), [("fp32", 32, 32), ("uniform", 4, 4), ("degree-quant", 4, 4)])
def test_other_methods(finished, store: RunStore, name: str, bits: int, weights: int) -> None:
    work = taken(store, finished("gcn", name))
    first, second = work.layers
    assert set(second.bits) == {bits}
    assert (second.weight_bits, second.aggregated_bits) == (weights, weights)
    assert set(first.bits) == {{"fp32": 32, "uniform": 1, "degree-quant": 4}[name]}
    assert first.kept == (name != "degree-quant")
    assert not second.node_steps


def test_a_recorded_run_loads_no_dataset(finished, store: RunStore, monkeypatch) -> None:
    run = finished("gcn")
    monkeypatch.setattr(earlier_runs, "problem", lambda *_: pytest.fail("The dataset was loaded."))
    monkeypatch.setattr(earlier_runs, "is_ready", lambda *_: pytest.fail("The dataset was asked for."))
    work = taken(store, run)
    assert work.note == ""
    assert work.layers[0].nonzeros is not None


@pytest.mark.parametrize(
    ("model", "name", "settings"),
    [
        ("gcn", "a2q-paper", ()),
        ("gcn", "a2q-paper", ("quantization.first_input=learn",)),
        ("gcn", "a2q-paper", ("quantization.groups=10", "training.hide_test=true")),
        ("gin", "a2q-paper", ("model.linears=2",)),
        ("gin", "uniform", ()),
        ("gin", "binary", ()),
        ("gat", "a2q-paper", ()),
        ("gat", "a2q", ("quantization.groups=10",)),
        ("sage", "a2q-paper", ("model.embedding=true",)),
        ("sage", "degree-quant", ()),
        ("gcn", "degree-bits", ()),
        ("gcn", "fp32", ("model.self_loops=false",)),
    ],
)
def test_an_earlier_run_and_its_dataset_say_what_a_run_records(
    finished, store: RunStore, model: str, name: str, settings: tuple[str, ...]
) -> None:
    run = finished(model, name, *settings)
    recorded, earlier = taken(store, run), workload(*as_earlier(store, run))
    assert earlier.graph.num_nodes == recorded.graph.num_nodes
    np.testing.assert_array_equal(earlier.graph.indices, recorded.graph.indices)
    assert (earlier.left_out, earlier.note) == (recorded.left_out, recorded.note) == (recorded.left_out, "")
    assert [facts(layer) for layer in earlier.layers] == [facts(layer) for layer in recorded.layers]


@pytest.mark.parametrize("model", ["gcn", "gin", "gat", "sage"])
def test_what_an_earlier_run_keeps_is_enough_without_its_dataset(
    finished, store: RunStore, monkeypatch, model: str
) -> None:
    run = finished(model)
    with_data = taken(store, run)

    monkeypatch.setattr(earlier_runs, "problem", gone)
    without = workload(*as_earlier(store, run))
    assert "how many of its values are zero is not known" in without.note
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


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("gin-*.zip")), ids=lambda file: file.stem)
def test_sample_runs_were_recorded_earlier(store: RunStore, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    bundle = read_bundle(file)
    assert bundle.run.summary is not None
    assert bundle.run.summary["network"] is None
    with_data = workload(bundle.run, bundle.array)
    assert with_data.note == ""
    stored = taken(store, import_bundle(store, bundle))
    assert [facts(layer) for layer in stored.layers] == [facts(layer) for layer in with_data.layers]
    monkeypatch.setattr(earlier_runs, "problem", gone)
    without = workload(bundle.run, bundle.array)
    assert [(layer.d_in, layer.d_out) for layer in without.layers] == [
        (layer.d_in, layer.d_out) for layer in with_data.layers
    ]


def test_an_earlier_run_downloads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = read_bundle(SAMPLES / "gin-lambda-0.2.zip")
    elsewhere = replace(bundle.run, config=bundle.run.config.model_copy(update={"dataset": DatasetConfig(name="cora")}))
    monkeypatch.delenv("A2Q_DATA", raising=False)
    monkeypatch.setattr(earlier_runs, "problem", lambda *_: pytest.fail("The dataset was loaded."))
    assert "how many of its values are zero is not known" in workload(elsewhere, bundle.array).note


def test_an_earlier_run_on_a_graph_that_changed_since(finished, store: RunStore, monkeypatch) -> None:
    run, array = as_earlier(store, finished("gcn"))
    other = problem(change(run.config, ["dataset.nodes=60"]), lambda *_: None)
    monkeypatch.setattr(earlier_runs, "problem", lambda *_: other)
    work = workload(run, array)
    assert work.graph.num_nodes == 120
    assert "is not known" in work.note


@pytest.mark.parametrize("items", [[], [{"name": "Layer 1 input", "values": 0, "bits": 0}]])
def test_an_earlier_run_whose_account_says_nothing(finished, store: RunStore, monkeypatch, items: list) -> None:
    run, array = as_earlier(store, finished("gcn"))
    monkeypatch.setattr(earlier_runs, "problem", gone)
    with pytest.raises(AcceleratorError, match=f"The account of run {run.id} does not say how large its network is"):
        workload(replace(run, summary={"items": items}), array)


@pytest.mark.parametrize("name", ["in_degree", "layer2/bits", "tensor/edges"])
def test_an_array_that_is_missing_is_named(finished, store: RunStore, name: str) -> None:
    run = finished("gcn")
    with pytest.raises(AcceleratorError, match=f"Run {run.id} lacks its array {name}; train it again"):
        workload(run, lambda asked: None if asked == name else store.array(run.id, asked))


def test_many_graphs_of_an_earlier_run_need_their_dataset(store: RunStore, published_data, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    config = change(preset("a2q", DatasetConfig(name="mutag")), ["training.epochs=1", "quantization.groups=20"])
    run_id = store.submit(config).id
    assert worker.main(run_id) == 0
    recorded, earlier = taken(store, store.get(run_id)), workload(*as_earlier(store, store.get(run_id)))
    assert [facts(layer) for layer in earlier.layers] == [facts(layer) for layer in recorded.layers]
    assert earlier.left_out == recorded.left_out
    monkeypatch.delenv("A2Q_DATA")
    monkeypatch.setattr(earlier_runs, "is_ready", lambda *_: False)
    with pytest.raises(DatasetError, match="its dataset mutag is not on this machine; load the dataset first"):
        workload(*as_earlier(store, store.get(run_id)))
    again = taken(store, store.get(run_id))
    assert [facts(layer) for layer in again.layers] == [facts(layer) for layer in recorded.layers]


def test_hidden_test_nodes_are_left_out(finished, store: RunStore) -> None:
    run = finished("gcn", "a2q-paper", "training.hide_test=true")
    work = taken(store, run)
    assert work.graph.num_nodes == len(store.array(run.id, "layer2/bits")) < 120
    assert len(work.layers[0].nonzeros) == work.graph.num_nodes
    assert simulate(work.graph, work.layers).cycles > 0


def test_types_of_nodes_are_embedded_first(store: RunStore, published_data, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    config = change(preset("a2q", DatasetConfig(name="mutag")), ["training.epochs=1", "model.embedding=true"])
    run_id = store.submit(config).id
    assert worker.main(run_id) == 0
    work = taken(store, store.get(run_id))
    assert "Embedding" in work.left_out
    assert not any(layer.kept for layer in work.layers)


def test_one_bit_of_features_and_weights(finished, store: RunStore) -> None:
    work = taken(store, finished("gcn", "binary"))
    assert [(layer.weight_bits, layer.aggregated_bits) for layer in work.layers] == [(1, 32)] * 2


def test_many_graphs_are_one_batch(store: RunStore, published_data, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    config = change(preset("a2q", DatasetConfig(name="mutag")), ["training.epochs=1", "quantization.groups=20"])
    run_id = store.submit(config).id
    assert worker.main(run_id) == 0
    work = taken(store, store.get(run_id))
    arrays = store.arrays(run_id)
    assert work.graph.num_nodes == len(arrays["in_degree"])
    assert {layer.name.split(" map")[0] for layer in work.layers} >= {f"Layer {k}" for k in quantized_layers(arrays)}
    assert all("Readout" in name for name in work.left_out)
    assert simulate(work.graph, work.layers, conventions=Conventions(zero_skipping=True)).cycles > 0


def test_runs_without_bits_are_refused(store: RunStore) -> None:
    run = store.submit(preset("a2q", _CITATIONS))
    with pytest.raises(AcceleratorError, match=f"Run {run.id} is queued; only finished runs have bits to simulate"):
        taken(store, run)
