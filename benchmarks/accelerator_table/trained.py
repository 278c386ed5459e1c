"""Which runs the table is made of; those that the run store lacks are trained."""

import time
from dataclasses import dataclass
from functools import partial

from a2q.datasets import DatasetConfig
from a2q.experiments.launch import dispatch
from a2q.experiments.presets import PRESETS, preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.store import Run, RunStore, State
from a2q.experiments.workload import Workload, workload
from a2q.layers import LAYERS

DATASETS = ("cora", "citeseer", "pubmed")
MODELS = tuple(name for name in LAYERS if name != "sage")
METHODS = ("a2q-paper", "a2q")
POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Row:
    """One trained network.

    Attributes:
        dataset, model: as in the run.
        method: title of the preset.
        run: finished.
        work: what an inference takes.
    """

    dataset: str
    model: str
    method: str
    run: Run
    work: Workload


def rows() -> list[Row]:
    """Every dataset, model and preset with seed 0, trained by the run store's workers where missing."""
    wanted = {
        (dataset, model, method): preset(method, DatasetConfig(name=dataset), model)
        for dataset in DATASETS
        for model in MODELS
        for method in METHODS
    }
    with RunStore() as store:
        finished = _trained(store, list(wanted.values()))
        return [
            Row(dataset, model, PRESETS[method].title, run, workload(run, partial(store.array, run.id)))
            for (dataset, model, method), run in zip(wanted, finished, strict=True)
            if run.state == State.FINISHED
        ]


def _trained(store: RunStore, configs: list[RunConfig]) -> list[Run]:
    ids = [(store.find(config) or store.submit(config)).id for config in configs]
    while any(store.get(run_id).is_active for run_id in ids):
        dispatch(store)
        time.sleep(POLL_SECONDS)
    return [store.get(run_id) for run_id in ids]
