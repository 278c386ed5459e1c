"""The process that lays out one graph. ``python -m a2q.layouts.worker KEY``"""

import os
import sys
from pathlib import Path

import numpy as np

from a2q.layouts.force import force_layout
from a2q.layouts.layout_cache import LayoutFiles

NICENESS = 10


def main(key: str) -> int:
    """Compute the layout whose edges were left under this key; returns the process's exit code."""
    files = LayoutFiles(key)

    def say(share: float) -> None:
        _write(files.progress, f"{share:.3f}".encode())

    try:
        with np.load(files.edges, allow_pickle=False) as given:
            edges, num_nodes = given["edges"], int(given["num_nodes"])
        coordinates = force_layout(edges, num_nodes, say)
    except MemoryError:
        return _fail(files, "The machine ran out of memory while it laid out the graph.")
    except Exception as error:
        return _fail(files, f"The graph could not be laid out ({type(error).__name__}: {error}).")
    draft = files.result.with_suffix(f".{os.getpid()}.npy")
    np.save(draft, coordinates, allow_pickle=False)
    draft.replace(files.result)
    for left in (files.edges, files.progress):
        left.unlink(missing_ok=True)
    return 0


def _fail(files: LayoutFiles, reason: str) -> int:
    _write(files.failure, reason.encode())
    return 1


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, since a page may be reading."""
    draft = path.with_suffix(f"{path.suffix}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        # Pages stay quick while a graph is laid out.
        os.nice(NICENESS)
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m a2q.layouts.worker KEY")
    sys.exit(main(sys.argv[1]))
