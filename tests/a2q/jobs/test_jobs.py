"""A job from its request to its result, with processes that do next to nothing."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from a2q.jobs import Job, JobState, Say, job, run, write_whole

_MAKES = """
import os
import time
from pathlib import Path
from a2q.jobs import Job, as_process, run

def main(result):
    def work(say):
        say(0.5, "Half")
        if os.environ.get("JOB_WAITS"):
            while not Path(os.environ["JOB_WAITS"]).exists():
                time.sleep(0.01)
        return b"made"
    return run(Job(Path(result), "made_job", result, "The process that makes it"), work, "It could not be made")

if __name__ == "__main__":
    as_process(main, "made_job")
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job whose module lies in the test's own folder."""
    (tmp_path / "made_job.py").write_text(_MAKES)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    result = tmp_path / "kept" / "result.bin"
    return Job(result, "made_job", str(result), "The process that makes it")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Jobs for which a process would have been started; this one stands for it."""
    jobs: list[Job] = []

    def start(asked: Job) -> int:
        jobs.append(asked)
        return os.getpid()

    monkeypatch.setattr(job, "start", start)
    return jobs


def until(asked: Job, ends: bool = True) -> JobState:
    """Wait until the process has ended, or has said something; only a bound on hanging."""
    end = time.monotonic() + 280
    while time.monotonic() < end:
        now = asked.state()
        if (now.progress is None) if ends else (now.stage == "Half"):
            return now
        time.sleep(0.02)
    raise AssertionError(f"still {asked.state()}")


def test_one_process_however_many_ask(asked: Job, started: list[Job]) -> None:
    left: list[int] = []
    for _ in range(3):
        asked.request(before=lambda: left.append(1))
        asked.request(again=True)
    assert len(started) == len(left) == 1
    assert asked.state() == JobState(progress=0.0, stage="Starting")


@pytest.mark.timeout(300)
def test_a_process_is_cancelled_and_another_makes_the_result_whole(
    asked: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked.state() == JobState()
    monkeypatch.setenv("JOB_WAITS", str(tmp_path / "go"))
    asked.request()
    assert until(asked, ends=False).progress == 0.5
    asked.cancel()
    assert asked.state() == JobState()
    (tmp_path / "go").touch()
    asked.request()
    asked.request()
    assert until(asked) == JobState(done=True)
    assert asked.result.read_bytes() == b"made"
    assert {path.suffix for path in asked.result.parent.iterdir()} <= {".bin", ".lock"}


def test_a_cancelled_job_without_a_process(asked: Job) -> None:
    asked.cancel()
    assert asked.state() == JobState()


def test_only_a_process_that_works_is_ended(asked: Job) -> None:
    at_work = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    asked.say(0.25, "Downloading", at_work.pid)
    assert asked.state() == JobState(progress=0.25, stage="Downloading")
    # A process that began at another time is another one of the same number.
    told = json.loads(asked.progress.read_text())
    asked.progress.write_text(json.dumps(told | {"started": told["started"] - 100}))
    assert "ended before it was done" in asked.state().reason
    asked.cancel()
    assert at_work.poll() is None
    asked.say(0.25, "Downloading", at_work.pid)
    asked.cancel()
    assert at_work.wait(90) != 0


def test_a_process_that_died_is_told_and_may_be_tried_again(asked: Job, started: list[Job]) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    asked.say(0.5, "Counting", ended.pid)
    assert asked.state().reason == (
        "The process that makes it ended before it was done: try again, with more memory to spare."
    )
    asked.request()
    assert not started
    asked.request(again=True)
    assert started == [asked]


def test_a_process_that_cannot_be_started_is_told(asked: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    asked.request()
    assert asked.state().reason.startswith("The process that makes it could not be started (")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "The machine ran out of memory; choose a smaller graph."),
        (KeyError("x"), "It could not be made (KeyError: 'x')."),
        (ValueError("Plain words."), "Plain words."),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_may_be_tried_again(
    asked: Job, started: list[Job], error: Exception, sentence: str
) -> None:
    def work(say: Say) -> bytes:
        say(0.5, "Half")
        raise error

    assert run(asked, work, "It could not be made", ValueError) == 1
    assert asked.state() == JobState(reason=sentence, kind=type(error).__name__)
    assert not asked.progress.exists()
    asked.request()
    assert not started
    asked.request(again=True)
    assert asked.state() == JobState(progress=0.0, stage="Starting")
    assert run(asked, lambda _: b"made", "It could not be made") == 0
    assert asked.state() == JobState(done=True)


def test_who_is_told_to_end_leaves_no_failure(asked: Job) -> None:
    def work(say: Say) -> bytes:
        say(0.5, "Half")
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        run(asked, work, "It could not be made")
    assert asked.state() == JobState()


def test_the_progress_of_another_process_stays(asked: Job) -> None:
    asked.say(0.5, "Half", os.getppid())
    asked.leave()
    assert json.loads(asked.progress.read_text())["pid"] == os.getppid()


@pytest.mark.parametrize("content", ["", "[1]", "0.5", '{"pid": "x"}'])
def test_what_cannot_be_read_is_no_process(asked: Job, content: str) -> None:
    asked.result.parent.mkdir()
    asked.progress.write_text(content)
    assert asked.state().progress is None


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "folder" / "file"
    write_whole(file, b"one")
    write_whole(file, b"two")
    assert file.read_bytes() == b"two"

    def broken(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="no space"):
        write_whole(file, b"three")
    assert [path.name for path in file.parent.iterdir()] == ["file"]
    assert file.read_bytes() == b"two"


@pytest.mark.skipif(not psutil.LINUX, reason="elsewhere processes keep the time of day they started at")
@pytest.mark.parametrize("seconds", [-3600.0, 3.0, 3600.0])
def test_a_clock_that_is_set_ends_no_work(asked: Job, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    asked.say(0.5, "Half", os.getppid())
    booted = psutil.boot_time()
    # Linux reckons when a process started from the time of day and how long the machine runs.
    monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: booted + seconds)
    assert asked.state() == JobState(progress=0.5, stage="Half")
