"""Seeded faults, and how often each ended as it should: the table of docs/reliability.md.

    python benchmarks/faults.py            prints the table
    python benchmarks/faults.py --write    writes it into docs/reliability.md too

Workers are killed and stopped, files damaged, the store locked and the disk filled, in homes of their own; about five
minutes. The same seed does the same faults.
"""

import argparse
import random
import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from a2q.version import VERSION
from injected import checkpoints, files, hung, locks, workers

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"
_BETWEEN = re.compile(r"(<!-- faults: [^>]*-->\n).*?(<!-- end of faults -->)", re.S)


def main() -> int:
    """Try every fault and tell how it ended."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--write", action="store_true", help="into docs/reliability.md")
    options = arguments.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="a2q-faults-") as place:
        table = tried(Path(place), random.Random(options.seed))
    table += f"\nVersion {VERSION}, seed {options.seed}, {time.monotonic() - begun:.0f} s.\n"
    print(table)
    if options.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), table), encoding="utf-8")
    return 0


def tried(folder: Path, chance: random.Random) -> str:
    """The table, every fault a row."""
    expected = workers.undisturbed(folder)
    rows = [
        workers.killed(folder, chance, expected),
        workers.full_disk(folder, chance, expected),
        hung.stopped(folder, chance),
        hung.stopped_in_a_write(folder, chance),
        checkpoints.damaged(folder, chance),
        *locks.locked(folder),
        locks.trained_through(folder),
        files.bundles(folder, chance),
        files.records(folder, chance),
        files.imports(folder, chance),
        files.own_graphs(folder, chance),
        files.graph_removed(folder),
    ]
    return "\n".join(
        ["| fault | tried | as it should end | otherwise |", "|---|---|---|---|", *(one.row for one in rows), ""]
    )


def written(page: str, table: str) -> str:
    """The page with this table between its two marks."""
    return _BETWEEN.sub(lambda marks: f"{marks[1]}\n{table}\n{marks[2]}", page)


if __name__ == "__main__":
    raise SystemExit(main())
