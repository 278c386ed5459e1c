import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from a2q.datasets import DatasetConfig, DatasetError, load
from a2q.datasets.statistics import Standing, cancel, request, standing, worker
from a2q.datasets.statistics.background import job_of
from a2q.datasets.statistics.cache import cached, store
from a2q.datasets.statistics.compute import compute
from a2q.jobs import Job, job

_RING = DatasetConfig(name="ring", nodes=60)
_FAR = DatasetConfig(name="flickr")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sets that a process would have been started for, as JSON."""
    written: list[str] = []

    def start(asked: Job) -> int:
        assert asked.module == "a2q.datasets.statistics.worker"
        written.append(asked.argument)
        return os.getpid()

    monkeypatch.setattr(job, "start", start)
    return written


def _wait(config: DatasetConfig) -> list[Standing]:
    seen = [standing(config)]
    end = time.monotonic() + 300
    while seen[-1].progress is not None and time.monotonic() < end:
        time.sleep(0.02)
        now = standing(config)
        if now != seen[-1]:
            seen.append(now)
    return seen


@pytest.mark.timeout(300)
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


def test_what_is_damaged_is_measured_anew(cache_home: Path, started: list[str]) -> None:
    store(_RING, compute(load(_RING)))
    request(_RING)
    assert not started
    (file,) = (path for path in (cache_home / "statistics").iterdir() if path.suffix == ".json")
    file.write_text("{")
    assert standing(_RING) == Standing()
    request(_RING)
    assert started == [_RING.model_dump_json()]
    assert standing(_RING) == Standing(progress=0.0, stage="Starting")


def test_no_network_is_a_state_with_a_sentence(started: list[str]) -> None:
    assert worker.main(_FAR.model_dump_json()) == 1
    now = standing(_FAR)
    assert now.offline
    assert now.reason.startswith("Flickr is not on this machine")
    request(_FAR)
    assert not started


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "The machine ran out of memory; choose a smaller graph."),
        (KeyError("x"), "The set could not be measured (KeyError: 'x')."),
        (ValueError("Plain words."), "Plain words."),
        (DatasetError("Plain words."), "Plain words."),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_may_be_tried_again(
    error: Exception, sentence: str, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(worker, "measure", fail)
    assert worker.main(_RING.model_dump_json()) == 1
    assert standing(_RING) == Standing(reason=sentence)
    request(_RING)
    assert not started
    request(_RING, again=True)
    assert started == [_RING.model_dump_json()]


def test_a_process_is_cancelled_and_can_be_started_again() -> None:
    at_work = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    job_of(_RING).say(0.25, "Downloading", at_work.pid)
    assert standing(_RING) == Standing(progress=0.25, stage="Downloading")
    cancel(_RING)
    assert at_work.wait(90) != 0
    assert standing(_RING) == Standing()
