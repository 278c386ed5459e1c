import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch
from sqlalchemy.exc import OperationalError

from a2q.experiments.launch import cancel, dispatch, ending, release
from a2q.experiments.launch import reconcile as reconciling
from a2q.experiments.launch.reconcile import reconcile
from a2q.experiments.process import ProcessIdentity, identify, this_host
from a2q.experiments.store import RunError, RunStore, State
from a2q.experiments.store.history import CHECKPOINT
from a2q.faults import machine_fault

# Waits for a word, takes the lock of a writer, and says so.
_HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
sys.stdin.readline()
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(600)
"""


@dataclass(frozen=True)
class Writer:
    """A process that can be stopped in the middle of a write."""

    child: subprocess.Popen[str]
    identity: ProcessIdentity

    def stop_in_a_write(self) -> None:
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write("\n")
        self.child.stdin.flush()
        assert self.child.stdout.readline() == "held\n"
        os.kill(self.child.pid, signal.SIGSTOP)


@pytest.fixture
def writer(store: RunStore, cache_home: Path) -> Iterator[Writer]:
    """A process that has the store's file open."""
    command = [sys.executable, "-I", "-S", "-c", _HOLD, str(cache_home / "runs.sqlite")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        yield Writer(child, identify(child.pid))
        child.kill()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a lock and for a process that is told to end as short as can be."""
    monkeypatch.setattr(ending, "LOCK_SECONDS", 0.05)
    monkeypatch.setattr(ending, "TERM_SECONDS", 0.05)


@pytest.fixture
def working(store: RunStore, small) -> Callable[[ProcessIdentity], str]:
    """A running run of the given process."""

    def make(process: ProcessIdentity) -> str:
        run = store.submit(small())
        assert store.claim(run.id, process.host, 0)
        assert store.assign_process(run.id, process, heartbeat=1.0)
        return run.id

    return make


@pytest.mark.parametrize(("end", "state"), [(cancel, State.CANCELLED), (release, State.INTERRUPTED)])
def test_a_worker_stopped_in_the_middle_of_a_write_is_ended(
    store: RunStore, working, writer: Writer, impatient: None, end: Callable[[RunStore, str], object], state: State
) -> None:
    run_id = working(writer.identity)
    writer.stop_in_a_write()
    end(store, run_id)
    assert not writer.identity.is_alive
    reconcile(store)
    assert store.get(run_id).state == state
    assert store.taken_slots(this_host()) == set()


@pytest.mark.parametrize("end", [cancel, release])
def test_a_lock_of_somebody_else_is_told_soon_and_nobody_is_ended(
    store: RunStore, working, writer: Writer, impatient: None, end: Callable[[RunStore, str], object]
) -> None:
    run_id = working(ProcessIdentity("elsewhere", 1, 1.0))
    writer.stop_in_a_write()
    with pytest.raises(OperationalError) as caught:
        end(store, run_id)
    assert "was locked by another program" in (machine_fault(caught.value) or "")
    assert writer.identity.is_alive


def test_release_takes_the_run_and_ends_its_worker(store: RunStore, working, wait, impatient: None) -> None:
    with subprocess.Popen(["sleep", "600"]) as child:
        worker = identify(child.pid)
        run_id = working(worker)
        os.kill(child.pid, signal.SIGSTOP)
        assert release(store, run_id) == f"Its worker process {child.pid} has ended."
        assert child.wait() in (-signal.SIGTERM, -signal.SIGKILL)
    run = store.get(run_id)
    assert (run.state, run.is_resumable) == (State.INTERRUPTED, True)
    assert "resume the run" in run.reason
    assert store.taken_slots(this_host()) == set()
    with pytest.raises(RunError, match=f"Run {run_id} is not running; only a running run can be released"):
        release(store, run_id)


def test_a_worker_elsewhere_loses_its_run(store: RunStore, working) -> None:
    worker = ProcessIdentity("elsewhere", 1, 1.0)
    run_id = working(worker)
    assert "elsewhere ends as soon as it looks up" in release(store, run_id)
    assert not store.note(run_id, by=worker, progress=0.5)


def test_a_really_stopped_worker_goes_on_to_save_a_checkpoint_and_ends(
    store: RunStore, small, forks: SimpleNamespace, training, wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "TERMINATE_SECONDS", 0.0)
    # How long a checkpoint takes is the machine's.
    monkeypatch.setattr(reconciling, "KILL_SECONDS", 600.0)
    run_id = store.submit(small("training.epochs=10000")).id
    dispatch(store)
    worker = training(run_id).process
    assert worker is not None
    os.kill(worker.pid, signal.SIGSTOP)
    wait(lambda: psutil.Process(worker.pid).status() == psutil.STATUS_STOPPED)
    cancel(store, run_id)
    # Nothing but a look by somebody is needed.
    wait(lambda: reconcile(store) or not store.get(run_id).is_active)
    wait(lambda: not worker.is_alive)
    assert store.get(run_id).state == State.CANCELLED
    kept = store.payload(run_id, CHECKPOINT)
    assert kept is not None
    assert torch.load(io.BytesIO(kept), weights_only=True)["epoch"] == len(store.epochs(run_id))
