"""Runs that are trained in homes of their own, so that one trial knows nothing of another."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from a2q.datasets import DatasetConfig
from a2q.experiments.logs import log_path
from a2q.experiments.presets import preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.experiments.store import RunStore, State

ROOT = Path(__file__).parents[2]
EPOCHS = 900


def config(seed: int, epochs: int = EPOCHS) -> RunConfig:
    """A small run of some seconds, which checkpoints while it trains."""
    base = preset("a2q", DatasetConfig(name="generated-citations", nodes=200))
    settings = ["training.warm_start=false", "training.distillation=0"]
    return change(base, [f"training.epochs={epochs}", f"seed={seed}", *settings])


@contextmanager
def home(folder: Path) -> Iterator[RunStore]:
    """A home of one trial's own, and its run store."""
    before = os.environ.get("A2Q_HOME")
    os.environ["A2Q_HOME"] = str(folder)
    try:
        with RunStore() as store:
            yield store
    finally:
        os.environ.pop("A2Q_HOME")
        if before is not None:
            os.environ["A2Q_HOME"] = before


def start(run_id: str) -> subprocess.Popen[bytes]:
    """Start a worker on a queued run."""
    path = log_path(run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as log:
        command = [sys.executable, "-m", "a2q.experiments.worker", run_id]
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


def reach(store: RunStore, run_id: str, progress: float, worker: subprocess.Popen[bytes]) -> None:
    """Wait until a run has come so far, or its worker has ended."""
    while worker.poll() is None and store.get(run_id).progress < progress:
        time.sleep(0.05)


def outcome(store: RunStore, run_id: str) -> dict[str, Any] | None:
    """What a finished run has found, without times; None where it has not finished."""
    run = store.get(run_id)
    if run.state != State.FINISHED or run.summary is None:
        return None
    epochs = [asdict(replace(metrics, seconds=0.0)) for metrics in store.epochs(run_id)]
    return {"epochs": epochs, "arrays": store.arrays(run_id), "score": run.summary["test_score"]}


def alike(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Whether two runs found the same: every epoch's metrics and every array of the result."""
    if one is None or other is None:
        return False
    arrays = (one["arrays"], other["arrays"])
    return (
        one["epochs"] == other["epochs"]
        and arrays[0].keys() == arrays[1].keys()
        and all(np.array_equal(arrays[0][name], arrays[1][name], equal_nan=True) for name in arrays[0])
    )
