import io
import os
import signal
import time
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sqlalchemy.exc import OperationalError
from torch_geometric.data import Data

from a2q.datasets import DatasetConfig
from a2q.datasets.config import STORED
from a2q.experiments import problem as problems
from a2q.experiments import worker
from a2q.experiments.launch import dispatch
from a2q.experiments.launch.local import claim_slot
from a2q.experiments.lifeline import BEAT_SECONDS, GRACE_SECONDS, Lifeline, Stop
from a2q.experiments.presets import preset
from a2q.experiments.process import identify, this_host
from a2q.experiments.results import result
from a2q.experiments.settings import change
from a2q.experiments.store import RunStore, State
from a2q.experiments.store.history import CHECKPOINT
from a2q.experiments.worker import snapshot_epochs
from a2q.reports.input_samples import stored_sample
from a2q.reports.node_table import SPLITS
from a2q.training import Trainer, TrainingDivergedError
from a2q.version import VERSION

pytestmark = pytest.mark.usefixtures("keep_handlers")

WARM = ("training.warm_start=true", "training.distillation=10")


def timeless(store: RunStore, run_id: str) -> list[dict]:
    """A run's history without wall times."""
    return [asdict(replace(metrics, seconds=0.0)) for metrics in store.epochs(run_id)]


@pytest.mark.parametrize("preset_name", ["a2q", "fp32"])
def test_from_config_to_report(store: RunStore, small, preset_name: str) -> None:
    run_id = store.submit(small(preset_name=preset_name)).id
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FINISHED, run.reason
    assert run.process == identify()
    assert run.source
    assert (run.versions["a2q"], run.versions["torch"]) == (VERSION, torch.__version__)
    assert [metrics.epoch for metrics in store.epochs(run_id)] == [1, 2, 3, 4, 5, 6]
    assert run.summary is not None
    assert 0 <= run.summary["test_score"] <= run.summary["test_score_paper_protocol"] <= 1
    best = store.epochs(run_id)[run.summary["best_epoch"] - 1]
    assert best.validation_score == run.summary["validation_score"]
    arrays = store.arrays(run_id)
    assert arrays
    assert all(len(array) == 80 for name, array in arrays.items() if name != "aggregates_first")
    for name in arrays:
        if name.endswith("/bits"):
            snapshots = store.snapshots(run_id, name)
            assert set(snapshots) == snapshot_epochs(6)
            layer = sorted(other for other in arrays if other.endswith("/bits")).index(name)
            for number, bits in snapshots.items():
                counts = store.epochs(run_id)[number - 1].bit_counts[layer]
                np.testing.assert_array_equal(np.bincount(bits, minlength=9), counts)
                taken = stored_sample(partial(store.array, run_id, epoch=number), 2)
                assert taken is not None and taken.values.shape == (80, 16)
                levels = [len(np.unique(row)) for row in taken.quantized]
                assert (levels <= 2.0**bits).all(), "codes of that epoch's bits"
    assert store.taken_slots(this_host()) == set()


def test_a_run_stopped_before_its_first_epoch_starts_anew(
    store: RunStore, small, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = store.submit(small(*WARM)).id
    assert worker.main(whole) == 0
    # Submitted only now: a worker that ends starts what is queued.
    stopped = store.submit(small(*WARM)).id
    stages: list[str] = []
    run_epoch = Trainer.run_epoch

    def stop(self: Trainer):
        if self.config.method == "fp32" and self.epoch == 3:
            raise Stop(State.CANCELLED)
        return run_epoch(self)

    def told(self: Lifeline, value: tuple[float, str]) -> None:
        stages.append(value[1])

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "run_epoch", stop)
        patch.setattr(Lifeline, "progress", property(lambda self: (0.0, ""), told), raising=False)
        assert worker.main(stopped) == 0
    assert (store.get(stopped).state, store.epochs(stopped)) == (State.CANCELLED, [])
    assert "Training the FP32 network it starts from (50%)" in stages
    store.requeue(stopped)
    assert worker.main(stopped) == 0
    assert timeless(store, stopped) == timeless(store, whole)


