"""Statistics computed once, by a process of its own: also the download or the build that has to come first."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock

from a2q.datasets.config import DatasetConfig
from a2q.datasets.statistics.cache import cached, file_of
from a2q.datasets.statistics.record import Statistics

_ROOT = Path(__file__).resolve().parents[3]
# How far the clocks of processes and files may differ.
_CLOCK_SECONDS = 2.0
_MODULE = "a2q.datasets.statistics.worker"
_DIED = "The process that measured the set ended before it was done: try again, with more memory to spare."


@dataclass(frozen=True)
class Standing:
    """How far the statistics of a set are. Source: ours.

    Args:
        statistics: the result; None before the end.
        progress: share done, from 0 to 1; None while nobody works on it.
        stage: what is being done, a sentence.
        reason: a sentence where it could not be done.
        offline: whether that is for want of a network alone.
    """

    statistics: Statistics | None = None
    progress: float | None = None
    stage: str = ""
    reason: str = ""
    offline: bool = False


class Files:
    """What lies beside the statistics of a set while they are computed, or after that failed. Source: ours."""

    def __init__(self, config: DatasetConfig) -> None:
        self.result = file_of(config)
        self.progress, self.failure = self.result.with_suffix(".progress"), self.result.with_suffix(".failed")
        self.lock = self.result.with_suffix(".lock")

    def write(self, file: Path, **facts: object) -> None:
        """Write facts whole or not at all, since a page may be reading."""
        draft = file.with_suffix(f"{file.suffix}.{os.getpid()}")
        draft.write_text(json.dumps(facts), encoding="utf-8")
        draft.replace(file)


def standing(config: DatasetConfig) -> Standing:
    """Return a set's statistics if they are there, else how far they are; computes nothing. Source: ours."""
    files = Files(config)
    found = cached(config)
    if found is not None:
        return Standing(found)
    failure, progress = _read(files.failure), _read(files.progress)
    if failure is not None:
        return Standing(reason=str(failure.get("reason", "")), offline=bool(failure.get("offline")))
    if progress is None:
        return Standing()
    if _process(files) is None:
        # It may have finished between the two looks.
        found = cached(config)
        return Standing(found) if found is not None else Standing(reason=_DIED)
    return Standing(progress=float(str(progress.get("share", 0.0))), stage=str(progress.get("stage", "")))


def request(config: DatasetConfig, again: bool = False) -> None:
    """Have the statistics computed by a process of its own, unless one is at work or has been.

    Args:
        config: the set.
        again: also after a failure.

    Source: ours.
    """
    files = Files(config)
    files.result.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(files.lock):
        now = standing(config)
        if now.statistics is not None or now.progress is not None or (now.reason and not again):
            return
        files.failure.unlink(missing_ok=True)
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", _MODULE, config.model_dump_json()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            )
        except OSError as error:
            files.write(files.failure, reason=f"The process that measures the set could not be started ({error}).")
            return
        files.write(files.progress, pid=process.pid, share=0.0, stage="Starting")
    # Waiting in the background leaves no zombie behind while this process lives.
    threading.Thread(target=process.wait, name="statistics", daemon=True).start()


def cancel(config: DatasetConfig) -> None:
    """End the process that is at work on a set; what it had begun to download or build is removed. Source: ours."""
    files = Files(config)
    with FileLock(files.lock):
        process = _process(files)
        if process is not None:
            process.terminate()
        files.progress.unlink(missing_ok=True)


def _process(files: Files) -> psutil.Process | None:
    """Return the process at work, or None where it has ended and another may have its number."""
    progress = _read(files.progress)
    try:
        process = psutil.Process(int(str((progress or {})["pid"])))
        # One that began after the last word of the one meant is another.
        ours = process.create_time() <= files.progress.stat().st_mtime + _CLOCK_SECONDS
        return process if ours and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, OSError, ValueError, KeyError):
        return None


def _read(file: Path) -> dict[str, object] | None:
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None
