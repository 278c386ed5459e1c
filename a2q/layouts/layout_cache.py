"""A force-directed layout is computed once, by a background process, and kept for every run on the same graph."""

import hashlib
from dataclasses import dataclass

import numpy as np

from a2q.home import cache_file
from a2q.jobs import Job

# Counted up when the same edges come to be laid out in another way.
FORM = 2


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


class LayoutJob(Job):
    """The layout of one graph: ``$A2Q_HOME/layouts/KEY.npy``, named after its edges.

    Args:
        key: see :func:`layout_key`.

    Attributes:
        edges: the file that the process reads the graph from.
    """

    def __init__(self, key: str) -> None:
        result = cache_file("layouts", f"{key}.npy")
        super().__init__(result, "a2q.layouts.worker", key, "The process that lays out the graph")
        self.edges = result.with_suffix(".npz")


_DAMAGED = "The layout that was kept of this graph is damaged; lay it out again."


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
    """
    job = LayoutJob(layout_key(edges, num_nodes))
    now = job.state()
    if not now.done:
        return Layout(progress=now.progress, reason=now.reason)
    try:
        coordinates = np.load(job.result, allow_pickle=False)
        whole = coordinates.shape == (num_nodes, 2) and coordinates.dtype.kind == "f"
    except Exception:
        # NumPy raises whatever it comes across in damaged bytes: no common type.
        return Layout(reason=_DAMAGED)
    return Layout(coordinates) if whole and np.isfinite(coordinates).all() else Layout(reason=_DAMAGED)


def request_layout(edges: np.ndarray, num_nodes: int, again: bool = False) -> None:
    """Have the layout computed by a background process, unless one is at work or has been.

    Args:
        edges: source and target, [2, num_edges].
        num_nodes: number of nodes.
        again: also after a failure.
    """
    job = LayoutJob(layout_key(edges, num_nodes))
    job.request(again, lambda: np.savez(job.edges, edges=edges.astype(np.int32), num_nodes=np.array(num_nodes)))
