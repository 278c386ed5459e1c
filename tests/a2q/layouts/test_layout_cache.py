import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from a2q.layouts import force_layout, kept_layout, request_layout, worker
from a2q.layouts import layout_cache as keeping
from a2q.layouts.layout_cache import SILENCE_SECONDS, LayoutFiles, layout_key

EDGES = np.array([[0, 1, 2, 3], [1, 2, 3, 0]])


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys for which a process would have been started."""
    keys: list[str] = []
    monkeypatch.setattr(keeping, "start", keys.append)
    return keys


def test_from_nothing_to_kept(started: list[str]) -> None:
    assert kept_layout(EDGES, 5) == keeping.Layout()
    request_layout(EDGES, 5)
    request_layout(EDGES, 5)
    assert started == [layout_key(EDGES, 5)], "one process, however many ask"
    assert kept_layout(EDGES, 5).progress == 0
    assert worker.main(started[0]) == 0
    np.testing.assert_array_equal(kept_layout(EDGES, 5).coordinates, force_layout(EDGES, 5))
    request_layout(EDGES, 5)
    assert len(started) == 1
    files = LayoutFiles(started[0])
    assert [path.name for path in files.result.parent.iterdir()] == [files.result.name], "no drafts are left"


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


def test_a_process_that_died_is_noticed(started: list[str]) -> None:
    request_layout(EDGES, 5)
    progress = LayoutFiles(started[0]).progress
    long_ago = time.time() - SILENCE_SECONDS - 1
    os.utime(progress, (long_ago, long_ago))
    assert "ended before it was done" in kept_layout(EDGES, 5).reason


def test_a_damaged_file_is_not_a_layout(started: list[str]) -> None:
    request_layout(EDGES, 5)
    worker.main(started[0])
    result = LayoutFiles(started[0]).result
    result.write_bytes(b"\x93NUMPY nonsense")
    assert "cannot be read" in kept_layout(EDGES, 5).reason
    np.save(result, np.zeros((3, 2)), allow_pickle=False)
    assert "another graph" in kept_layout(EDGES, 5).reason


def test_a_process_that_cannot_start_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    request_layout(EDGES, 5)
    assert "could not be started" in kept_layout(EDGES, 5).reason


def test_the_process_itself(started: list[str]) -> None:
    request_layout(EDGES, 5)
    done = subprocess.run([sys.executable, "-m", "a2q.layouts.worker", started[0]], cwd=Path(__file__).parents[3])
    assert done.returncode == 0
    assert kept_layout(EDGES, 5).coordinates is not None
