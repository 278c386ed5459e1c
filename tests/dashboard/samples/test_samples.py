import numpy as np
import pytest

from a2q import Trainer, prepare
from a2q.datasets import load
from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.store import RunStore, State
from a2q.reports import by_degree_group, node_table
from a2q.reports.input_samples import SAMPLE, stored_sample
from a2q.training.trainer import node_task
from a2q_studio.samples import SAMPLES, read_sample
from a2q_studio.samples.listing import FOLDER, PENALTIES

NAMES = sorted(SAMPLES)


def test_the_folder_holds_the_samples_and_is_small() -> None:
    assert sorted(file.stem for file in FOLDER.iterdir()) == NAMES
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= 2 << 20


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_a_finished_run_with_the_settings_it_is_listed_with(name: str) -> None:
    bundle = read_sample(name)
    assert bundle.run.state == State.FINISHED
    assert bundle.run.config == SAMPLES[name].config
    assert bundle.run.id == SAMPLES[name].run_id
    assert [metrics.epoch for metrics in bundle.epochs] == list(range(1, bundle.run.config.training.epochs + 1))


@pytest.mark.parametrize("name", NAMES)
def test_its_report_follows_from_its_arrays_and_history(name: str) -> None:
    bundle = read_sample(name)
    summary, arrays = bundle.run.summary, bundle.arrays
    assert summary is not None
    best = max(bundle.epochs, key=lambda metrics: (metrics.validation_score, -metrics.validation_loss))
    assert summary["validation_score"] == best.validation_score
    correct = arrays["label"] == arrays["prediction"]
    assert correct[arrays["split"] == 3].mean() == pytest.approx(summary["test_score"])
    if bundle.layers:
        means = [arrays[f"layer{layer}/bits"].mean() for layer in bundle.layers]
        assert np.mean(means) == pytest.approx(summary["average_bits"])


@pytest.mark.parametrize("name", [name for name in NAMES if name != "gin-fp32"])
def test_quantizing_its_values_anew_gives_what_it_kept(name: str) -> None:
    bundle = read_sample(name)
    layer = bundle.layers[-1]
    values, quantized = (bundle.array(f"tensor/layer{layer}/{kind}") for kind in ("values", "quantized"))
    assert values is not None and quantized is not None
    step, bits = (bundle.arrays[f"layer{layer}/{kind}"] for kind in ("step", "bits"))
    ratio = np.abs(values) / step[:, None]
    # These inputs are never negative, so effective bits give 2^bits - 1 levels above 0; uniform counts the sign's.
    levels = (
        2.0 ** bits[:, None] - 1 if bundle.run.config.method == "a2q" else np.round(quantized / step[:, None]).max()
    )
    anew = np.sign(values) * np.floor(np.minimum(ratio, levels) + 0.5) * step[:, None]
    # A value in the middle between two codes may fall to the other side when it is kept in half precision.
    assert np.mean(np.abs(anew - quantized) > 2e-3 * np.abs(quantized) + 1e-4) < 0.01


def test_the_one_that_opens_first_shows_errors_by_epoch() -> None:
    bundle = read_sample("gin")
    assert bundle.run.created == max(read_sample(name).run.created for name in NAMES), "pages show the newest first"
    epochs = list(bundle.snapshots("layer2/bits"))
    assert list(bundle.snapshots(f"{SAMPLE}layer2/nodes")) == epochs
    for epoch in epochs:
        taken = stored_sample(lambda name, epoch=epoch: bundle.all_arrays.get((name, epoch)), 2)
        assert taken is not None and taken.values.shape == (SAMPLES["gin"].inputs_of, 16)
        assert taken.node_columns()["error"].max() > 0


@pytest.mark.parametrize("name", [name for name in NAMES if name != "gin-fp32"])
def test_messages_can_be_looked_at(name: str) -> None:
    bundle = read_sample(name)
    layer = bundle.layers[-1]
    sent = bundle.array(f"tensor/layer{layer if bundle.arrays['aggregates_first'][0] else layer - 1}/sent")
    assert sent is not None and len(sent) == len(bundle.arrays["in_degree"])


def test_training_anew_goes_the_same_way() -> None:
    sample = SAMPLES["gcn"]
    trainer = Trainer(node_task(prepare(load(sample.config.dataset).data), sample.config), sample.config)
    for kept in read_sample("gcn").epochs[:5]:
        again = trainer.run_epoch()
        assert again.loss == pytest.approx(kept.loss, rel=1e-3)
        assert again.average_bits == pytest.approx(kept.average_bits, abs=0.01)


def test_they_differ_by_what_they_are_to_show() -> None:
    few_and_many = {}
    for name in ("gin", "gcn", "gat"):
        bundle = read_sample(name)
        groups = by_degree_group(node_table(bundle.arrays, bundle.layers[-1]), "bits")["mean"]
        few_and_many[name] = (groups.iloc[0], groups.iloc[-1])
    assert few_and_many["gin"][1] > few_and_many["gin"][0] + 2
    assert few_and_many["gcn"][1] > few_and_many["gcn"][0] + 0.5
    # Attention averages: hubs hold no larger values, and get fewer bits.
    assert few_and_many["gat"][1] < few_and_many["gat"][0] - 0.3
    average = {penalty: read_sample(name).run.summary["average_bits"] for penalty, name in PENALTIES.items()}
    assert average[0.5] < average[0.1] < average[0.02]


def test_all_are_opened_in_a_store_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)
    with RunStore() as store:
        for _ in range(2):
            for name in NAMES:
                import_bundle(store, read_sample(name))
        assert {run.id for run in store.list()} == {sample.run_id for sample in SAMPLES.values()}
