"""Training every arm of a cell for one seed, from one FP32 network, and keeping what came of it."""

import json
import time
import warnings
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from scipy.stats import spearmanr

from a2q import RunConfig, Trainer, node_bits, prepare, summarize
from a2q.datasets import DatasetConfig, load
from a2q.reports.node_table import quantized_layers
from a2q.reports.worth import measures
from a2q.training.trainer import teacher_config
from assignment.cells import ARMS, CELLS, Cell, fixed, learned

Trial = dict[str, Any]
Key = tuple[str, float, int]

# Digits that docs/worth.json keeps of each number.
_DIGITS = 5


class Trials:
    """The results so far, in one JSON file: cell, average bits, seed and arm.

    Args:
        file: where they are kept; None keeps them in memory.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.known: dict[str, dict[str, Trial]] = {}
        if file is not None and file.is_file():
            self.known = json.loads(file.read_text(encoding="utf-8"))

    def of(self, cell: Cell, bits: float, seed: int) -> dict[str, Trial] | None:
        """Every arm of one cell at one average for one seed; None where it was not trained with these settings."""
        return self.known.get(_key(cell, bits, seed))

    def complete(self, cells: Iterable[Cell], workers: int, seeds: int | None = None) -> None:
        """Train what is missing, seed by seed of each cell; each result is kept as soon as it is there."""
        jobs = [
            (CELLS.index(cell), seed, missing)
            for cell in cells
            for seed in range(min(cell.seeds, seeds or cell.seeds))
            if (missing := [bits for bits in cell.bits if self.of(cell, bits, seed) is None])
        ]
        # A fresh interpreter for each: torch's threads do not survive a fork.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            futures = {pool.submit(train, *job): job for job in jobs}
            for done, future in enumerate(as_completed(futures), start=1):
                number, seed, _ = futures[future]
                for bits, arms in future.result().items():
                    self.known[_key(CELLS[number], bits, seed)] = arms
                self._save()
                print(f"{done}/{len(jobs)} {CELLS[number].name} seed {seed}", flush=True)

    def _save(self) -> None:
        if self._file is not None:
            self._file.write_text(json.dumps(self.known, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def _key(cell: Cell, bits: float, seed: int) -> str:
    return f"{learned(cell.base(seed), bits).digest} {cell.name}, {bits:g} bits, seed {seed}"


def train(number: int, seed: int, averages: list[float]) -> dict[float, dict[str, Trial]]:
    """All arms of a cell at these averages for one seed, in a process of its own with one thread."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    base = CELLS[number].base(seed)
    graph = prepared(base.dataset.model_dump_json())
    teacher = None
    if base.training.warm_start:
        teacher = Trainer(graph, teacher_config(base))
        while not teacher.finished:
            teacher.run_epoch()
    found: dict[float, dict[str, Trial]] = {}
    for bits in averages:
        arms: dict[str, Trial] = {}
        source: dict[str, torch.Tensor] | None = None
        for arm in ARMS:
            config = _settings(base, arm, bits)
            arms[arm], own = _train(
                graph, config, teacher, source if getattr(config.quantization, "bits_of", "") else None
            )
            source = own if arm in ("learned", "sensitivity") else source
        found[bits] = arms
    return found


def _settings(base: RunConfig, arm: str, bits: float) -> RunConfig:
    of, _, how = arm.partition(", ")
    match of, how:
        case "learned", "":
            return learned(base, bits)
        case "sensitivity", "":
            return fixed(base, "sensitivity", bits)
        case _:
            rule = {"kept": "given", "permuted": "permuted", "by in-degree": "in-degree"}[how]
            return fixed(base, rule, bits, of=of)


def _train(
    graph: Any, config: RunConfig, teacher: Trainer | None, bits: dict[str, torch.Tensor] | None
) -> tuple[Trial, dict[str, torch.Tensor]]:
    trainer = Trainer(graph, config)
    if teacher is not None:
        trainer.start_from(teacher)
    if bits is not None:
        trainer.give_bits(bits)
    seconds: list[float] = []
    while not trainer.finished:
        started = time.process_time()
        trainer.run_epoch()
        seconds.append(time.process_time() - started)
    summary, arrays = summarize(trainer, seconds)
    in_degree = arrays["in_degree"]
    trial: Trial = {name: round(value, _DIGITS) for name, value in measures(vars(summary), arrays).items()}
    trial |= {
        "average_bits": round(summary.average_bits, _DIGITS),
        "full_bits": round(summary.full_bits_per_value, _DIGITS),
        "fp32_test_score": trainer.fp32_test_score,
        "epoch": summary.best_epoch,
        "bits_with_in_degree": {
            str(layer): _rank_correlation(arrays[f"layer{layer}/bits"], in_degree) for layer in quantized_layers(arrays)
        },
    }
    return trial, {name: values.clone() for name, values in node_bits(trainer.model).items()}


def _rank_correlation(bits: Any, in_degree: Any) -> float | None:
    if bits.min() == bits.max() or in_degree.min() == in_degree.max():
        return None
    return round(float(spearmanr(bits, in_degree)[0]), 3)


@lru_cache(maxsize=4)
def prepared(dataset_json: str) -> Any:
    """A dataset's graph, by its settings as JSON."""
    return prepare(load(DatasetConfig.model_validate_json(dataset_json)).data)
