import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from a2q.jobs import Job, job
from a2q.layouts import Layout, force_layout, kept_layout, request_layout, worker
from a2q.layouts.layout_cache import LayoutJob, layout_key

EDGES = np.array([[0, 1, 2, 3], [1, 2, 3, 0]])


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys for which a process would have been started."""
    keys: list[str] = []

    def start(asked: Job) -> int:
        keys.append(asked.argument)
        return os.getpid()

    monkeypatch.setattr(job, "start", start)
    return keys


def test_from_nothing_to_kept(started: list[str]) -> None:
    assert kept_layout(EDGES, 5) == Layout()
    request_layout(EDGES, 5)
    request_layout(EDGES, 5)
    assert started == [layout_key(EDGES, 5)], "one process, however many ask"
    assert kept_layout(EDGES, 5).progress == 0
    assert worker.main(started[0]) == 0
    np.testing.assert_array_equal(kept_layout(EDGES, 5).coordinates, force_layout(EDGES, 5))
    request_layout(EDGES, 5)
    assert len(started) == 1
    result = LayoutJob(started[0]).result
    left = {path.name for path in result.parent.iterdir()}
    assert left == {result.name, f"{started[0]}.lock"}, "neither drafts nor edges are left"


def test_other_edges_or_nodes_have_other_layouts() -> None:
    keys = {layout_key(EDGES, 5), layout_key(EDGES, 6), layout_key(EDGES[:, :3], 5), layout_key(EDGES[::-1], 5)}
    assert len(keys) == 4
    assert layout_key(EDGES.astype(np.int32), 5) == layout_key(EDGES.astype(np.int64), 5)


def test_a_failure_is_a_sentence_and_can_be_tried_again(started: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise ValueError("no room")

    request_layout(EDGES, 5)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "force_layout", failing)
        assert worker.main(started[0]) == 1
    assert kept_layout(EDGES, 5).reason == "The graph could not be laid out (ValueError: no room)."
    request_layout(EDGES, 5)
    assert len(started) == 1, "nobody asked again"
    request_layout(EDGES, 5, again=True)
    assert worker.main(started[1]) == 0
    assert kept_layout(EDGES, 5).coordinates is not None


def test_a_damaged_file_is_not_a_layout(started: list[str]) -> None:
    request_layout(EDGES, 5)
    worker.main(started[0])
    result = LayoutJob(started[0]).result
    content = result.read_bytes()
    told = "The layout that was kept of this graph is damaged; lay it out again."
    for damaged in (b"\x93NUMPY nonsense", b"", content[:-1], content.replace(b"(5, 2)", b"(5, 9)")):
        result.write_bytes(damaged)
        assert kept_layout(EDGES, 5).reason == told
    for other in (np.zeros((3, 2)), np.full((5, 2), np.inf), np.zeros((5, 2), dtype=complex)):
        np.save(result, other, allow_pickle=False)
        assert kept_layout(EDGES, 5).reason == told
    request_layout(EDGES, 5)
    assert len(started) == 1, "nobody asked again"
    request_layout(EDGES, 5, again=True)
    assert len(started) == 2


def test_the_process_itself(started: list[str]) -> None:
    request_layout(EDGES, 5)
    done = subprocess.run([sys.executable, "-m", "a2q.layouts.worker", started[0]], cwd=Path(__file__).parents[3])
    assert done.returncode == 0
    assert kept_layout(EDGES, 5).coordinates is not None
