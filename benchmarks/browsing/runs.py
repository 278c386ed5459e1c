"""Runs to look at: few epochs, since what is drawn does not depend on them."""

import subprocess
import sys

from a2q.datasets import DatasetConfig, is_ready
from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.presets import preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.experiments.store import RunStore
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
