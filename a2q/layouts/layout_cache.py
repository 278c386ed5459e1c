"""A force-directed layout is computed once, by a process of its own, and kept for every run on the same graph."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from a2q.home import home

# A process that has not said anything for so long is taken for dead.
SILENCE_SECONDS = 120.0
# Counted up when the same edges come to be laid out in another way.
FORM = 2
_ROOT = Path(__file__).resolve().parents[2]
_DIED = "The layout's process ended before it was done."


@dataclass(frozen=True)
class Layout:
    """How far the layout of a graph is.

    Attributes:
        coordinates: float32 [num_nodes, 2]; None before the end.
        progress: share done, from 0 to 1; None while nobody works on it.
        reason: a sentence where it could not be computed.
    """

    coordinates: np.ndarray | None = None
    progress: float | None = None
    reason: str = ""


class LayoutFiles:
    """The files of one graph's layout under ``$A2Q_HOME/layouts``, named after its edges.

    Args:
        key: see :func:`layout_key`.
    """

    def __init__(self, key: str) -> None:
        folder = home() / "layouts"
        self.edges, self.result = folder / f"{key}.npz", folder / f"{key}.npy"
        self.progress, self.failure = folder / f"{key}.progress", folder / f"{key}.failed"


def layout_key(edges: np.ndarray, num_nodes: int) -> str:
    """Sixteen hexadecimal digits that belong to these edges, [2, num_edges], between this many nodes."""
    digest = hashlib.sha256(f"{FORM} {num_nodes} ".encode())
    digest.update(np.ascontiguousarray(edges, dtype=np.int32).tobytes())
    return digest.hexdigest()[:16]


def kept_layout(edges: np.ndarray, num_nodes: int) -> Layout:
    """The layout of a graph if it is there, else how far it is; computes nothing.

    Args:
        edges: source and target, [2, num_edges].
        num_nodes: number of nodes.

    Source: ours.
    """
    files = LayoutFiles(layout_key(edges, num_nodes))
    try:
        coordinates = np.load(files.result, allow_pickle=False)
        if coordinates.shape == (num_nodes, 2):
            return Layout(coordinates)
        return Layout(reason="The kept layout is of another graph.")
    except FileNotFoundError:
        pass
    except (OSError, ValueError, EOFError) as error:
        return Layout(reason=f"The kept layout cannot be read ({error}).")
    if files.failure.exists():
        return Layout(reason=files.failure.read_text(encoding="utf-8"))
    try:
        said, age = files.progress.read_text(encoding="utf-8"), time.time() - files.progress.stat().st_mtime
    except FileNotFoundError:
        return Layout()
    return Layout(progress=float(said or 0)) if age < SILENCE_SECONDS else Layout(reason=_DIED)


def request_layout(edges: np.ndarray, num_nodes: int, again: bool = False) -> None:
    """Have the layout computed by a process of its own, unless one is at work or has been.

    Args:
        edges: source and target, [2, num_edges].
        num_nodes: number of nodes.
        again: also after a failure.

    Source: ours.
    """
    key = layout_key(edges, num_nodes)
    files = LayoutFiles(key)
    files.edges.parent.mkdir(parents=True, exist_ok=True)
    if again:
        for left in (files.result, files.progress, files.failure):
            left.unlink(missing_ok=True)
    if files.result.exists() or files.failure.exists():
        return
    try:
        # Whoever creates this file starts the process; all others wait for it.
        with files.progress.open("x", encoding="utf-8") as file:
            file.write("0")
    except FileExistsError:
        return
    np.savez(files.edges, edges=edges.astype(np.int32), num_nodes=np.array(num_nodes))
    start(key)


def start(key: str) -> None:
    """Start ``python -m a2q.layouts.worker KEY`` in a session of its own."""
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "a2q.layouts.worker", key],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        )
    except OSError as error:
        files = LayoutFiles(key)
        files.failure.write_text(f"The layout's process could not be started ({error}).", encoding="utf-8")
        return
    # Waiting in the background leaves no zombie behind while this process lives.
    threading.Thread(target=process.wait, name=f"layout-{key}", daemon=True).start()
