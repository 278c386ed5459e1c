"""What an older version wrote keeps working: its run store, links, run bundles and imported graphs."""

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from a2q.datasets import card, load, load_graphs
from a2q.datasets.importers import import_store as keeping
from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.bundle.file import read_bundle
from a2q.experiments.problem import problem
from a2q.experiments.run_config import RunConfig
from a2q.experiments.store import Run, RunStore, State
from a2q.experiments.store.arrays import unpack
from a2q.experiments.store.database import SCHEMA
from a2q.experiments.store.history import CHECKPOINT
from a2q.training import Trainer


def keeps(now: Any, before: Any) -> bool:
    """Whether everything that was there reads as before; fields may have come in since."""
    if isinstance(before, Mapping):
        return all(name in now and keeps(now[name], value) for name, value in before.items())
    if isinstance(before, list):
        return len(now) == len(before) and all(map(keeps, now, before))
    return now == before


def described(array: np.ndarray) -> dict[str, Any]:
    """As the facts describe an array."""
    content = np.ascontiguousarray(array).tobytes()
    return {"shape": list(array.shape), "dtype": array.dtype.str, "sha256": hashlib.sha256(content).hexdigest()[:16]}


def assert_reads_as_before(store: RunStore, run: Run, fact: dict[str, Any]) -> None:
    """Settings, result, history and arrays of a run."""
    assert run.config.digest == fact["digest"], "the same settings are still found as the same"
    assert run.config == RunConfig.model_validate(fact["config"])
    assert keeps(run.config.model_dump(mode="json"), fact["config"])
    for name in ("state", "reason", "created", "started", "ended", "versions", "source", "title"):
        assert getattr(run, name) == fact[name], name
    assert (run.summary is None) == (fact["summary"] is None)
    assert run.summary is None or keeps(run.summary, fact["summary"])
    assert keeps([asdict(metrics) for metrics in store.epochs(run.id)], fact["epochs"])
    stored = [
        {"name": name, "epoch": epoch} | described(unpack(payload))
        for (name, epoch), payload in sorted(store.payloads(run.id).items())
    ]
    assert stored == fact["arrays"]


def test_every_run_reads_as_before(old_home: Path, facts: dict[str, Any]) -> None:
    with RunStore() as store:
        runs = store.list()
        assert [run.id for run in runs] == [fact["id"] for fact in facts["runs"]]
        assert {str(run.state) for run in runs} >= {"finished", "failed", "cancelled", "interrupted", "queued"}
        for run, fact in zip(runs, facts["runs"], strict=True):
            assert_reads_as_before(store, run, fact)
            assert run.log == fact["log"]
            checkpoint = store.payload(run.id, CHECKPOINT) or b""
            assert hashlib.sha256(checkpoint).hexdigest() == fact["checkpoint"]


def test_the_same_settings_find_the_stored_run(old_home: Path, facts: dict[str, Any]) -> None:
    """A run is not trained again because its store was upgraded."""
    with RunStore() as store:
        for fact in facts["runs"]:
            if fact["state"] == "finished":
                found = store.find(RunConfig.model_validate(fact["config"]))
                assert found is not None and found.id == fact["id"]


def test_links_name_the_same_runs_and_nodes(old_home: Path, facts: dict[str, Any]) -> None:
    saved = 0
    with RunStore() as store:
        for fact in facts["runs"]:
            assert store.get(fact["id"]).id == store.resolve(fact["id"][:8]) == fact["id"]
            assert keeps([asdict(one) for one in store.selections.of(fact["id"])], _without_nodes(fact["selections"]))
            for selection in fact["selections"]:
                nodes = store.selections.nodes(fact["id"], selection["id"])
                assert nodes is not None and nodes.tolist() == selection["nodes"]
                saved += 1
    assert saved == 3


def _without_nodes(selections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in one.items() if name != "nodes"} for one in selections]


def test_stars_tags_and_notes_stay(old_home: Path, facts: dict[str, Any]) -> None:
    with RunStore() as store:
        for fact in facts["runs"]:
            noted = store.annotations.of(fact["id"])
            assert (noted.starred, list(noted.tags), noted.note) == tuple(fact["annotation"].values())
        assert any(noted.starred and noted.note for noted in store.annotations.all().values())


def test_the_store_is_upgraded_once(old_home: Path) -> None:
    file = old_home / "runs.sqlite"
    with sqlite3.connect(file) as old:
        assert old.execute("SELECT version FROM store_version").fetchall() == [(3,)]
        assert not old.execute("SELECT * FROM sqlite_master WHERE name = 'alembic_version'").fetchall()
    old.close()
    said = []
    for _ in range(2):
        with RunStore():
            pass
        now = sqlite3.connect(file)
        columns = {column for _, column, *_ in now.execute("PRAGMA table_info(epochs)")}
        assert {"train_score", "validation_score", "test_score"} < columns
        assert not [column for column in columns if column.endswith("_accuracy")]
        assert now.execute("SELECT version_num FROM alembic_version").fetchall() == [(SCHEMA,)]
        # SQLite counts every change of the tables.
        said.append(now.execute("PRAGMA schema_version").fetchall())
        now.close()
    assert said[0] == said[1]


def test_bundles_are_read_and_imported(old_home: Path, facts: dict[str, Any], tmp_path: Path) -> None:
    bundles = sorted((old_home.parent / "bundles").iterdir())
    assert len(bundles) == 2
    with RunStore(f"sqlite:///{tmp_path / 'another.sqlite'}") as store, RunStore() as upgraded:
        for file in bundles:
            bundle = read_bundle(file)
            run = import_bundle(store, bundle)
            fact = next(fact for fact in facts["runs"] if fact["id"] == file.stem)
            assert_reads_as_before(store, run, fact)
            assert import_bundle(upgraded, bundle).id == fact["id"]
        assert len(upgraded.list()) == len(facts["runs"]), "a bundle of a run that is there adds none"


def test_imported_graphs_load(old_home: Path, facts: dict[str, Any]) -> None:
    assert {one.card.name for one in keeping.here()} == {fact["name"] for fact in facts["imports"]}
    for fact in facts["imports"]:
        known = keeping.imported(fact["name"])
        assert (known.card.title, known.digest, list(known.warnings)) == (fact["title"], fact["digest"], fact["said"])
        arrays = keeping.arrays_of(fact["name"])
        assert {name: described(array) for name, array in arrays.items()} == fact["arrays"]


def test_imported_graphs_are_still_trained_on(old_home: Path, facts: dict[str, Any]) -> None:
    """The datasets of the stored runs on imported graphs, as a new run would load them."""
    with RunStore() as store:
        configs = [run.config.dataset for run in store.list(states=[State.FINISHED])]
    own = [dataset for dataset in configs if keeping.is_own(dataset.name)]
    assert {card(dataset.name).graph_level for dataset in own} == {False, True}
    for dataset in own:
        if card(dataset.name).graph_level:
            assert load_graphs(dataset).num_graphs == 20
        else:
            assert load(dataset).data.num_nodes == 10


def test_the_interrupted_run_goes_on_from_its_checkpoint(old_home: Path) -> None:
    with RunStore() as store:
        (run,) = store.list(states=[State.INTERRUPTED])
        checkpoint, epochs = store.payload(run.id, CHECKPOINT), store.epochs(run.id)
    assert checkpoint is not None
    trainer = Trainer(problem(run.config, lambda *_: None).task, run.config)
    trainer.resume(checkpoint)
    assert trainer.epoch == len(epochs) > 0
    assert trainer.run_epoch().epoch == len(epochs) + 1