@pytest.mark.parametrize("settings", [[], ["quantization.method=fp32"]], ids=["a2q", "fp32"])
def test_a_set_of_graphs_from_config_to_report(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, generator: torch.Generator, settings: list[str]
) -> None:
    monkeypatch.setattr(problems, "load_graphs", lambda *_: tiny_graphs(generator))
    start = preset("fp32" if settings else "a2q", DatasetConfig(name="mutag", fold=3))
    run_id = store.submit(change(start, ["training.epochs=3"])).id
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FINISHED, run.reason + run.log
    assert run.source == "tiny graphs"
    arrays = store.arrays(run_id)
    assert set(arrays["graph"].tolist()) == {16, 17, 18, 19}
    assert len(arrays["in_degree"]) == len(arrays["graph"]) == 4 * 6
    assert result(run)["test_accuracy"] == run.summary["test_score"]
    assert ("layer1/bits" in arrays) == (not settings)


def tiny_graphs(generator: torch.Generator) -> SimpleNamespace:
    """20 rings of 6 nodes in two classes told apart by their features."""
    ring = torch.arange(6)
    edge_index = torch.stack([ring, (ring + 1) % 6])
    graphs = [
        Data(x=torch.rand(6, 7, generator=generator) + number % 2, edge_index=edge_index, y=torch.tensor([number % 2]))
        for number in range(20)
    ]
    numbers = torch.arange(20)
    return SimpleNamespace(
        graphs=graphs,
        train=numbers[:12],
        validation=numbers[12:16],
        test=numbers[16:],
        num_classes=2,
        num_types=None,
        num_graphs=20,
        source="tiny graphs",
    )


