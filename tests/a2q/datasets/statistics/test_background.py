import subprocess
import sys
import time
from pathlib import Path

import pytest

from a2q.datasets import DatasetConfig, load
from a2q.datasets.statistics import Standing, background, cancel, request, standing, worker
from a2q.datasets.statistics.background import Files
from a2q.datasets.statistics.cache import cached, store
from a2q.datasets.statistics.compute import compute

_RING = DatasetConfig(name="ring", nodes=60)
_FAR = DatasetConfig(name="flickr")


def _wait(config: DatasetConfig) -> list[Standing]:
    seen = [standing(config)]
    end = time.monotonic() + 300
    while seen[-1].progress is not None and time.monotonic() < end:
        time.sleep(0.02)
        now = standing(config)
        if now != seen[-1]:
            seen.append(now)
    return seen


def test_a_process_of_its_own_measures_once(cache_home: Path) -> None:
    assert standing(_RING) == Standing()
    request(_RING)
    request(_RING)
    seen = _wait(_RING)
    found = seen[-1].statistics
    assert found is not None
    assert found.model_copy(update={"seconds": 0.0}) == compute(load(_RING)).model_copy(update={"seconds": 0.0})
    assert all(0 <= now.progress <= 1 for now in seen if now.progress is not None)
    assert [path.suffix for path in (cache_home / "statistics").iterdir() if path.suffix != ".lock"] == [".json"]


def test_what_was_kept_is_read_and_what_is_damaged_is_not(cache_home: Path) -> None:
    found = compute(load(_RING))
    store(_RING, found)
    assert cached(_RING) == found
    assert standing(_RING) == Standing(found)
    assert cached(DatasetConfig(name="ring", nodes=61)) is None
    (file,) = (cache_home / "statistics").iterdir()
    file.write_text(file.read_text()[:-20])
    assert cached(_RING) is None


def test_no_network_is_a_state_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker.main(_FAR.model_dump_json()) == 1
    now = standing(_FAR)
    assert now.offline
    assert now.reason.startswith("Flickr is not on this machine")
    asked: list[object] = []
    monkeypatch.setattr(background.subprocess, "Popen", lambda *_, **__: asked.append(1))
    request(_FAR)
    assert not asked


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "The machine ran out of memory; choose a smaller graph."),
        (KeyError("x"), "The set could not be measured (KeyError: 'x')."),
        (ValueError("Plain words."), "Plain words."),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_may_be_tried_again(
    error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(worker, "measure", fail)
    assert worker.main(_RING.model_dump_json()) == 1
    assert standing(_RING) == Standing(reason=sentence)
    started: list[list[str]] = []

    class Started:
        pid = 1

        def __init__(self, command: list[str], **_: object) -> None:
            started.append(command)

        def wait(self) -> None: ...

    monkeypatch.setattr(background.subprocess, "Popen", Started)
    request(_RING)
    assert not started
    request(_RING, again=True)
    assert started[0][1:] == ["-m", "a2q.datasets.statistics.worker", _RING.model_dump_json()]
    assert not Files(_RING).failure.exists()


def test_a_process_that_died_is_told() -> None:
    files = Files(_RING)
    files.result.parent.mkdir(parents=True)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    files.write(files.progress, pid=ended.pid, share=0.5, stage="Counting")
    assert "ended before it was done" in standing(_RING).reason


def test_a_process_is_cancelled_and_can_be_started_again() -> None:
    files = Files(_RING)
    files.result.parent.mkdir(parents=True)
    at_work = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    files.write(files.progress, pid=at_work.pid, share=0.25, stage="Downloading")
    assert standing(_RING) == Standing(progress=0.25, stage="Downloading")
    cancel(_RING)
    assert at_work.wait(10) != 0
    assert standing(_RING) == Standing()


def test_a_process_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(background.subprocess, "Popen", refuse)
    request(_RING)
    assert standing(_RING).reason == "The process that measures the set could not be started (Cannot allocate memory)."
