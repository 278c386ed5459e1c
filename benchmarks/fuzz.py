"""Spoilt files of graphs and runs, by the hundred: each is read, or refused with a sentence; nothing else happens.

    python benchmarks/fuzz.py [--seconds 60] [--seed 0] [--only NUMBER] [--save FOLDER]

A fault is any exception but the importers' and the bundles' own, a crash, a file that takes longer than 30 s or more
than 512 MiB, and a sentence that is none or holds words of the implementation. It is printed with the seed and the
number that make the file again; the exit code is 1 then.
"""

import argparse
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from fuzzing.corpus import file_of

ROOT = Path(__file__).resolve().parents[1]
SECONDS_A_FILE = 30
BYTES_A_FILE = 512 << 20
BYTES_IN_ALL = 3 << 30
_START_SECONDS = 120
_MOST_FAULTS = 20


def main() -> int:
    """Fuzz until the time is over; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="the number of one file")
    parser.add_argument("--save", type=Path, help="folder for the files that have a fault")
    given = parser.parse_args()
    first, last = (0, 10**9) if given.only is None else (given.only, given.only + 1)
    counts: Counter[str] = Counter()
    faults: list[tuple[int, str]] = []
    peak, until = 0, time.monotonic() + given.seconds
    while first < last and len(faults) < _MOST_FAULTS:
        # A file of which the reader crashes ends the process: the next one goes on behind it.
        for facts in _process(given.seed, first, last, until - time.monotonic()):
            if "begun" in facts:
                first = facts["begun"]
            elif "number" in facts:
                counts[facts["outcome"]] += 1
                peak = max(peak, facts["peak"])
                if facts["fault"]:
                    faults.append((facts["number"], f"{facts['name']}: {facts['fault']}"))
            elif "died" in facts:
                counts["failed"] += 1
                faults.append((first, facts["died"]))
        first += 1
        if time.monotonic() > until:
            break
    for number, fault in faults:
        print(
            f"FAULT seed {given.seed}, file {number}: {fault}\n  python benchmarks/fuzz.py --seed {given.seed}", end=""
        )
        print(f" --only {number}")
        if given.save:
            _save(given.save, given.seed, number)
    told = ", ".join(f"{counts[outcome]:,} {outcome}" for outcome in ("read", "refused", "failed"))
    print(f"{counts.total():,} files (seed {given.seed}): {told}; {len(faults):,} faults; peak {peak >> 20:,} MiB.")
    return 1 if faults or not counts else 0


def _process(seed: int, first: int, last: int, seconds: float) -> Iterator[dict[str, Any]]:
    """What a process says that tries files from the number `first` on, and how it died if it did."""
    process = subprocess.Popen(
        [sys.executable, "-m", "fuzzing.attempts"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "benchmarks")))},
    )
    assert process.stdin is not None and process.stdout is not None
    asked = {"seed": seed, "first": first, "last": last, "seconds": seconds}
    process.stdin.write(json.dumps(asked | {"growth": BYTES_A_FILE, "memory": BYTES_IN_ALL}).encode() + b"\n")
    process.stdin.flush()
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(process.stdout, lines), daemon=True).start()
    patience = _START_SECONDS
    try:
        while True:
            line = lines.get(timeout=patience)
            patience = SECONDS_A_FILE
            if not line:
                yield {"died": f"the process ended with {process.wait()}"}
                return
            facts: dict[str, Any] = json.loads(line)
            if "over" in facts:
                return
            yield facts
    except queue.Empty:
        yield {"died": f"took longer than {patience} s"}
    finally:
        process.kill()
        process.wait()
        process.stdin.close()


def _listen(stream: IO[bytes], lines: "queue.Queue[bytes]") -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")


def _save(folder: Path, seed: int, number: int) -> None:
    """Keep the file of a seed and a number."""
    folder.mkdir(parents=True, exist_ok=True)
    name, content = file_of(seed, number)
    (folder / f"{seed}-{number}-{name}").write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