def test_a_published_set_of_graphs(store: RunStore, published_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    config = change(preset("a2q", DatasetConfig(name="mutag", fold=9)), ["training.epochs=1", "model.hidden=8"])
    run_id = store.submit(config).id
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FINISHED, run.reason + run.log
    assert run.source.startswith("MUTAG, fold 9")
    # A tenth of 188 graphs; no snapshot of them is taken in between.
    assert len(set(store.arrays(run_id)["graph"].tolist())) in (18, 19)
    assert store.snapshots(run_id, "layer1/bits") == {}


def test_a_regression_has_errors_for_scores(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, generator: torch.Generator
) -> None:
    values = tiny_graphs(generator)
    for graph in values.graphs:
        graph.y = graph.x.mean().reshape(1)
    values.num_classes = 1
    monkeypatch.setattr(problems, "load_graphs", lambda *_: values)
    settings = ["training.epochs=2", "model.name=gcn", "model.hidden=8", "model.embedding=false"]
    run_id = store.submit(change(preset("a2q", DatasetConfig(name="zinc")), settings)).id
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FINISHED, run.reason + run.log
    assert (run.metric, run.summary["metric"], run.fold) == ("mae", "mae", None)
    row = result(run)
    assert row["test_mae"] == run.summary["test_score"] > 0
    assert row["test_mae_paper_protocol"] == min(metrics.test_score for metrics in store.epochs(run_id))
    assert "test_accuracy" not in row
    assert store.arrays(run_id)["label"].dtype.kind == "f"


def test_a_network_warmed_up_is_not_warmed_up_again(store: RunStore, small, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = store.submit(small(*WARM)).id
    assert worker.main(whole) == 0
    killed = store.submit(small(*WARM)).id
    run_epoch = Trainer.run_epoch

    def killed_after_the_warm_start(self: Trainer):
        if self.config.method == "a2q":
            raise ZeroDivisionError
        return run_epoch(self)

    def untouched(self: Trainer):
        assert self.config.method == "a2q", "the FP32 network is trained again"
        return run_epoch(self)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "run_epoch", killed_after_the_warm_start)
        assert worker.main(killed) == 0
    assert store.get(killed).state == State.FAILED
    store.requeue(killed)
    monkeypatch.setattr(Trainer, "run_epoch", untouched)
    assert worker.main(killed) == 0
    same_result(store, whole, killed)


def test_cancel_during_the_warm_start(store: RunStore, small, forks: SimpleNamespace, ended, wait) -> None:
    run_id = store.submit(small(*WARM, "training.epochs=10000")).id
    dispatch(store)
    stage = "Training the FP32 network it starts from"
    wait(lambda: store.get(run_id).stage.startswith(stage) or not store.get(run_id).is_active)
    store.cancel(run_id)
    run = ended(run_id)
    assert (run.state, store.epochs(run_id)) == (State.CANCELLED, [])
    assert run.stage.startswith(stage)
    assert store.payload(run_id, CHECKPOINT) is None


def test_a_checkpoint_of_another_version_is_one_sentence(store: RunStore, small) -> None:
    run_id = store.submit(small()).id
    old = io.BytesIO()
    torch.save({"epoch": 3, "model": {"lin.weight": torch.zeros(2)}}, old)
    store.put_payloads(run_id, {CHECKPOINT: old.getvalue()})
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FAILED
    assert run.reason == (
        f"The checkpoint of run {run_id} was written by another version of A²Q Studio and cannot be taken up. "
        f"Start the run over by `a2q resume {run_id} --start-over`, or by Start over on the page Train."
    )


def test_a_damaged_checkpoint_is_told_and_the_run_starts_over(store: RunStore, small) -> None:
    whole = store.submit(small()).id
    assert worker.main(whole) == 0
    checkpoint = store.payload(whole, CHECKPOINT)
    assert checkpoint is not None
    run_id = store.submit(small()).id
    store.put_payloads(run_id, {CHECKPOINT: checkpoint[:1000] + checkpoint[1001:]})
    store.add_epochs(run_id, [replace(metrics, loss=0.5) for metrics in store.epochs(whole)])
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FAILED
    assert run.reason == (
        f"The checkpoint of run {run_id} is damaged. "
        f"Start the run over by `a2q resume {run_id} --start-over`, or by Start over on the page Train."
    )
    store.requeue(run_id, start_over=True)
    assert (store.epochs(run_id), store.payload(run_id, CHECKPOINT)) == ([], None)
    assert worker.main(run_id) == 0
    same_result(store, whole, run_id)


def test_a_run_whose_graph_is_gone_fails_with_the_reason_and_frees_its_slot(store: RunStore, small) -> None:
    dataset = DatasetConfig.model_validate({"name": "own-0123456789ab"}, context=STORED)
    run_id = store.submit(small().model_copy(update={"dataset": dataset})).id
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FAILED
    assert run.reason.startswith(
        "There is no imported graph 'own-0123456789ab' on this machine; import its files again"
    )
    assert store.taken_slots(this_host()) == set()


@pytest.mark.parametrize("preset_name", ["uniform", "degree-quant", "degree-bits", "fixed-bits", "binary"])
def test_every_method_from_config_to_report(store: RunStore, small, preset_name: str) -> None:
    run_id = store.submit(small("training.epochs=2", preset_name=preset_name)).id
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FINISHED, run.reason + run.log
    bits = store.arrays(run_id)["layer2/bits"]
    expected = {"uniform": {4}, "degree-quant": {4}, "binary": {1}}
    assert set(bits.tolist()) == expected.get(preset_name, set(bits.tolist()))
    assert run.summary["average_bits"] == store.epochs(run_id)[run.summary["best_epoch"] - 1].average_bits


def test_nodes_hidden_in_training_have_no_row(store: RunStore, small) -> None:
    run_id = store.submit(small("training.hide_test=true", "training.epochs=2")).id
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FINISHED, run.reason + run.log
    arrays = store.arrays(run_id)
    rows = {len(array) for name, array in arrays.items() if name != "aggregates_first"}
    assert len(rows) == 1
    assert rows.pop() < 80
    assert SPLITS.index("test") not in arrays["split"]


def test_a_run_that_another_process_has_is_refused(store: RunStore, small) -> None:
    run_id = store.submit(small()).id
    store.claim(run_id, "elsewhere", 0)
    store.assign_process(run_id, replace(identify(), host="elsewhere"), heartbeat=time.time() + 1)
    before = store.get(run_id)
    assert worker.main(run_id) == 1
    assert store.get(run_id) == before


def test_a_run_that_has_ended_or_never_was_is_refused(store: RunStore, small, caplog) -> None:
    run_id = store.submit(small()).id
    store.cancel(run_id)
    assert worker.main(run_id) == 1
    assert store.get(run_id).state == State.CANCELLED
    assert worker.main("nothing") == 1
    assert "No run starts with 'nothing'" in caplog.text


def test_a_queued_run_waits_for_a_free_slot(store: RunStore, small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_WORKERS", "1")
    first, second = (store.submit(small(f"seed={seed}")).id for seed in range(2))
    assert claim_slot(store, first)
    assert worker.main(second) == 1
    assert store.get(second).state == State.QUEUED


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("edge_index names node 9."), "edge_index names node 9."),
        (MemoryError(), "The machine ran out of memory; choose a smaller graph, hidden width or batch size."),
        (OSError(28, "No space left on device"), "The disk of $A2Q_HOME ("),
        (OperationalError("UPDATE", {}, Exception("database is locked")), "The run store was locked by another"),
        (ZeroDivisionError("division by zero"), "unexpected error (ZeroDivisionError: division by zero)"),
    ],
)
def test_failures_are_sentences_with_a_log(
    store: RunStore, small, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(worker, "problem", fail)
    run_id = store.submit(small()).id
    assert worker.main(run_id) == 0
    run = store.get(run_id)
    assert run.state == State.FAILED
    assert told in run.reason
    assert "Traceback" in run.log
    assert len(run.log) <= 4_000
    assert store.taken_slots(this_host()) == set()


def test_divergence_keeps_the_last_good_checkpoint(store: RunStore, small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "CHECKPOINT_SECONDS", 0.0)
    run_epoch = Trainer.run_epoch

    def diverge(self: Trainer):
        metrics = run_epoch(self)
        if self.epoch == 5 and self.config.method == "a2q":
            with torch.no_grad():
                for parameter in self.model.parameters():
                    parameter.fill_(float("nan"))
            raise TrainingDivergedError("The loss stopped being a number in epoch 5.")
        return metrics

    monkeypatch.setattr(Trainer, "run_epoch", diverge)
    run_id = store.submit(small()).id
    worker.main(run_id)
    run = store.get(run_id)
    assert (run.state, run.reason) == (State.FAILED, "The loss stopped being a number in epoch 5.")
    assert [metrics.epoch for metrics in store.epochs(run_id)] == [1, 2, 3, 4]
    kept = store.payload(run_id, CHECKPOINT)
    assert kept is not None
    state = torch.load(io.BytesIO(kept), weights_only=True)
    assert state["epoch"] == 4
    assert all(bool(value.isfinite().all()) for value in state["model"].values())


def test_history_is_never_behind_the_checkpoint(store: RunStore, small, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker killed right after a checkpoint must not leave a gap."""
    monkeypatch.setattr(worker, "CHECKPOINT_SECONDS", 0.0)
    put = RunStore.put_payloads
    behind = []

    def watched(self: RunStore, run_id: str, payloads: dict[str, bytes], epoch: int = 0) -> None:
        put(self, run_id, payloads, epoch)
        if CHECKPOINT in payloads:
            behind.append(len(self.epochs(run_id)))

    monkeypatch.setattr(RunStore, "put_payloads", watched)
    worker.main(store.submit(small(*WARM)).id)
    # The first is that of the warm start, before any epoch.
    assert behind == [0, 1, 2, 3, 4, 5, 6, 6]


def test_a_stopped_run_goes_on_as_if_it_never_stopped(store: RunStore, small, monkeypatch: pytest.MonkeyPatch) -> None:
    config = small(*WARM, "training.epochs=12")
    whole = store.submit(config).id
    assert worker.main(whole) == 0
    stopped = store.submit(config).id
    run_epoch = Trainer.run_epoch

    def stop(self: Trainer):
        if self.epoch == 7 and self.config.method == "a2q":
            raise Stop(State.CANCELLED)
        return run_epoch(self)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "run_epoch", stop)
        assert worker.main(stopped) == 0
    run = store.get(stopped)
    assert run.state == State.CANCELLED
    assert len(store.epochs(stopped)) == 7
    store.requeue(stopped)
    assert worker.main(stopped) == 0
    same_result(store, whole, stopped)


def same_result(store: RunStore, one: str, other: str) -> None:
    """Two runs have the same history, report, arrays and snapshots."""
    assert timeless(store, one) == timeless(store, other)
    # Time and memory are the machine's, not the run's.
    machine = {"seconds_per_epoch": 0, "peak_memory_mib": 0}
    summaries = [(store.get(run_id).summary or {}) | machine for run_id in (one, other)]
    assert summaries[0] == summaries[1]
    arrays, others = store.arrays(one), store.arrays(other)
    assert arrays.keys() == others.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, others[name])
        snapshots, other_snapshots = store.snapshots(one, name), store.snapshots(other, name)
        assert snapshots.keys() == other_snapshots.keys()
        for number, bits in snapshots.items():
            np.testing.assert_array_equal(bits, other_snapshots[number])
    assert store.payloads(one) == store.payloads(other), "tensors and samples too"


def test_a_killed_run_is_interrupted_and_goes_on_as_if_it_never_was(
    store: RunStore, small, forks: SimpleNamespace, wait, ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2Q_WORKERS", "2")
    config = small("training.epochs=120")
    killed, whole = store.submit(config).id, store.submit(config).id
    dispatch(store)
    wait(lambda: len(store.epochs(killed)) > 20 and store.payload(killed, CHECKPOINT))
    process = store.get(killed).process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    wait(lambda: not process.is_alive)
    dispatch(store)
    run = store.get(killed)
    assert run.state == State.INTERRUPTED
    assert f"process {process.pid} ended without a word (killed, or out of memory)" in run.reason
    store.requeue(killed)
    dispatch(store)
    assert ended(killed).state == State.FINISHED
    assert ended(whole).state == State.FINISHED
    assert store.get(killed).process != process
    same_result(store, whole, killed)


def test_sigterm_interrupts_with_a_checkpoint(store: RunStore, small, forks: SimpleNamespace, training, ended) -> None:
    run_id = store.submit(small("training.epochs=10000")).id
    dispatch(store)
    process = training(run_id).process
    assert process is not None
    os.kill(process.pid, signal.SIGTERM)
    run = ended(run_id)
    assert run.state == State.INTERRUPTED
    assert "told to end (SIGTERM)" in run.reason
    history = store.epochs(run_id)
    assert [metrics.epoch for metrics in history] == list(range(1, len(history) + 1))
    kept = store.payload(run_id, CHECKPOINT)
    assert kept is not None
    assert torch.load(io.BytesIO(kept), weights_only=True)["epoch"] == len(history)
    assert store.requeue(run_id).state == State.QUEUED


def test_cancel_takes_effect_within_two_seconds(
    store: RunStore, small, forks: SimpleNamespace, training, ended, wait
) -> None:
    # Work that goes on is ended by the first beat after its grace; how late beats are is the machine's.
    assert BEAT_SECONDS + GRACE_SECONDS + BEAT_SECONDS < 2
    run_id = store.submit(small("training.epochs=10000")).id
    dispatch(store)
    process = training(run_id).process
    store.cancel(run_id)
    run = ended(run_id)
    assert process is not None
    wait(lambda: not process.is_alive)
    assert run.state == State.CANCELLED
    assert run.reason == "Cancelled; resume the run to go on from its last checkpoint."
    assert store.payload(run_id, CHECKPOINT)


def test_no_network_and_no_files_is_one_sentence(
    store: RunStore, small, forks: SimpleNamespace, ended, cache_home
) -> None:
    forks.offline = True
    run_id = store.submit(small().model_copy(update={"dataset": DatasetConfig(name="cora")})).id
    dispatch(store)
    run = ended(run_id)
    assert run.state == State.FAILED
    assert run.reason.count(". ") == 0
    folder = cache_home / "datasets" / "Planetoid" / "Cora" / "raw"
    assert run.reason.startswith(f"Cora is not on this machine (looked in {folder}) and could not be downloaded")
    assert "connect to the network once, or set $A2Q_DATA to a folder" in run.reason
