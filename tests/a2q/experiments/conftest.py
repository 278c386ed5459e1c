"""A store of the test's own, small runs, and ways to do them: in this process, or in forked ones."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from a2q.datasets import DatasetConfig
from a2q.experiments.launch import local
from a2q.experiments.presets import preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.experiments.store import Run, RunStore, State

ROOT = Path(__file__).parents[3]

# How long what is awaited may take; a bound on hanging, below the one of a whole test, for machines that are busy.
WAIT_SECONDS = 240.0

Small = Callable[..., RunConfig]
Wait = Callable[..., Any]


@pytest.fixture
def small() -> Small:
    """Build settings for a graph of 80 nodes, ``small("training.epochs=5", preset_name="fp32")``.

    Without the warm start, which takes as long as the run itself, and some runs here are to be long.
    """
    quick = ["training.warm_start=false", "training.distillation=0", "training.epochs=6"]

    def make(*settings: str, preset_name: str = "a2q") -> RunConfig:
        dataset = DatasetConfig(name="generated-citations", nodes=80)
        return change(preset(preset_name, dataset), [*quick, *settings])

    return make


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    """An empty store; no worker that was started through it outlives the test."""
    for name in ("A2Q_SCHEDULER", "A2Q_DATABASE_URL", "A2Q_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    with RunStore() as opened:
        yield opened
        for run in opened.list(1_000):
            if run.process is not None and run.process.is_here and run.process.pid != os.getpid():
                with contextlib.suppress(psutil.NoSuchProcess):
                    if run.process.is_alive:
                        psutil.Process(run.process.pid).kill()


@pytest.fixture
def wait() -> Wait:
    """Wait until a condition holds and return what it returned; only a bound on hanging, not a measurement."""

    def until(condition: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
        end = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < end, f"nothing after {seconds} seconds"
            time.sleep(0.05)
        return found

    return until


@pytest.fixture
def keep_handlers() -> Iterator[None]:
    """A worker that is run in this process sets a signal handler."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def server() -> Iterator[subprocess.Popen[str]]:
    """The process that forks workers."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    script = Path(__file__).with_name("fork_server.py")
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=pipe, stdout=pipe, text=True, env=environment
    ) as process:
        yield process
        assert process.stdin
        process.stdin.close()


@pytest.fixture(scope="session")
def ask(server: subprocess.Popen[str]) -> Callable[..., int]:
    """Ask for a new process; returns its id."""

    def request(**given: Any) -> int:
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps({"stuck": False, "offline": False} | given) + "\n")
        server.stdin.flush()
        return int(server.stdout.readline())

    return request


class _Forked:
    """What the launcher needs of a Popen."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def wait(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(self.pid).wait()


@pytest.fixture
def forks(ask: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Make the launcher fork its workers instead of starting Python anew; its fields say how they behave."""
    behave = SimpleNamespace(stuck=False, offline=False)

    def fork(command: list[str], *, stdout: Any, env: dict[str, str], **_: Any) -> _Forked:
        assert command[:3] == [sys.executable, "-m", "a2q.experiments.worker"]
        return _Forked(ask(run=command[3], env=env, log=stdout.name, **vars(behave)))

    monkeypatch.setattr(local, "subprocess", SimpleNamespace(Popen=fork, DEVNULL=subprocess.DEVNULL))
    return behave


@pytest.fixture
def training(store: RunStore, wait: Wait) -> Callable[[str], Run]:
    """Wait until a run has a history."""

    def trains(run_id: str) -> Run:
        wait(lambda: store.epochs(run_id) or not store.get(run_id).is_active)
        run = store.get(run_id)
        assert run.state == State.RUNNING, run.reason + run.log
        return run

    return trains


@pytest.fixture
def ended(store: RunStore, wait: Wait) -> Callable[[str], Run]:
    """Wait until a run has ended."""

    def ends(run_id: str) -> Run:
        wait(lambda: not store.get(run_id).is_active)
        return store.get(run_id)

    return ends
