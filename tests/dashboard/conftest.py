"""Pages without a browser or a worker, and runs to show on them."""

import base64
import importlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
import torch
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from torch_geometric.data import Data

from a2q.datasets import DatasetConfig
from a2q.experiments import problem, worker
from a2q.experiments.controls import controls
from a2q.experiments.estimate import Timing
from a2q.experiments.presets import preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.experiments.store import RunStore
from a2q.jobs import Job, job
from a2q.reports.node_table import degree_groups
from a2q_studio.charts import Palette, palette
from a2q_studio.comparison.charts.marks import Mark, marks
from a2q_studio.pages.data import measuring
from a2q_studio.ui import cost
from a2q_studio.ui import run_store as runs
from a2q_studio.ui.navigation import page_script

ROOT = Path(__file__).parents[2]
_CITATIONS = DatasetConfig(name="generated-citations", nodes=120)

Small = Callable[..., RunConfig]
OpenPage = Callable[..., AppTest]


def _small(*settings: str, preset_name: str = "a2q") -> RunConfig:
    return change(preset(preset_name, _CITATIONS), ["training.epochs=5", *settings])


@pytest.fixture(scope="session")
def small() -> Small:
    """Build settings for a graph of 120 nodes, ``small("training.epochs=9", preset_name="fp32")``."""
    return _small


@dataclass(frozen=True)
class Trained:
    """A database with two finished runs, the A²Q one the newest, and their ids."""

    file: Path
    a2q: str
    fp32: str


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """Two runs that the real worker trained, once for all tests."""
    home = tmp_path_factory.mktemp("trained")
    before = signal.getsignal(signal.SIGTERM)
    ids = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("A2Q_HOME", str(home))
        for name in ("A2Q_SCHEDULER", "A2Q_DATABASE_URL", "A2Q_WORKERS"):
            patch.delenv(name, raising=False)
        # So few epochs need a strong pull for the nodes' bits to part.
        for config in (
            _small(preset_name="fp32"),
            _small(
                "training.epochs=8",
                "training.lr_bits=1",
                "training.warm_start=false",
                "training.distillation=0",
                "quantization.initial_bits=4",
                "quantization.target_average_bits=",
                "quantization.penalty=5",
            ),
        ):
            with RunStore() as store:
                ids.append(store.submit(config).id)
            assert worker.main(ids[-1]) == 0
    signal.signal(signal.SIGTERM, before)
    yield Trained(home / "runs.sqlite", a2q=ids[1], fp32=ids[0])


@pytest.fixture
def runs_here(trained: Trained, cache_home: Path) -> Trained:
    """The two finished runs in the test's own home."""
    cache_home.mkdir(exist_ok=True)
    shutil.copy(trained.file, cache_home / "runs.sqlite")
    return trained


@pytest.fixture
def controlled(runs_here: Trained, store: RunStore) -> Callable[[int], list[str]]:
    """Give the A²Q run so many seeds, each with its permuted control, which scores 2 points less and a little more
    at each seed; the ids of the controls. The numbers are made, nothing trains."""

    def made(seeds: int) -> list[str]:
        learned = store.get(runs_here.a2q)
        arrays = store.arrays(learned.id)

        def finish(config: RunConfig, score: float) -> str:
            run = store.submit(config)
            store.claim(run.id, "elsewhere", None)
            store.put(run.id, arrays)
            assert store.finish(run.id, (learned.summary or {}) | {"test_score": score})
            return run.id

        first = (learned.summary or {})["test_score"]
        for seed in range(1, seeds):
            finish(learned.config.model_copy(update={"seed": seed}), first)
        return [finish(config, first - 0.02 - 0.001 * config.seed) for config in controls(store, store.get(learned.id))]

    return made


@dataclass(frozen=True)
class OnGraphs:
    """A database with two finished runs on sets of graphs, the regression the newest, and their ids."""

    file: Path
    classes: str
    values: str


@pytest.fixture(scope="session")
def trained_on_graphs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnGraphs]:
    """A classification and a regression of 20 rings that the real worker trained, once for all tests."""
    home = tmp_path_factory.mktemp("on-graphs")
    before = signal.getsignal(signal.SIGTERM)
    ids = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("A2Q_HOME", str(home))
        for name in ("A2Q_SCHEDULER", "A2Q_DATABASE_URL", "A2Q_WORKERS"):
            patch.delenv(name, raising=False)
        patch.setattr(problem, "load_graphs", lambda dataset, _: _rings(regression=dataset.name == "zinc"))
        for dataset in (DatasetConfig(name="mutag", fold=3), DatasetConfig(name="zinc")):
            config = change(preset("a2q", dataset), ["training.epochs=2", "model.hidden=8", "model.embedding=true"])
            with RunStore() as store:
                ids.append(store.submit(config).id)
            assert worker.main(ids[-1]) == 0
    signal.signal(signal.SIGTERM, before)
    yield OnGraphs(home / "runs.sqlite", *ids)


