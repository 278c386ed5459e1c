"""Training every seed of every row once, in parallel, and keeping what came of it."""

import json
import time
import warnings
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import torch

from a2q import RunConfig, Trainer, prepare, summarize
from a2q.datasets import DatasetConfig, DatasetError, card, load, load_graphs
from a2q.experiments.problem import graph_task
from a2q.reports import by_degree_group, node_table, quantized_layers

Trial = dict[str, Any]


class Trials:
    """The results of all runs so far, in one JSON file: what is there need not be trained again.

    Args:
        file: where they are kept; None keeps them in memory.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._known: dict[str, Trial] = {}
        if file is not None and file.is_file():
            self._known = json.loads(file.read_text(encoding="utf-8"))

    def get(self, config: RunConfig) -> Trial | None:
        """The result of a run, None where it has not been trained."""
        trial = self._known.get(config.digest)
        if trial is None or "unmoved_bits" in trial:
            return trial
        return trial | {"unmoved_bits": _unmoved(trial, config)}

    def complete(self, configs: Iterable[RunConfig], workers: int) -> None:
        """Train all runs whose results are missing; each result is kept as soon as it is there."""
        missing = {config.digest: config for config in configs if config.digest not in self._known}
        # A fresh interpreter for each: torch's threads do not survive a fork.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            futures = {pool.submit(train, config.model_dump_json()): config for config in missing.values()}
            for done, future in enumerate(as_completed(futures), start=1):
                config = futures[future]
                try:
                    self._known[config.digest] = future.result()
                except DatasetError as error:
                    print(f"{config.dataset.name}: {error}", flush=True)
                    continue
                self._save()
                shown = self._known[config.digest]
                print(
                    f"{done}/{len(missing)} {config.dataset.name} {config.model.name} {config.method} "
                    f"seed {config.seed}: {shown['test']:.4f} at {shown['average_bits']:.2f} bits",
                    flush=True,
                )

    def _save(self) -> None:
        if self._file is not None:
            self._file.write_text(json.dumps(self._known, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def train(config_json: str) -> Trial:
    """One run from start to report, in a process of its own with one thread."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    config = RunConfig.model_validate_json(config_json)
    task, source = _task(config.dataset.model_dump_json(), config.training.batch_size)
    trainer = Trainer(task, config)
    for _ in trainer.warm_up():
        pass
    seconds, last = [], None
    while not trainer.finished:
        # Processor time: other processes on the machine do not count.
        started = time.process_time()
        last = trainer.run_epoch()
        seconds.append(time.process_time() - started)
    summary, arrays = summarize(trainer, seconds)
    return {
        "metric": summary.metric,
        "test": summary.test_score,
        "validation": summary.validation_score,
        "paper_protocol": summary.test_score_paper_protocol,
        "average_bits": summary.average_bits,
        "unmoved_bits": summary.unmoved_bits,
        "final_bits": last.average_bits if last else None,
        "compression": summary.compression,
        "full_bits": summary.full_bits_per_value,
        "full_compression": summary.full_compression,
        "cpu_seconds_per_epoch": median(seconds),
        "source": source,
        "bits_by_degree": {str(layer): _by_degree(arrays, layer) for layer in quantized_layers(arrays)},
        "torch": torch.__version__,
    }


def _unmoved(trial: Trial, config: RunConfig) -> int | None:
    """Of a trial that was kept before trials said it, by the means of groups of nodes: all of them are the start."""
    start = config.quantization.start_bits
    means = {mean for table in trial["bits_by_degree"].values() for _, mean, _ in table}
    return start if start is not None and means == {start} else None


def _by_degree(arrays: dict[str, Any], layer: int) -> list[list[Any]]:
    table = by_degree_group(node_table(arrays, layer), "bits")
    return [[str(row.degree_group), round(row.mean, 3), int(row.nodes)] for row in table.itertuples()]


@lru_cache(maxsize=4)
def _task(dataset_json: str, batch_size: int) -> tuple[Any, str]:
    config = DatasetConfig.model_validate_json(dataset_json)
    if not card(config.name).graph_level:
        dataset = load(config)
        return prepare(dataset.data), dataset.source
    graphs = load_graphs(config)
    return graph_task(graphs, batch_size), graphs.source
