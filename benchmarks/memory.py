"""Peak memory of a short training on each dataset at hand, against what its card says beforehand.

`python benchmarks/memory.py` measures every dataset in a process of its own and prints a table; a dataset that is not
at hand is left out.
"""

import subprocess
import sys

import psutil

from a2q.config.changes import change
from a2q.config.presets import preset
from a2q.reports.memory import peak_memory_mib
from a2q.runs.problem import problem
from a2q.training.trainer import Trainer
from data import CATALOGUE, DatasetConfig, card, is_ready
from data.memory import training_memory
from data.progress import unheard

EPOCHS = 3
LARGEST_MIB = 8_000


def main(names: list[str]) -> None:
    """Measure the datasets of these names, all at hand by default."""
    print(f"{'dataset':<24}{'model':<6}{'peak MiB':>10}{'card MiB':>10}{'ratio':>7}")
    for name in names or [name for name in CATALOGUE if is_ready(name)]:
        for model in ("gin",) if card(name).graph_level else ("gcn", "gat"):
            expected = training_memory(card(name), DatasetConfig(name=name), attention=model == "gat")
            if expected is not None and expected < LARGEST_MIB * 2**20:
                done = subprocess.run(
                    [sys.executable, __file__, "--one", name, model], capture_output=True, text=True, check=True
                )
                peak = float(done.stdout)
                told = expected / 2**20
                print(f"{name:<24}{model:<6}{peak:>10.0f}{told:>10.0f}{told / peak:>7.2f}", flush=True)


def one(name: str, model: str) -> None:
    """Train a few epochs and print the peak above what the libraries take, MiB."""
    # PyTorch Geometric is loaded before the start is measured, as it is in a worker.
    import torch_geometric.datasets  # noqa: F401

    before = psutil.Process().memory_info().rss / 2**20
    config = change(preset("a2q", DatasetConfig(name=name), model), [f"training.epochs={EPOCHS}"])  # type: ignore[arg-type]
    trainer = Trainer(problem(config, unheard).task, config)
    for _ in trainer.warm_up():
        pass
    while not trainer.finished:
        trainer.run_epoch()
    print((peak_memory_mib() or before) - before)


if __name__ == "__main__":
    one(*sys.argv[2:]) if sys.argv[1:2] == ["--one"] else main(sys.argv[1:])
