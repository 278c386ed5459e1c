"""Faults put into runs on purpose: hung workers, a locked store, damaged checkpoints, graphs that are gone.

    python benchmarks/faults_of_runs.py

prints a row of a table for each: what was done, how often, how often it ended as it should, and how else. Each is tried
in a home of its own; about four minutes. The same seed does the same faults.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from a2q.datasets import DatasetConfig
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.import_store import folder as graphs_folder
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload
from a2q.experiments import worker
from a2q.experiments.launch import dispatch
from a2q.experiments.presets import preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.experiments.store import RunStore, State
from a2q.experiments.store.history import CHECKPOINT

ROOT = Path(__file__).resolve().parents[1]
STOPPED, STOPPED_IN_A_WRITE, DAMAGED = 3, 2, 12
LOCKED_SECONDS = 45.0
"""Longer than SQLite waits for a lock by itself."""
MOST_CANCEL_SECONDS = 60.0

Ended = Counter[str]


def main() -> None:
    """Try every fault and print how it ended."""
    print("| fault | tried | as it should end | otherwise |\n|---|---|---|---|")
    chance = random.Random(0)
    for fault, right, trial in (
        ("worker stopped (SIGSTOP) while it trains, run cancelled", "cancelled, worker gone", stopped),
        ("worker stopped in the middle of a write, run cancelled", "cancelled, worker gone", stopped_in_a_write),
        (f"run store locked for {LOCKED_SECONDS:g} s while a run trains", "goes on", locked),
        ("checkpoint with bytes changed or cut off, run resumed, then started over", "told, then finished", damaged),
        ("own graph's folder removed while its run waits", "failed with the reason, place free, deleted", graph_gone),
    ):
        with tempfile.TemporaryDirectory(prefix="a2q-faults-") as folder:
            ended = trial(Path(folder), chance)
        others = ", ".join(f"{count} {words}" for words, count in ended.most_common() if words != "right")
        print(f"| {fault} | {ended.total()} | {right}: {ended['right']} | {others or 'none'} |", flush=True)


def stopped(folder: Path, chance: random.Random) -> Ended:
    """SIGSTOP at a random moment, then ``a2q cancel``."""
    return _cancelled(folder, STOPPED, lambda _file, pid: _stop_at(pid, chance.uniform(0.0, 1.0)))


def stopped_in_a_write(folder: Path, chance: random.Random) -> Ended:
    """SIGSTOP again and again until the store is locked, then ``a2q cancel``."""

    def stop(file: Path, pid: int) -> None:
        while not _is_locked(file):
            os.kill(pid, signal.SIGCONT)
            _stop_at(pid, chance.uniform(0.0, 0.05))

    return _cancelled(folder, STOPPED_IN_A_WRITE, stop)


def locked(folder: Path, _chance: random.Random) -> Ended:
    """Another program locks the store for longer than SQLite waits; then the run must still train."""
    with _home(folder) as store:
        run_id = _training(store)
        with closing(sqlite3.connect(folder / "runs.sqlite", isolation_level=None, timeout=60)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            time.sleep(LOCKED_SECONDS)
            holder.execute("ROLLBACK")
        before, end = len(store.epochs(run_id)), time.monotonic() + 60
        while len(store.epochs(run_id)) == before and store.get(run_id).is_active and time.monotonic() < end:
            time.sleep(0.2)
        run = store.get(run_id)
        right = len(store.epochs(run_id)) > before or run.state == State.FINISHED
        _a2q("cancel", run_id)
        return Counter(["right" if right else f"{run.state}: {run.reason}"])


def damaged(folder: Path, chance: random.Random) -> Ended:
    """Bytes of a checkpoint are changed, or its end is cut off; the run is resumed, then started over."""
    ended: Ended = Counter()
    with _home(folder) as store:
        whole = store.submit(_config(epochs=5)).id
        worker.main(whole)
        checkpoint = store.payload(whole, CHECKPOINT)
        assert checkpoint is not None
        for number in range(DAMAGED):
            run_id = store.submit(_config(epochs=5, seed=number)).id
            store.put_payloads(run_id, {CHECKPOINT: _spoilt(checkpoint, chance)})
            worker.main(run_id)
            told = store.get(run_id).reason
            if "is damaged. Start the run over" not in told:
                ended[f"{store.get(run_id).state}: {told[:80]}"] += 1
                continue
            store.requeue(run_id, start_over=True)
            worker.main(run_id)
            state = store.get(run_id).state
            ended["right" if state == State.FINISHED else f"{state} after it was started over"] += 1
    return ended


def graph_gone(folder: Path, _chance: random.Random) -> Ended:
    """The folder of an imported graph is removed while a run on it waits for its worker."""
    with _home(folder) as store:
        edges = folder / "ring.csv"
        edges.write_text("source,target\n" + "\n".join(f"{node},{(node + 1) % 60}" for node in range(60)))
        made = import_graph(Files(Upload.of(edges)), ImportConfig(stand_in_labels=True))
        run_id = store.submit(preset("fp32", DatasetConfig(name=made.card.name))).id
        shutil.rmtree(graphs_folder() / made.card.name)
        dispatch(store)
        _wait(lambda: not store.get(run_id).is_active)
        run = store.get(run_id)
        if run.state != State.FAILED or "import its files again" not in run.reason:
            return Counter([f"{run.state}: {run.reason}"])
        deleted = _a2q("delete", run_id)
        return Counter(["right" if deleted.returncode == 0 else deleted.stderr.strip()])


def _cancelled(folder: Path, times: int, stop: Callable[[Path, int], None]) -> Ended:
    ended: Ended = Counter()
    for number in range(times):
        with _home(folder / f"{number}") as store:
            run_id = _training(store)
            process = store.get(run_id).process
            assert process is not None
            stop(folder / f"{number}" / "runs.sqlite", process.pid)
            begun = time.monotonic()
            told = _a2q("cancel", run_id)
            seconds = time.monotonic() - begun
            state, end = store.get(run_id).state, time.monotonic() + MOST_CANCEL_SECONDS
            while process.is_alive and time.monotonic() < end:
                # It has told of its end and looks whether another run waits.
                time.sleep(0.1)
            if state != State.CANCELLED or process.is_alive:
                ended[f"{state}: {told.stderr.strip()[:80]}"] += 1
            else:
                ended["right" if seconds < MOST_CANCEL_SECONDS else f"after {seconds:.0f} s"] += 1
            process.kill()
    return ended


@contextmanager
def _home(folder: Path) -> Iterator[RunStore]:
    os.environ |= {"A2Q_HOME": str(folder), "OMP_NUM_THREADS": "1"}
    with RunStore() as store:
        yield store


def _config(epochs: int, seed: int = 0) -> RunConfig:
    base = preset("a2q", DatasetConfig(name="generated-citations", nodes=200))
    quick = ["training.warm_start=false", "training.distillation=0"]
    return change(base, [*quick, f"training.epochs={epochs}", f"seed={seed}"])


def _training(store: RunStore) -> str:
    run_id = store.submit(_config(epochs=10_000)).id
    dispatch(store)
    _wait(lambda: store.epochs(run_id) and store.payload(run_id, CHECKPOINT))
    return run_id


def _wait(condition: Callable[[], object]) -> None:
    while not condition():
        time.sleep(0.1)


def _a2q(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "a2q", *words], cwd=ROOT, capture_output=True, text=True)


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


def _spoilt(content: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.25:
        return content[: chance.randrange(len(content))]
    made = bytearray(content)
    # Its digest, at the end, is told of by tests: damage there alone may leave the checkpoint as it was.
    for _ in range(chance.randint(1, 3)):
        made[chance.randrange(len(content) - 43)] ^= chance.randint(1, 255)
    return bytes(made)


if __name__ == "__main__":
    main()
