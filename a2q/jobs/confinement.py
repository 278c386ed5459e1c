"""Work on files that nobody vouches for: in a process of its own, with limits of memory and time.

The process answers in lines of JSON, and leaves large results in files; nothing is pickled. It bounds itself where
its system can (Linux: `RLIMIT_DATA`; all but Windows: `RLIMIT_CPU`), which also holds when nobody waits for it any
more; whoever waits looks at its memory and at the clock too, on every system.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

import psutil

from a2q.jobs.job import process_environment
from a2q.jobs.process import Say

AT_ONCE = 2
"""Such processes of one process at a time; others wait for their turn."""
_LOOK_SECONDS = 0.2
_GRACE_SECONDS = 5.0
_LINE_BYTES = 32 << 20
_GIB = 2**30
_SHARE_OF_MEMORY = 0.75
# A system that counts little lets a bomb grow until somebody looks: where it can, the process bounds itself.
_BOUNDS_ITSELF = sys.platform == "linux"

_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Limits:
    """What a process may take.

    Attributes:
        memory: bytes of its own, the libraries' included.
        cpu: seconds of computing.
        wall: seconds until it has ended.
    """

    memory: int
    cpu: float
    wall: float


class ConfinedError(Exception):
    """The work cannot be done. The message is a sentence for the user.

    Attributes:
        kind: name of the error's class in the process; "" where a limit was met or the process died.
    """

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind


def confined(module: str, request: Mapping[str, Any], limits: Limits, what: str, cure: str, say: Say) -> Any:
    """Have ``python -m MODULE`` do some work, and return its answer. What ``say`` raises ends the process.

    Args:
        module: whose main is :func:`serve`.
        request: what to do, as JSON has it.
        limits: what it may take; of memory at most three quarters of the machine's.
        what: the files, in a sentence.
        cure: what to do where they take more, in a sentence.
        say: told how far the work is, and at least five times a second asked in this way whether anybody still waits.

    Raises:
        ConfinedError: a limit was met, the work refused the files, or the process died.
    """
    while not _turns.acquire(timeout=_LOOK_SECONDS):
        say(0.0, f"Waiting until one of {AT_ONCE} other files is read")
    limits = replace(limits, memory=min(limits.memory, int(_SHARE_OF_MEMORY * psutil.virtual_memory().total)))
    try:
        return _run(module, request, limits, _Sentences(what, cure, limits), say)
    finally:
        _turns.release()


def serve(work: Callable[[Any, Say], Any], expected: tuple[type[Exception], ...]) -> None:
    """Be the process of one request: read it, set its limits, do the work, and answer.

    Args:
        work: given the request and what to call with progress; returns JSON.
        expected: errors whose message is a sentence for the user already.
    """
    # Who is told to end cleans up behind itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a library prints is no answer.
    os.dup2(2, 1)
    with suppress(OSError):
        # Linux, short of memory, ends this one first, not the app that waits for it.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="utf-8")
    asked = json.loads(sys.stdin.readline())
    _bound(Limits(**asked["limits"]))

    def answer(**facts: Any) -> None:
        answers.write(json.dumps(facts) + "\n")
        answers.flush()

    try:
        answer(done=work(asked["request"], lambda share, sentence: answer(say=[share, sentence])))
    except expected as error:
        if _for_memory(error):
            answer(limit="memory")
        else:
            answer(refused=str(error), kind=type(error).__name__)
    except MemoryError:
        answer(limit="memory")
    except Exception as error:
        answer(failed=type(error).__name__)


def _bound(limits: Limits) -> None:
    try:
        import resource
    except ImportError:
        # Windows: whoever waits looks.
        return
    cpu = int(limits.cpu) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + int(_GRACE_SECONDS)))
    # No core is worth keeping of a file that is refused.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if _BOUNDS_ITSELF:
        # Not RLIMIT_AS: libraries reserve address space that they never use, and map their own code.
        resource.setrlimit(resource.RLIMIT_DATA, (limits.memory, limits.memory))


def _for_memory(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__
    return False


@dataclass(frozen=True)
class _Sentences:
    """What to tell of a process that did not answer."""

    what: str
    cure: str
    limits: Limits

    @property
    def memory(self) -> ConfinedError:
        """It would take more memory."""
        most = f"{self.limits.memory / _GIB:,.1f} GiB"
        return ConfinedError(f"{self.what} would take more than {most} of memory, the most for one file; {self.cure}.")

    @property
    def cpu(self) -> ConfinedError:
        """It would take more time of a processor."""
        most = f"{self.limits.cpu:,.0f} s"
        return ConfinedError(
            f"{self.what} would take more than {most} of computing, the most for one file; {self.cure}."
        )

    @property
    def wall(self) -> ConfinedError:
        """It would take longer."""
        most = f"{self.limits.wall:,.0f} s"
        return ConfinedError(f"{self.what} would take longer than {most}, the most for one file; {self.cure}.")

    @property
    def died(self) -> ConfinedError:
        """It ended without an answer."""
        return ConfinedError(
            f"The process that read {self.what} ended before it was done: the file is damaged, or this machine is "
            f"short of memory; {self.cure}."
        )

    def failed(self, kind: str) -> ConfinedError:
        """It met an error that nobody expected."""
        return ConfinedError(f"{self.what} cannot be read (an unexpected {kind}); {self.cure}.", kind)


def _run(module: str, request: Mapping[str, Any], limits: Limits, told: _Sentences, say: Say) -> Any:
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=process_environment() | {"OPENBLAS_NUM_THREADS": "1"},
        )
    except OSError as error:
        raise ConfinedError(f"The process that reads {told.what} could not be started ({error}).") from error
    assert process.stdin is not None and process.stdout is not None
    answers: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(process.stdout, answers), daemon=True).start()
    try:
        try:
            process.stdin.write(json.dumps({"limits": asdict(limits), "request": request}).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise told.died from None
        return _answer(process, answers, limits, told, say)
    finally:
        _end(process)
        with suppress(BrokenPipeError):
            process.stdin.close()


def _answer(
    process: "subprocess.Popen[bytes]", answers: "queue.Queue[bytes]", limits: Limits, told: _Sentences, say: Say
) -> Any:
    until = time.monotonic() + limits.wall
    watched = psutil.Process(process.pid)
    now = (0.0, "Starting")
    while True:
        if time.monotonic() > until:
            raise told.wall
        try:
            line = answers.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            _look(watched, limits, told)
            say(*now)
            continue
        if not line:
            raise _ended(process, told)
        try:
            facts = json.loads(line)
        except ValueError:
            raise told.died from None
        if "done" in facts:
            return facts["done"]
        if "refused" in facts:
            raise ConfinedError(str(facts["refused"]), str(facts["kind"]))
        if "limit" in facts:
            raise told.memory
        if "failed" in facts:
            raise told.failed(str(facts["failed"]))
        share, sentence = facts["say"]
        now = (float(share), str(sentence))
        say(*now)


def _look(watched: psutil.Process, limits: Limits, told: _Sentences) -> None:
    try:
        with watched.oneshot():
            memory, times = watched.memory_info().rss, watched.cpu_times()
    except psutil.Error:
        return
    if memory > limits.memory:
        raise told.memory
    if times.user + times.system > limits.cpu:
        raise told.cpu


def _ended(process: "subprocess.Popen[bytes]", told: _Sentences) -> ConfinedError:
    """Why a process closed its answers without one."""
    try:
        code = process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        return told.died
    if code == -getattr(signal, "SIGXCPU", 0):
        return told.cpu
    # By a system that is short of memory.
    return told.memory if code == -getattr(signal, "SIGKILL", 9) else told.died


def _listen(stream: IO[bytes], answers: "queue.Queue[bytes]") -> None:
    with stream:
        try:
            while line := stream.readline(_LINE_BYTES):
                answers.put(line)
        except ValueError:
            pass
    answers.put(b"")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
