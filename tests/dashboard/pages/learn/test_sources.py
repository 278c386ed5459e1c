"""The lesson on Cora: which runs it takes, and what stands in for those that are missing."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from a2q.datasets import DatasetConfig
from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.settings import change
from a2q.experiments.store import Run, RunStore
from a2q_studio.pages.learn import sources
from a2q_studio.pages.learn.sources import _samples, cora_runs, on_cora
from a2q_studio.samples import SAMPLES, read_sample

CORA = DatasetConfig(name="cora")


def on(store: RunStore, name: str, run_id: str, *settings: str, age: float = 0) -> Run:
    """A sample run as if it had been trained on Cora."""
    bundle = read_sample(name)
    config = change(SAMPLES[name].on(CORA), settings)
    return import_bundle(
        store, replace(bundle, run=replace(bundle.run, id=run_id * 12, config=config, created=1e9 - age))
    )


def test_the_newest_run_for_each_role_without_a_target_where_there_is_one(store: RunStore) -> None:
    on(store, "gin", "1", age=5)
    on(store, "gin", "2", age=1)
    on(store, "gin", "3", "quantization.target_average_bits=2.5")
    on(store, "gat", "4", "quantization.target_average_bits=2")
    on(store, "gin-uniform", "5")
    import_bundle(store, read_sample("gcn"))
    assert {role: run.id[0] for role, run in cora_runs(store.list()).items()} == {"gin": "2", "gat": "4"}


def test_sample_runs_stand_in_and_the_source_says_so(store: RunStore) -> None:
    on(store, "gin", "2")
    teaching = on_cora(store, cora_runs(store.list()), _samples())
    assert teaching.source.startswith("Cora: GIN is run 222222222222; one seed each")
    assert teaching.source.endswith("Sample runs stand in for GCN, GAT.")
    assert teaching.bundles["gcn"].run.id == SAMPLES["gcn"].run_id
    assert list(teaching.penalties) == [0.1]
    assert on_cora(store, {}, _samples()).source.startswith("Cora: no run fits yet")


def test_the_lesson_switches_to_cora(open_page, store: RunStore) -> None:
    assert not [group for group in open_page("learn").get("button_group") if group.key == "data"]
    for name, run_id in (("gin", "2"), ("gcn", "3"), ("gat", "4")):
        on(store, name, run_id)
    app = open_page("learn", data="Cora", step="5")
    assert any("GIN is run 222222222222, GCN is run 333333333333" in caption.value for caption in app.caption)
    (pills,) = [group for group in app.get("button_group") if (group.key or "").startswith("predict_")]
    pills.set_value("Leaves").run()
    assert not app.exception
    assert [slider.key for slider in app.select_slider] == ["epoch"], "one run has one penalty"


def test_what_is_missing_is_trained_at_one_press(open_page, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "is_ready", lambda _: True)
    on(store, "gin", "2")
    app: AppTest = open_page("learn", data="Cora")
    app.button(key="train-cora").click().run()
    assert not app.exception
    queued = {run.config for run in store.queue()}
    assert queued == {SAMPLES["gcn"].on(CORA), SAMPLES["gat"].on(CORA)}
