"""One result to be made in the background: asked for, looked at and cancelled by whoever waits for it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import psutil
from filelock import FileLock

from a2q.jobs.start_time import TOLERANCE, start_time

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class JobState:
    """How far a job is.

    Attributes:
        done: whether its result is there.
        progress: share done, from 0 to 1; None while nobody works on it.
        stage: what is being done, a sentence.
        reason: a sentence where it could not be done.
        kind: name of the error's class then, "" where no error was caught.
    """

    done: bool = False
    progress: float | None = None
    stage: str = ""
    reason: str = ""
    kind: str = ""


class Job:
    """A result file, and the process that makes it: ``python -m MODULE ARGUMENT``.

    Files of the same name beside the result tell of the work: ``.progress`` and, after a failure, ``.failed``.

    Attributes:
        result: the file to make; it is there as a whole or not at all.
        module, argument: what the process is started with; its :func:`a2q.jobs.run` gets a job of the same result.
        who: the process in a sentence, such as "The process that lays out the graph".
        progress, failure: these files.
    """

    def __init__(self, result: Path, module: str, argument: str, who: str) -> None:
        self.result, self.module, self.argument, self.who = result, module, argument, who
        self.progress, self.failure = result.with_suffix(".progress"), result.with_suffix(".failed")

    def state(self) -> JobState:
        """How far it is; starts nothing."""
        if self.result.exists():
            return JobState(done=True)
        failure, progress = read_facts(self.failure), read_facts(self.progress)
        if failure is not None:
            return JobState(reason=str(failure.get("reason", "")), kind=str(failure.get("kind", "")))
        if progress is None:
            return JobState()
        if self._process(progress) is None:
            # It may have finished between the two looks.
            return JobState(done=True) if self.result.exists() else JobState(reason=self._died)
        return JobState(progress=float(str(progress.get("share", 0.0))), stage=str(progress.get("stage", "")))

    def request(self, again: bool = False, before: Callable[[], object] | None = None) -> None:
        """Have the result made by a process of its own, unless one is at work or has been.

        Args:
            again: also where it is there, or could not be made.
            before: leaves what the process reads; called only if one is started.
        """
        self.result.parent.mkdir(parents=True, exist_ok=True)
        with self._lock():
            now = self.state()
            if now.progress is not None or ((now.done or now.reason) and not again):
                return
            for left in (self.result, self.failure, self.progress):
                left.unlink(missing_ok=True)
            try:
                if before is not None:
                    before()
                pid = start(self)
            except OSError as error:
                self.fail(f"{self.who} could not be started ({error}).", type(error).__name__)
                return
            now = self.state()
            if not now.done and not now.reason:
                self.say(0.0, "Starting", pid)

    def cancel(self) -> None:
        """End the process that is at work; what it had begun is removed by itself."""
        self.result.parent.mkdir(parents=True, exist_ok=True)
        with self._lock():
            process = self._process(read_facts(self.progress) or {})
            if process is not None:
                process.terminate()
            self.progress.unlink(missing_ok=True)

    def say(self, share: float, stage: str, pid: int | None = None) -> None:
        """Note how far the work is, by the process that does it."""
        number = pid or os.getpid()
        try:
            started = start_time(psutil.Process(number))
        except psutil.NoSuchProcess:
            # It has ended already; its own last word tells how.
            started = 0.0
        _write_facts(self.progress, pid=number, started=started, share=share, stage=stage)

    def fail(self, reason: str, kind: str = "") -> None:
        """Note why the result cannot be made, a sentence."""
        _write_facts(self.failure, reason=reason, kind=kind)

    def leave(self) -> None:
        """Take the calling process's progress away; that of a process that follows it stays."""
        if (read_facts(self.progress) or {}).get("pid") == os.getpid():
            self.progress.unlink(missing_ok=True)

    @property
    def _died(self) -> str:
        return f"{self.who} ended before it was done: try again, with more memory to spare."

    def _lock(self) -> FileLock:
        return FileLock(self.result.with_suffix(".lock"))

    def _process(self, progress: dict[str, object]) -> psutil.Process | None:
        """The process at work, or None where it has ended and another may have its number."""
        try:
            process = psutil.Process(int(str(progress["pid"])))
            ours = abs(start_time(process) - float(str(progress["started"]))) < TOLERANCE
            return process if ours and process.status() != psutil.STATUS_ZOMBIE else None
        except (psutil.Error, ValueError, KeyError):
            return None


def process_environment() -> dict[str, str]:
    """Environment of a Python process that works in the background: the same code, one OpenMP thread."""
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}


def start(job: Job) -> int:
    """Start the process of a job in a session of its own and return its number.

    Raises:
        OSError: it cannot be started.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", job.module, job.argument],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=process_environment(),
    )
    # Waiting in the background leaves no zombie behind while this process lives.
    threading.Thread(target=process.wait, name=f"job-{process.pid}", daemon=True).start()
    return process.pid


def write_whole(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, since a page may be reading."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as draft:
        try:
            draft.write(content)
            draft.close()
            Path(draft.name).replace(file)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise


def read_facts(file: Path) -> dict[str, object] | None:
    """What was noted in a file; None where there is none or it cannot be read."""
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None


def _write_facts(file: Path, **facts: object) -> None:
    write_whole(file, json.dumps(facts).encode())
