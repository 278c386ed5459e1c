"""The real worker process, started by a process that is killed at once, does the whole queue by itself."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from a2q.datasets import DatasetConfig
from a2q.experiments.presets import preset
from a2q.experiments.process import this_host
from a2q.experiments.settings import change
from a2q.experiments.store import Run, RunStore, State

ROOT = Path(__file__).parents[4]


@dataclass(frozen=True)
class Scene:
    """What happened: the store afterwards, and all that was seen while it went on."""

    store: RunStore
    home: Path
    ids: list[str]
    launcher: int
    said: str
    most_running: int
    niceness: set[int]

    @property
    def runs(self) -> list[Run]:
        return [self.store.get(run_id) for run_id in self.ids]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, ask: Callable[..., int]) -> Iterator[Scene]:
    home = tmp_path_factory.mktemp("home")
    dataset = DatasetConfig(name="generated-citations", nodes=80)
    base = change(preset("a2q", dataset), ["training.epochs=15"])
    with RunStore(f"sqlite:///{home / 'runs.sqlite'}") as store:
        ids = [store.submit(change(base, [f"seed={seed}"])).id for seed in range(3)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("A2Q_")}
        environment |= {"A2Q_HOME": str(home), "A2Q_WORKERS": "1", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        launcher = ask(run=None, env=environment, log=str(home / "launcher.log"))
        most, niceness = 0, set()
        end = time.monotonic() + 240
        while time.monotonic() < end and any(store.get(run_id).is_active for run_id in ids):
            running = store.list(states=(State.RUNNING,))
            most = max(most, len(running))
            for run in running:
                try:
                    process = psutil.Process(run.process.pid if run.process else -1)
                    if run.stage.startswith("Training"):
                        niceness.add(process.nice())
                except (psutil.NoSuchProcess, ValueError):
                    pass
            time.sleep(0.05)
        yield Scene(store, home, ids, launcher, (home / "launcher.log").read_text(), most, niceness)


def test_workers_survive_the_death_of_their_launcher(scene: Scene) -> None:
    assert not psutil.pid_exists(scene.launcher)
    assert scene.said == ""
    assert [run.state for run in scene.runs] == [State.FINISHED] * 3


def test_one_slot_is_one_run_at_a_time(scene: Scene) -> None:
    assert scene.most_running == 1
    spans = [(run.started, run.ended) for run in scene.runs]
    assert spans == sorted(spans)
    assert all(ended <= started for (_, ended), (started, _) in pairwise(spans))
    assert len({run.process for run in scene.runs}) == 3


def test_everything_is_written_back(scene: Scene) -> None:
    for run in scene.runs:
        assert [metrics.epoch for metrics in scene.store.epochs(run.id)] == list(range(1, 16))
        arrays = scene.store.arrays(run.id)
        assert all(len(array) == 80 for name, array in arrays.items() if name != "aggregates_first")
        assert any(scene.store.snapshots(run.id, name) for name in arrays)
        assert run.summary is not None
        assert run.progress == 1.0
    assert scene.store.taken_slots(this_host()) == set()


def test_workers_say_nothing_wrong(scene: Scene) -> None:
    logs = [scene.home / "logs" / f"{run_id}.log" for run_id in scene.ids]
    assert [log.read_text() for log in logs] == ["", "", ""]


def test_every_worker_is_equally_nice(scene: Scene) -> None:
    assert len(scene.niceness) <= 1, scene.niceness
    assert scene.niceness <= {max(10, os.nice(0))}
