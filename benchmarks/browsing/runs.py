"""Runs to look at: few epochs, since what is drawn does not depend on them."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator

from a2q.datasets import DatasetConfig, is_ready
from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.launch import dispatch
from a2q.experiments.presets import preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.experiments.store import Run, RunError, RunStore
from a2q_studio.samples import SAMPLES, read_sample
from tests.browser.serving import ROOT

LARGE_NODES = 170_000


def prepare(store: RunStore, parts: list[str]) -> None:
    """Put the sample runs into the store and train what the parts need and the store has not."""
    for name in SAMPLES:
        import_bundle(store, read_sample(name))
    for config in wanted(parts):
        if store.find(config) is None:
            run = store.submit(config)
            print(f"training {run.title}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "a2q.experiments.worker", run.id], check=True, cwd=ROOT)


def wanted(parts: list[str]) -> list[RunConfig]:
    """Settings of the runs that are looked at: few epochs, since what is drawn does not depend on them."""
    found = []
    if "selection" in parts:
        found += [quick(DatasetConfig(name=name), 10) for name in ("cora", "pubmed") if is_ready(name)]
    if "large" in parts:
        found.append(quick(DatasetConfig(name="generated-citations", nodes=LARGE_NODES), 2))
    return found


def quick(dataset: DatasetConfig, epochs: int, seed: int = 0) -> RunConfig:
    """A²Q without a teacher for so many epochs."""
    settings = [f"training.epochs={epochs}", "training.warm_start=false", "training.distillation=0", f"seed={seed}"]
    return change(preset("a2q", dataset), settings)


@contextlib.contextmanager
def training(store: RunStore) -> Iterator[Run]:
    """A run that trains meanwhile, for minutes were it not cancelled at the end."""
    run = store.submit(quick(DatasetConfig(name="generated-citations", nodes=60_000), 10_000, seed=int(time.time())))
    dispatch(store)
    try:
        deadline = time.monotonic() + 180
        while store.get(run.id).progress == 0 and time.monotonic() < deadline:
            time.sleep(0.5)
        yield run
    finally:
        with contextlib.suppress(RunError):
            store.cancel(run.id)
