"""Workers that are stopped and answer nobody, and runs that are cancelled all the same."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from a2q.experiments.launch import dispatch
from a2q.experiments.store import RunStore, State
from a2q.experiments.store.history import CHECKPOINT
from injected.runs import ROOT, config, home
from injected.trial import Trials

STOPPED, STOPPED_IN_A_WRITE = 3, 2
MOST_CANCEL_SECONDS = 60.0


def stopped(folder: Path, chance: random.Random) -> Trials:
    """SIGSTOP at a random moment, then ``a2q cancel``."""
    trials = Trials("worker stopped (SIGSTOP) while it trains, run cancelled", "cancelled, worker gone")
    for number in range(STOPPED):
        _cancelled(trials, folder / f"stopped-{number}", lambda _file, pid: _stop_at(pid, chance.uniform(0.0, 1.0)))
    return trials


def stopped_in_a_write(folder: Path, chance: random.Random) -> Trials:
    """SIGSTOP again and again until the store is locked, then ``a2q cancel``."""
    trials = Trials("worker stopped in the middle of a write, run cancelled", "cancelled, worker gone")

    def stop(file: Path, pid: int) -> None:
        while not _is_locked(file):
            os.kill(pid, signal.SIGCONT)
            _stop_at(pid, chance.uniform(0.0, 0.05))

    for number in range(STOPPED_IN_A_WRITE):
        _cancelled(trials, folder / f"write-{number}", stop)
    return trials


def training(store: RunStore) -> str:
    """The id of a run that trains and has a checkpoint, and would go on for minutes."""
    run_id = store.submit(config(0, epochs=10_000)).id
    dispatch(store)
    while not (store.epochs(run_id) and store.payload(run_id, CHECKPOINT)):
        time.sleep(0.1)
    return run_id


def a2q(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command."""
    return subprocess.run([sys.executable, "-m", "a2q", *words], cwd=ROOT, capture_output=True, text=True)


def _cancelled(trials: Trials, folder: Path, stop: Callable[[Path, int], None]) -> None:
    with home(folder) as store:
        run_id = training(store)
        process = store.get(run_id).process
        assert process is not None
        stop(folder / "runs.sqlite", process.pid)
        begun = time.monotonic()
        told = a2q("cancel", run_id)
        seconds = time.monotonic() - begun
        state, end = store.get(run_id).state, time.monotonic() + MOST_CANCEL_SECONDS
        while process.is_alive and time.monotonic() < end:
            # It has told of its end and looks whether another run waits.
            time.sleep(0.1)
        if state != State.CANCELLED or process.is_alive:
            trials.ended[f"{state}: {told.stderr.strip()[:80]}"] += 1
        else:
            trials.ended["right" if seconds < MOST_CANCEL_SECONDS else f"after {seconds:.0f} s"] += 1
        process.kill()


def _stop_at(pid: int, seconds: float) -> None:
    time.sleep(seconds)
    os.kill(pid, signal.SIGSTOP)


def _is_locked(file: Path) -> bool:
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
    return False