def _rings(regression: bool) -> SimpleNamespace:
    """20 rings of 6 nodes, four of them to test on; classes and values follow the features."""
    generator = torch.Generator().manual_seed(0)
    ring = torch.arange(6)
    edges = torch.stack([ring, (ring + 1) % 6])
    features = [torch.rand(6, 7, generator=generator) + number % 2 for number in range(20)]
    labels = [x.mean().reshape(1) if regression else torch.tensor([number % 2]) for number, x in enumerate(features)]
    numbers = torch.arange(20)
    return SimpleNamespace(
        graphs=[Data(x=x, edge_index=edges, y=y) for x, y in zip(features, labels, strict=True)],
        train=numbers[:12],
        validation=numbers[12:16],
        test=numbers[16:],
        num_classes=1 if regression else 2,
        num_types=None,
        num_graphs=20,
        source="rings",
    )


@pytest.fixture
def graphs_here(trained_on_graphs: OnGraphs, cache_home: Path) -> OnGraphs:
    """The two finished runs on sets of graphs in the test's own home."""
    cache_home.mkdir(exist_ok=True)
    shutil.copy(trained_on_graphs.file, cache_home / "runs.sqlite")
    return trained_on_graphs


@pytest.fixture(scope="session", autouse=True)
def _no_search_for_components() -> Iterator[None]:
    """Each AppTest looks through all installed packages for components; the app uses none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", list)
        yield


@pytest.fixture(autouse=True)
def _no_workers_and_no_caches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No page starts a process or sees what another test's pages kept, and none leaves a database open."""
    for name in ("A2Q_SCHEDULER", "A2Q_DATABASE_URL", "A2Q_WORKERS", "A2Q_READONLY", "A2Q_SESSION_RUNS"):
        monkeypatch.delenv(name, raising=False)
    # The package names the function of this module like the module.
    monkeypatch.setattr(importlib.import_module("a2q.experiments.launch.dispatch"), "start_queued", lambda _: None)
    # Nothing is measured: a test that is about it says what was asked for.
    monkeypatch.setattr(measuring, "request", lambda *_, **__: None)
    monkeypatch.setattr(job, "start", at_once)
    opened: list[RunStore] = []

    def remembered(**given: Any) -> RunStore:
        opened.append(RunStore(**given))
        return opened[-1]

    monkeypatch.setattr(runs, "RunStore", remembered)
    monkeypatch.setattr(cost, "timed_here", lambda: [Timing(1e5, 0.01), Timing(1e6, 0.03)])
    _forget()
    yield
    _forget()
    for store in opened:
        store.close()


def at_once(asked: Job) -> int:
    """Do a background job, such as the layout of a graph, here and now instead of by a process."""
    assert importlib.import_module(asked.module).main(asked.argument) == 0
    return os.getpid()


def _forget() -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Iterator[RunStore]:
    """The store that the pages of this test see."""
    for trained_before in {"runs_here", "graphs_here"} & set(request.fixturenames):
        # The file is put in place before it is opened.
        request.getfixturevalue(trained_before)
    with RunStore() as opened:
        yield opened


@pytest.fixture
def open_page() -> OpenPage:
    """Open a page as a link would, ``open_page("explore", run="…")``; no page may show an exception."""

    def opened(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=60)
        if name != "learn":
            # Before a first run, which would be of the lesson, a page goes by its script's name, which is its address.
            app.switch_page(page_script(name))
        for parameter, value in query.items():
            app.query_params[parameter] = value
        app.run()
        assert not app.exception
        assert app.title[0].value == name.capitalize()
        return app

    return opened


@dataclass(frozen=True)
class Drawn:
    """A chart as the browser gets it."""

    alt: str
    spec: dict[str, Any]
    config: dict[str, Any]


@pytest.fixture
def drawn() -> Callable[[AppTest], dict[str, Drawn]]:
    """The charts of a page by key (the part before its generation), arrays as lists."""

    def read(app: AppTest) -> dict[str, Drawn]:
        return {
            chart.key: Drawn(chart.proto.alt, decode(json.loads(chart.proto.spec)), json.loads(chart.proto.config))
            for chart in app.get("plotly_chart")
        }

    return read


def decode(value: Any) -> Any:
    """Plotly's JSON with its base64 arrays as lists, as plotly.js reads it."""
    if isinstance(value, dict) and "bdata" in value:
        numbers = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
        shape = [int(size) for size in str(value.get("shape", len(numbers))).split(",")]
        return numbers.reshape(shape).tolist()
    if isinstance(value, dict):
        return {name: decode(inner) for name, inner in value.items()}
    return [decode(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture
def as_sent() -> Callable[[Any], Any]:
    """A figure as plotly.js reads it."""
    return lambda figure: decode(json.loads(figure.to_json()))


DEGREES = [0, 1, 1, 2, 2, 3, 4, 5, 8, 10, 12, 40]
BITS = [1, 1, 2, 2, 1, 2, 3, 2, 4, 4, 5, 8]


@pytest.fixture
def nodes() -> pd.DataFrame:
    """Twelve nodes whose bits rise with in-degree and aggregation value; one of in-degree 0, one hub."""
    return pd.DataFrame(
        {
            "node": range(12),
            "in_degree": DEGREES,
            "degree_group": degree_groups(pd.Series(DEGREES).to_numpy()),
            "bits": BITS,
            "aggregation_fp32": [0.1 * (position + 1) for position in range(12)],
            "aggregation": [0.2 * (position + 1) for position in range(12)],
        }
    )


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> Palette:
    """The palette of either theme."""
    return palette(request.param)


@pytest.fixture
def three() -> list[Mark]:
    """Marks A, B and C."""
    return marks(["a2q · seed 0", "a2q · seed 1", "fp32 · seed 0"])
