"""A run store that another program holds locked."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from a2q.experiments.store import State
from injected.hung import a2q, training
from injected.runs import ROOT, config, home
from injected.trial import Trials

SHORT_SECONDS = 3.0
LONG_SECONDS = 45.0
"""Longer than SQLite waits for a lock by itself."""
_WRITES = (["note", "RUN", "SOMETHING"], ["tag", "RUN", "SOMETHING"], ["delete", "ANOTHER"])


def locked(folder: Path) -> list[Trials]:
    """Commands that write while the store is locked: for some seconds, and until they have given up."""
    waited = Trials(f"run store locked by another program for {SHORT_SECONDS:g} s", "commands wait and end well")
    given_up = Trials("run store locked for longer than commands wait (30 s)", "told as such, exit code 1")
    with home(folder / "locked") as store:
        for trials, seconds in ((given_up, None), (waited, SHORT_SECONDS)):
            runs = [store.cancel(store.submit(config(0)).id).id for _ in range(2)]
            said = {"RUN": runs[0], "ANOTHER": runs[1], "SOMETHING": f"{seconds}"}
            with sqlite3.connect(folder / "locked" / "runs.sqlite", isolation_level=None) as holder:
                holder.execute("BEGIN IMMEDIATE")
                commands = [_begun([said.get(word, word) for word in words]) for words in _WRITES]
                if seconds is not None:
                    time.sleep(seconds)
                    holder.execute("COMMIT")
                ended = [(command.communicate()[1], command.returncode) for command in commands]
                if seconds is None:
                    holder.execute("COMMIT")
            holder.close()
            for told, code in ended:
                right = code == 0 if seconds is not None else code == 1 and "locked by another program" in told
                trials.ended["right" if right else f"exit code {code}: {told.strip()[:80] or 'not a word'}"] += 1
    return [waited, given_up]


def trained_through(folder: Path) -> Trials:
    """The store is locked for longer than SQLite waits by itself, while a run trains."""
    trials = Trials(f"run store locked for {LONG_SECONDS:g} s while a run trains", "goes on")
    with home(folder / "locked-training") as store:
        run_id = training(store)
        with closing(sqlite3.connect(folder / "locked-training" / "runs.sqlite", isolation_level=None)) as holder:
            holder.execute("PRAGMA busy_timeout = 60000")
            holder.execute("BEGIN EXCLUSIVE")
            time.sleep(LONG_SECONDS)
            holder.execute("ROLLBACK")
        before, end = len(store.epochs(run_id)), time.monotonic() + 60
        while len(store.epochs(run_id)) == before and store.get(run_id).is_active and time.monotonic() < end:
            time.sleep(0.2)
        run = store.get(run_id)
        goes_on = len(store.epochs(run_id)) > before or run.state == State.FINISHED
        trials.ended["right" if goes_on else f"{run.state}: {run.reason}"] += 1
        a2q("cancel", run_id)
    return trials


def _begun(words: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "a2q", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
