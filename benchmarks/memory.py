"""Peak memory of a short training on each dataset at hand, against what its card says beforehand.

`python benchmarks/memory.py` measures every dataset in a process of its own and prints a table; a dataset that is not
at hand is left out. "load" is a process that loads it for the first time; those that train find it loaded.
"""

import os
import subprocess
import sys
import tempfile

import psutil

from a2q.datasets import CATALOGUE, DatasetConfig, card, is_ready
from a2q.datasets.memory import first_load_memory, training_memory
from a2q.datasets.progress import no_progress
from a2q.experiments.presets import preset
from a2q.experiments.problem import problem
from a2q.experiments.settings import change
from a2q.reports.summary import peak_memory_mib
from a2q.training.trainer import Trainer

EPOCHS = 3
LARGEST_MIB = 8_000


def main(names: list[str]) -> None:
    """Measure the datasets of these names, all at hand by default."""
    print(f"{'dataset':<24}{'what':<6}{'peak MiB':>10}{'card MiB':>10}{'ratio':>7}")
    with tempfile.TemporaryDirectory() as home:
        for name in names or [name for name in CATALOGUE if is_ready(name)]:
            known, config = card(name), DatasetConfig(name=name)
            expected = {"load": first_load_memory(known)}
            for model in ("gin",) if known.graph_level else ("gcn", "gat"):
                expected[model] = training_memory(known, config, attention=model == "gat")
            for what, told in expected.items():
                if (told or 0) < LARGEST_MIB * 2**20:
                    _row(name, what, told, home)


def _row(name: str, what: str, told: float | None, home: str) -> None:
    done = subprocess.run(
        [sys.executable, __file__, "--one", name, what],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"A2Q_HOME": home},
    )
    peak, said = float(done.stdout), ["-", "-"]
    if told is not None:
        said = [f"{told / 2**20:.0f}", f"{told / 2**20 / peak:.2f}"]
    print(f"{name:<24}{what:<6}{peak:>10.0f}{said[0]:>10}{said[1]:>7}", flush=True)


def one(name: str, what: str) -> None:
    """Load a dataset or train a few epochs on it, and print the peak above what the libraries take, MiB."""
    # PyTorch Geometric is loaded before the start is measured, as it is in a worker.
    import torch_geometric.datasets  # noqa: F401

    before = psutil.Process().memory_info().rss / 2**20
    model = "gin" if what == "load" else what
    config = change(preset("a2q", DatasetConfig(name=name), model), [f"training.epochs={EPOCHS}"])  # type: ignore[arg-type]
    task = problem(config, no_progress).task
    if what != "load":
        trainer = Trainer(task, config)
        for _ in trainer.warm_up():
            pass
        while not trainer.finished:
            trainer.run_epoch()
    print((peak_memory_mib() or before) - before)


if __name__ == "__main__":
    one(*sys.argv[2:]) if sys.argv[1:2] == ["--one"] else main(sys.argv[1:])
