"""Freeze the import graph anew: ``python -m a2q.datasets.torch_imports``; under a minute of one core.

A later torch gives another graph: raise `TORCH_VERSION`, and the sizes on the dataset's card, with it.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from a2q.datasets.torch_imports.graph import import_graph
from a2q.datasets.torch_imports.loading import FROZEN, torch_imports
from a2q.datasets.torch_imports.version import TORCH_VERSION


def main() -> None:
    """Read the modules of the installed torch, write the file and say what is in it."""
    # "2.13.0+cpu" has the modules of "2.13.0".
    installed = version("torch").partition("+")[0]
    if installed != TORCH_VERSION:
        sys.exit(
            f"This is torch {installed}, and the frozen graph is of torch {TORCH_VERSION}: install that version, or "
            "change TORCH_VERSION in a2q/datasets/torch_imports/version.py and the sizes on the dataset's card."
        )
    freeze(Path(torch.__file__).parent, FROZEN)
    data = torch_imports()
    sys.stdout.write(
        f"{FROZEN.name}: {data.num_nodes:,} nodes, {data.num_edges:,} edges, {data.num_features:,} features, "
        f"{FROZEN.stat().st_size / 1024:.0f} KiB\n"
    )


def freeze(root: Path, file: Path) -> None:
    """Write the import graph of the package in folder `root` to `file` (.npz), the same bytes each time."""
    arrays = import_graph(root)
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(file, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
