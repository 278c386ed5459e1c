"""Workers that are killed, and homes whose disk is full, while runs train."""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from a2q.experiments.launch.reconcile import reconcile
from a2q.experiments.store import RunStore
from injected.runs import alike, config, home, outcome, reach, start
from injected.trial import Trials

KILLED = 4
FULL = 2
_UNDISTURBED = "resumed, they end as undisturbed"


def undisturbed(folder: Path) -> dict[str, Any] | None:
    """What the run of these trials finds when nothing happens to it."""
    with home(folder / "undisturbed") as store:
        run_id = store.submit(config(0)).id
        start(run_id).wait()
        return outcome(store, run_id)


def killed(folder: Path, chance: random.Random, expected: dict[str, Any] | None) -> Trials:
    """SIGKILL at a random moment of training; then the run is resumed."""
    trials = Trials("worker killed (SIGKILL) at a random moment, run resumed", _UNDISTURBED)
    for number in range(KILLED):
        with home(folder / f"killed-{number}") as store:
            run_id = store.submit(config(0)).id
            worker = start(run_id)
            reach(store, run_id, chance.uniform(0.0, 0.95), worker)
            worker.kill()
            worker.wait()
            trials.ended[_resumed(store, run_id, expected)] += 1
    return trials


def full_disk(folder: Path, chance: random.Random, expected: dict[str, Any] | None) -> Trials:
    """A small file system that fills up while a run trains; then there is room again and the run is resumed."""
    trials = Trials("disk of `$A2Q_HOME` full while a run trains, then freed, run resumed", f"told, and {_UNDISTURBED}")
    for number in range(FULL):
        place = folder / f"full-{number}"
        with _small(place) as mounted:
            if not mounted:
                trials.untried = "it takes the right to mount a file system"
                return trials
            with home(place) as store:
                run_id = store.submit(config(0)).id
                worker = start(run_id)
                reach(store, run_id, chance.uniform(0.05, 0.6), worker)
                _fill(place / "filler")
                worker.wait()
                (place / "filler").unlink()
                reconcile(store)
                told = "is full" in store.get(run_id).reason
                ended = _resumed(store, run_id, expected)
                trials.ended[ended if told or ended != "right" else "resumed, but without the reason"] += 1
    return trials


def _resumed(store: RunStore, run_id: str, expected: dict[str, Any] | None) -> str:
    """How a run ends that is resumed after its worker has gone."""
    reconcile(store)
    if store.get(run_id).is_resumable:
        start(store.requeue(run_id).id).wait()
    found = outcome(store, run_id)
    if found is None:
        return f"{store.get(run_id).state}"
    return "right" if alike(found, expected) else "with another result"


@contextmanager
def _small(place: Path) -> Iterator[bool]:
    """A file system of 12 MiB there, where this user may mount one."""
    place.mkdir()
    asked = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)]
    mounted = os.geteuid() == 0 and subprocess.run(asked, stderr=subprocess.DEVNULL).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(place)], check=True)


def _fill(file: Path) -> None:
    """Write until nothing more fits."""
    with file.open("wb", buffering=0) as stream:
        for size in (2**20, 2**12, 1):
            try:
                while True:
                    stream.write(bytes(size))
            except OSError:
                continue
